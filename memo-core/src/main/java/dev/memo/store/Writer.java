package dev.memo.store;

import java.time.Duration;

/**
 * What the process that writes a database says of it to those that only read, or what they find out
 * where it says nothing. Thread-safe.
 */
public interface Writer {

  /**
   * The number of its {@linkplain Store#tables tables}; 0 if it does not answer.
   *
   * @throws dev.memo.failure.StoreException if it has no number, because some cannot be opened
   */
  long tables();

  /** How long it may take to have the tables that its manifest says it has. */
  Duration lag();

  /**
   * Whether so many {@linkplain Store#changeCount changes} may be shown: what is in the log may not
   * be on the disk yet, or never get there. May wait a moment for it.
   */
  boolean hasAcknowledged(long changes);
}
