package dev.memo.process.reads;

import dev.memo.store.Writer;
import java.util.function.LongSupplier;

/**
 * An owner that can be asked, and that shows on its page what it has acknowledged.
 *
 * @param askTables as {@link Writer#tables}
 */
public record LiveWriter(OwnerPage page, LongSupplier askTables) implements Writer {

  @Override
  public long tables() {
    return askTables.getAsLong();
  }

  @Override
  public boolean hasAcknowledged(long changes) {
    return page.awaitChanges(changes);
  }
}
