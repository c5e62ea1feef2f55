package dev.memo.process.reads;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.WholeDatabase;
import dev.memo.store.Writer;
import java.io.IOException;
import java.time.Duration;

/**
 * An owner that is not asked, because it may have ended: its database is asked instead.
 *
 * @param page that it shows, or has left
 */
public record SilentWriter(OwnerPage page, WholeDatabase database) implements Writer {

  @Override
  public long tables() {
    try {
      return database.tables();
    } catch (IOException e) {
      throw new StoreException(Reason.OTHER, "cannot read the tables of " + database + ": " + e, e);
    }
  }

  /** None: its tables are read from the manifest. */
  @Override
  public Duration lag() {
    return Duration.ZERO;
  }

  /**
   * Always, but it may take a moment. What an owner has written that was killed before it could
   * acknowledge it is found by the next one too; it cannot be told from one that is only slow.
   */
  @Override
  public boolean hasAcknowledged(long changes) {
    boolean unused = page.awaitChanges(changes);
    return true;
  }
}
