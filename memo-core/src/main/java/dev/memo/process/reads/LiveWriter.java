package dev.memo.process.reads;

import dev.memo.store.Writer;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * An owner that can be asked, and that shows on its page what it has acknowledged.
 *
 * @param askTables as {@link Writer#tables}
 */
public record LiveWriter(OwnerPage page, LongSupplier askTables) implements Writer {
  /** A thread of its RocksDB may have to wait for a core in between. */
  private static final Duration LAG = Duration.ofSeconds(1);

  @Override
  public long tables() {
    return askTables.getAsLong();
  }

  @Override
  public Duration lag() {
    return LAG;
  }

  @Override
  public boolean hasAcknowledged(long changes) {
    return page.awaitChanges(changes);
  }
}
