package dev.memo.process;

import dev.memo.claims.Epochs;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The counters of the page that this process has mapped last. Pages differ in their directory
 * epoch, so what was read under one does not count under another.
 */
final class MemberEpochs implements Epochs {

  /** More than any honest count of owners and invalidations has. */
  private static final int DIRECTORY_BITS = 52;

  private final AtomicLong forgotten = new AtomicLong();
  private volatile @Nullable Epochs page;

  void map(@Nullable Epochs next) {
    page = next;
  }

  /** From now on nothing counts that was known before, whatever the page says. */
  void forget() {
    forgotten.incrementAndGet();
  }

  @Override
  public long stripe(int index) {
    Epochs current = page;
    return current == null ? 0 : current.stripe(index);
  }

  @Override
  public long directory() {
    Epochs current = page;
    long shown = current == null ? 0 : current.directory();
    return shown + (forgotten.get() << DIRECTORY_BITS);
  }

  @Override
  public long lastSequence() {
    Epochs current = page;
    return current == null ? 0 : current.lastSequence();
  }
}
