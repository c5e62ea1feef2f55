package dev.memo.parallel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens to the inputs of one batch. Thread-safe. */
final class Tally {
  final LongAdder begun = new LongAdder();
  final LongAdder succeeded = new LongAdder();
  final AtomicLong failed = new AtomicLong();
  final LongAdder retried = new LongAdder();
  final LongAdder busyNanos = new LongAdder(); // of inputs that ended, without waits for a retry

  private final boolean timed;

  /** With the time that attempts take if somebody wants to know: it costs more than a quick one. */
  Tally(boolean timed) {
    this.timed = timed;
  }

  /** The beginning of an attempt. */
  long clock() {
    return timed ? System.nanoTime() : 0;
  }

  /** The end of one. */
  void busySince(long clock) {
    if (timed) {
      busyNanos.add(System.nanoTime() - clock);
    }
  }

  long done() {
    return succeeded.sum() + failed.get();
  }
}
