package dev.memo.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets drains rest while more of them run than there are to be threads: a worker that blocked was
 * replaced, and has come back. Thread-safe.
 */
final class SurplusDrains {
  private static final long REST_NANOS = 200_000;

  private final Workers workers;
  private final StopSignal stop;
  private final AtomicInteger resting = new AtomicInteger();

  SurplusDrains(Workers workers, StopSignal stop) {
    this.workers = workers;
    this.stop = stop;
  }

  /** Workers that neither wait nor rest. */
  int running() {
    return workers.active() - resting.get();
  }

  /** By a drain: rests while it is one too many, unless the batch is stopped. */
  void restIfOne() {
    while (!stop.isStopped() && running() > workers.threads()) {
      rest();
    }
  }

  private void rest() {
    int others = resting.get();
    if (workers.active() - others > workers.threads()
        && resting.compareAndSet(others, others + 1)) {
      do {
        // Nobody tells when another worker blocks or ends, so look: many as often as one would.
        LockSupport.parkNanos(REST_NANOS * resting.get());
      } while (!stop.isStopped() && running() >= workers.threads());
      resting.decrementAndGet();
    }
  }
}
