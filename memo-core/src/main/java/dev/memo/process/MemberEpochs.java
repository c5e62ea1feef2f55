package dev.memo.process;

import dev.memo.claims.Epochs;
import org.jspecify.annotations.Nullable;

/**
 * The counters of the page that this process has mapped last. Pages differ in their directory
 * epoch, so what was read under one does not count under another.
 */
final class MemberEpochs implements Epochs {
  private volatile @Nullable Epochs page;

  void map(Epochs next) {
    page = next;
  }

  @Override
  public long stripe(int index) {
    Epochs current = page;
    return current == null ? 0 : current.stripe(index);
  }

  @Override
  public long directory() {
    Epochs current = page;
    return current == null ? 0 : current.directory();
  }

  @Override
  public long lastSequence() {
    Epochs current = page;
    return current == null ? 0 : current.lastSequence();
  }
}
