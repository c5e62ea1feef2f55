package dev.memo.process;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The ever-growing number of a directory. Numbers are reserved in blocks, ahead in the database, so
 * that an owner that dies leaves none that could be assigned twice; that costs one row per block
 * instead of one per mutation.
 */
final class Sequences {
  static final long BLOCK = 65_536;

  private final Meta meta;
  private final ControlPage page;

  /** The last one assigned; never more than is reserved. */
  private final AtomicLong last;

  /** Whether the database knows of fewer sequences than were assigned. */
  private final boolean databaseLags;

  private volatile long reserved; // written under the monitor

  Sequences(Meta meta, ControlPage page) {
    this.meta = meta;
    this.page = page;
    this.reserved = meta.reservedSequence();
    this.databaseLags = reserved > 0 && page.lastSequence() > reserved;
    this.last = new AtomicLong(Math.max(reserved, page.lastSequence()));
    page.publish(last.get());
  }

  /**
   * Whether the database, unless it begins, has forgotten its last changes: it reserves every
   * sequence before it is assigned, and the page shows one that it knows nothing of.
   */
  boolean databaseLags() {
    return databaseLags;
  }

  /** The last one that was assigned. */
  long last() {
    return last.get();
  }

  /**
   * Assigns the next one and publishes it.
   *
   * @throws dev.memo.failure.StoreException if a block is needed and cannot be written
   */
  long next() {
    while (true) {
      long next = last.get() + 1;
      if (next > reserved) {
        reserve(next);
      }
      if (last.compareAndSet(next - 1, next)) {
        page.publish(next);
        return next;
      }
    }
  }

  private synchronized void reserve(long next) {
    if (next > reserved) {
      long block = next + BLOCK - 1;
      meta.writeReservedSequence(block);
      reserved = block;
    }
  }
}
