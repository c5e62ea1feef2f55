package dev.memo.parallel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens to the inputs of one batch. Thread-safe. */
final class Tally {
  private final LongAdder begun = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  final AtomicLong failed = new AtomicLong();
  final LongAdder retried = new LongAdder();
  final LongAdder busyNanos = new LongAdder(); // of inputs that ended, without waits for a retry

  private final boolean watched;

  /**
   * @param watched whether somebody wants to know while the batch runs. Else only failures and
   *     retries are counted: the rest costs more than a quick call.
   */
  Tally(boolean watched) {
    this.watched = watched;
  }

  /** An input has begun. */
  void begin() {
    if (watched) {
      begun.increment();
    }
  }

  /** An input has succeeded. */
  void succeed() {
    if (watched) {
      succeeded.increment();
    }
  }

  /** The beginning of an attempt. */
  long clock() {
    return watched ? System.nanoTime() : 0;
  }

  /** The end of one. */
  void busySince(long clock) {
    if (watched) {
      busyNanos.add(System.nanoTime() - clock);
    }
  }

  long begun() {
    return begun.sum();
  }

  long done() {
    return succeeded.sum() + failed.get();
  }
}
