package dev.memo.process.reads;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.WholeDatabase;
import dev.memo.store.Writer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * An owner that is not asked, because it may have ended: its database is asked instead.
 *
 * @param page that it shows, or has left
 */
public record SilentWriter(OwnerPage page, WholeDatabase database) implements Writer {

  /** More than forcing a log takes. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private static final Duration PAUSE = Duration.ofNanos(100_000);

  @Override
  public long tables() {
    try {
      return database.tables();
    } catch (IOException e) {
      throw new StoreException(Reason.OTHER, "cannot read the tables of " + database + ": " + e, e);
    }
  }

  /**
   * Always, but it may take a moment: what one that was killed has written is never acknowledged.
   */
  @Override
  public boolean hasAcknowledged(long changes) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (page.lastChange() < changes && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(this, PAUSE.toNanos());
    }
    return true;
  }
}
