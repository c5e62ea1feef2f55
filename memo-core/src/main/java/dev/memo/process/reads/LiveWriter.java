package dev.memo.process.reads;

import dev.memo.store.Writer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * An owner that can be asked, and that shows on its page what it has acknowledged.
 *
 * @param askTables as {@link Writer#tables}
 */
public record LiveWriter(OwnerPage page, LongSupplier askTables) implements Writer {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofNanos(100_000);

  @Override
  public long tables() {
    return askTables.getAsLong();
  }

  @Override
  public boolean hasAcknowledged(long changes) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (page.lastChange() < changes) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(this, PAUSE.toNanos()); // as long as it takes to force a log, at most
    }
    return true;
  }
}
