package dev.memo.parallel;

import dev.memo.call.Parked;
import dev.memo.parallel.Outcome.Failure;
import dev.memo.parallel.Outcome.Success;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is done for each input: attempts, and what a failure means. Thread-safe. */
final class InputCalls<R extends @Nullable Object, X extends Exception> {
  /** So many failures that were tolerated are told by the one that was not. */
  static final int TOLD = 100;

  private final FailurePolicy policy;
  private final RetryPolicy retry;
  private final @Nullable Timeouts timeouts;
  private final StopSignal stop;
  private final Tally tally;
  private final Failures tolerated = new Failures();

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
    tally.begin();
    tally.succeed();
    return new Success<>(index, value);
  }

  /** Returns what became of the input, or throws what the policy does not tolerate. */
  Outcome<R> call(int index, Attempt<R, X> input) throws X {
    tally.begin();
    for (int attempt = 0; ; attempt++) {
      try {
        R value = callOnce(index, input);
        tally.succeed();
        return new Success<>(index, value);
      } catch (Throwable thrown) {
        if (!retries(thrown, attempt)) {
          if (isTolerated(thrown, index)) {
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
      tally.begin();
    }
    while (true) {
      try {
        Parked waits = tryOnce(input);
        if (waits == null) {
          tally.succeed();
          finished.accept(new Success<>(input.index(), input.take()));
        }
        return waits;
      } catch (Throwable thrown) {
        if (!retries(thrown, input.retried())) {
          if (isTolerated(thrown, input.index())) {
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
  private boolean isTolerated(Throwable thrown, int index) {
    long failures = tally.failed.incrementAndGet();
    if (!policy.tolerates(thrown, failures)) {
      return false;
    }
    if (failures <= TOLD) {
      tolerated.add(thrown, index);
    }
    return true;
  }

  /** Has what was tolerated, the first of it, told by what the caller gets instead of outcomes. */
  void attachToleratedTo(Throwable instead) {
    tolerated.attachTo(instead);
  }

  /** Whether there is another attempt, which then is due. */
  private boolean retries(Throwable thrown, int attempt) {
    boolean again = isWorthIt(thrown, attempt) && mayRetry(retry.backoffNanos(attempt));
    if (again) {
      tally.retried.increment();
    }
    return again;
  }

  private boolean isWorthIt(Throwable thrown, int attempt) {
    // An attempt that timed out may have left its interrupt, which is not meant for the predicate.
    // Cleared before the signal is looked at: a cancellation sets that first.
    Thread.interrupted();
    try {
      return !stop.isStopped() && retry.retries(thrown, attempt);
    } catch (Throwable broken) {
      if (broken != thrown) {
        thrown.addSuppressed(broken); // what the function threw says more
      }
      return false;
    }
  }

  /** Waits; false if the batch was stopped, so that nothing may be started any more. */
  private boolean mayRetry(long nanos) {
    try {
      stop.await(nanos);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !stop.isStopped();
  }
}
