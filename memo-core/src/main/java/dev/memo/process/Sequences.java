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

  private volatile long reserved; // written under the monitor

  Sequences(Meta meta, ControlPage page) {
    this.meta = meta;
    this.page = page;
    this.reserved = meta.reservedSequence();
    this.last = new AtomicLong(Math.max(reserved, page.lastSequence()));
    page.publish(last.get());
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
