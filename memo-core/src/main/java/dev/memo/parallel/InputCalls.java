package dev.memo.parallel;

import dev.memo.parallel.Outcome.Failure;
import dev.memo.parallel.Outcome.Success;
import org.jspecify.annotations.Nullable;

/** What is done for one input: attempts, and what a failure means. Thread-safe. */
final class InputCalls<R extends @Nullable Object, X extends Exception> {
  private final FailurePolicy policy;
  private final RetryPolicy retry;
  private final @Nullable Timeouts timeouts;
  private final StopSignal stop;
  private final Tally tally;

  /** Calls the function for one input; again for each attempt. */
  @FunctionalInterface
  interface Attempt<R extends @Nullable Object, X extends Exception> {
    R run() throws X;
  }

  InputCalls(
      FailurePolicy policy,
      RetryPolicy retry,
      @Nullable Timeouts timeouts,
      StopSignal stop,
      Tally tally) {
    this.policy = policy;
    this.retry = retry;
    this.timeouts = timeouts;
    this.stop = stop;
    this.tally = tally;
  }

  /** Returns what becomes of an input that nobody has to be called for. */
  Outcome<R> found(int index, R value) {
    tally.begun.increment();
    tally.succeeded.increment();
    return new Success<>(index, value);
  }

  /** Returns what became of the input, or throws what the policy does not tolerate. */
  Outcome<R> call(int index, Attempt<R, X> input) throws X {
    tally.begun.increment();
    try {
      R value = attempts(index, input);
      tally.succeeded.increment();
      return new Success<>(index, value);
    } catch (Throwable thrown) {
      if (policy.tolerates(thrown, tally.failed.incrementAndGet())) {
        return new Failure<>(index, thrown);
      }
      throw thrown;
    }
  }

  private R attempts(int index, Attempt<R, X> input) throws X {
    for (int attempt = 0; ; attempt++) {
      try {
        return attempt(index, input);
      } catch (Throwable thrown) {
        if (!retry.retries(thrown, attempt) || !mayRetry(retry.backoffNanos(attempt))) {
          throw thrown;
        }
        tally.retried.increment();
      }
    }
  }

  private R attempt(int index, Attempt<R, X> input) throws X {
    if (!tally.isTimed()) {
      return bounded(index, input);
    }
    long begin = System.nanoTime();
    try {
      return bounded(index, input);
    } finally {
      tally.busyNanos.add(System.nanoTime() - begin);
    }
  }

  private R bounded(int index, Attempt<R, X> input) throws X {
    return timeouts == null ? input.run() : timeouts.call(input, index);
  }

  /** Waits; false if the batch was stopped, so that nothing may be started any more. */
  private boolean mayRetry(long nanos) {
    // An attempt that timed out may have left its interrupt. Cleared before the signal is looked
    // at: a cancellation sets that first.
    Thread.interrupted();
    try {
      stop.await(nanos);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !stop.isStopped();
  }
}
