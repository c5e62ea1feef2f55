package dev.memo.process.reads;

/** How long to leave alone what fails: twice as long after each failure in a row. Of one thread. */
final class BackOff {
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

  /** It has not failed. */
  void end() {
    nanos = 0;
  }
}
