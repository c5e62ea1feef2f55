package dev.memo.store;

/** What the process that writes a database says of it to those that only read. Thread-safe. */
public interface Writer {

  /** The number of its {@linkplain Store#tables tables}; 0 if it does not answer. */
  long tables();

  /**
   * Whether it has acknowledged so many {@linkplain Store#changeCount changes}. What is in the log
   * may not be on the disk yet, or may never be. May wait a moment for it.
   */
  boolean hasAcknowledged(long changes);
}
