package dev.memo.parallel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What has not ended of a batch: drains that were given to its workers, and parked indexes. One
 * count, or the batch would seem idle while an index is parked by the last drain, or resumed.
 * Thread-safe.
 */
final class OpenWork {
  private final AtomicInteger count = new AtomicInteger();
  private final Bell bell;

  /**
   * @param bell rings when nothing is left
   */
  OpenWork(Bell bell) {
    this.bell = bell;
  }

  void begin() {
    count.incrementAndGet();
  }

  void end() {
    if (count.decrementAndGet() == 0) {
      bell.ring();
    }
  }

  boolean isNone() {
    return count.get() == 0;
  }
}
