package dev.memo.process.reads;

/** How long to leave alone what fails: twice as long after each failure in a row. Of one thread. */
final class BackOff {
  /** What takes longer than so many times the first pause does not just pass. */
  private static final int LASTS = 4;

  private final long firstNanos;
  private final long longestNanos;
  private long failedNanos;
  private long nanos; // after the last failure; 0 if there was none
  private boolean isFirst;

  BackOff(Pace pace) {
    this.firstNanos = pace.afterFailure().toNanos();
    this.longestNanos = pace.longestAfterFailure().toNanos();
  }

  /** Something has failed: how long to wait. */
  long next() {
    long now = System.nanoTime();
    isFirst = nanos == 0 || now - failedNanos > 2 * longestNanos;
    nanos = isFirst ? firstNanos : Math.min(2 * nanos, longestNanos);
    failedNanos = now;
    return nanos;
  }

  /** Whether the last failure was the first one in a long time. */
  boolean isFirst() {
    return isFirst;
  }

  /** Whether what failed last does so for longer than what passes by itself. */
  boolean lasts() {
    return nanos >= Math.min(LASTS * firstNanos, longestNanos);
  }

  /** It has not failed. */
  void end() {
    nanos = 0;
  }
}
