package dev.memo.parallel;

import dev.memo.call.ThrowingFunction;
import dev.memo.parallel.Outcome.Failure;
import dev.memo.parallel.Outcome.Success;
import org.jspecify.annotations.Nullable;

/** What is done for one input: attempts, and what a failure means. Thread-safe. */
final class InputCalls<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  private final ThrowingFunction<A, R, X> function;
  private final FailurePolicy policy;
  private final RetryPolicy retry;
  private final @Nullable Timeouts timeouts;
  private final StopSignal stop;
  private final Tally tally;

  InputCalls(
      ThrowingFunction<A, R, X> function,
      FailurePolicy policy,
      RetryPolicy retry,
      @Nullable Timeouts timeouts,
      StopSignal stop,
      Tally tally) {
    this.function = function;
    this.policy = policy;
    this.retry = retry;
    this.timeouts = timeouts;
    this.stop = stop;
    this.tally = tally;
  }

  /** Returns what became of the input, or throws what the policy does not tolerate. */
  Outcome<R> call(int index, A argument) throws X {
    tally.begun.increment();
    try {
      R value = attempts(index, argument);
      tally.succeeded.increment();
      return new Success<>(index, value);
    } catch (Throwable thrown) {
      if (policy.tolerates(thrown, tally.failed.incrementAndGet())) {
        return new Failure<>(index, thrown);
      }
      throw thrown;
    }
  }

  private R attempts(int index, A argument) throws X {
    for (int attempt = 0; ; attempt++) {
      try {
        return attempt(index, argument);
      } catch (Throwable thrown) {
        if (!retry.retries(thrown, attempt) || !mayRetry(retry.backoffNanos(attempt))) {
          throw thrown;
        }
        tally.retried.increment();
      }
    }
  }

  private R attempt(int index, A argument) throws X {
    if (!tally.isTimed()) {
      return bounded(index, argument);
    }
    long begin = System.nanoTime();
    try {
      return bounded(index, argument);
    } finally {
      tally.busyNanos.add(System.nanoTime() - begin);
    }
  }

  private R bounded(int index, A argument) throws X {
    return timeouts == null ? function.call(argument) : timeouts.call(function, argument, index);
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
