package dev.memo.store;

import java.time.Duration;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/** Says what a test lets it say. */
public record ScriptedWriter(LongSupplier askTables, LongPredicate acknowledged) implements Writer {

  /** One that has acknowledged all that it has written. */
  public static Writer of(LongSupplier tables) {
    return new ScriptedWriter(tables, changes -> true);
  }

  @Override
  public long tables() {
    return askTables.getAsLong();
  }

  @Override
  public Duration lag() {
    return Duration.ofSeconds(1);
  }

  @Override
  public boolean hasAcknowledged(long changes) {
    return acknowledged.test(changes);
  }
}
