package dev.memo.call;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the calls of one batch. What the function calls itself is not among them, nor what
 * others call meanwhile. Thread-safe.
 */
public final class BatchCounts {
  private final LongAdder hits = new LongAdder();
  private final LongAdder nanosSaved = new LongAdder();
  private final LongAdder computations = new LongAdder();
  private final LongAdder unknown = new LongAdder();

  void hit(long durationNanos) {
    hits.increment();
    nanosSaved.add(durationNanos);
  }

  void computed() {
    computations.increment();
  }

  /** A call was answered by a function that does not say how. */
  void unknown() {
    unknown.increment();
  }

  /** Whether all calls that were answered are counted. */
  public boolean isComplete() {
    return unknown.sum() == 0;
  }

  /** Calls answered without a run. */
  public long hits() {
    return hits.sum();
  }

  /** Runs that returned. */
  public long computations() {
    return computations.sum();
  }

  /** How long the computations took whose results were found. */
  public Duration timeSaved() {
    return Duration.ofNanos(nanosSaved.sum());
  }
}
