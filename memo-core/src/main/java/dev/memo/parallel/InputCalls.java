package dev.memo.parallel;

import dev.memo.call.Parked;
import dev.memo.parallel.Outcome.Failure;
import dev.memo.parallel.Outcome.Success;
import java.util.function.Consumer;
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
    for (int attempt = 0; ; attempt++) {
      try {
        R value = callOnce(index, input);
        tally.succeeded.increment();
        return new Success<>(index, value);
      } catch (Throwable thrown) {
        if (!retries(thrown, attempt)) {
          if (isTolerated(thrown)) {
            return new Failure<>(index, thrown);
          }
          throw thrown;
        }
      }
    }
  }

  /**
   * As {@link #call}, but does not block for the computations of others: returns what has to be
   * over before the input is gone on with, or null if its outcome was told. An input whose time is
   * bounded does block, because its time goes on.
   */
  @Nullable Parked tryCall(ParkingInput<R, X> input, Consumer<Outcome<R>> finished) throws X {
    if (input.begins()) {
      tally.begun.increment();
    }
    while (true) {
      try {
        Parked waits = tryOnce(input);
        if (waits == null) {
          tally.succeeded.increment();
          finished.accept(new Success<>(input.index(), input.take()));
        }
        return waits;
      } catch (Throwable thrown) {
        if (!retries(thrown, input.retried())) {
          if (isTolerated(thrown)) {
            finished.accept(new Failure<>(input.index(), thrown));
            return null;
          }
          throw thrown;
        }
        input.retry();
      }
    }
  }

  private R callOnce(int index, Attempt<R, X> input) throws X {
    long begin = tally.clock();
    try {
      return timeouts == null ? input.run() : timeouts.call(input, index);
    } finally {
      tally.busySince(begin);
    }
  }

  private @Nullable Parked tryOnce(ParkingInput<R, X> input) throws X {
    if (timeouts != null) {
      R unused = callOnce(input.index(), input::call);
      return null;
    }
    long begin = tally.clock();
    try {
      return input.tryCall();
    } finally {
      tally.busySince(begin);
    }
  }

  /** Counts a failure that is final. */
  private boolean isTolerated(Throwable thrown) {
    return policy.tolerates(thrown, tally.failed.incrementAndGet());
  }

  /** Whether there is another attempt, which then is due. */
  private boolean retries(Throwable thrown, int attempt) {
    boolean again = retry.retries(thrown, attempt) && mayRetry(retry.backoffNanos(attempt));
    if (again) {
      tally.retried.increment();
    }
    return again;
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
