package dev.memo.call;

import dev.memo.call.Computed.Threw;
import dev.memo.call.Flight.Landing;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Runs the function, and hands what it returned to {@link Results}. Thread-safe. */
final class Computations<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  private final FunctionParts<A, R, X> parts;
  private final Results<A, R> results;

  Computations(FunctionParts<A, R, X> parts, Results<A, R> results) {
    this.parts = parts;
    this.results = results;
  }

  /** Runs the function for a computation that was granted or begun, and ends it in any case. */
  Computed<R> compute(Request<A> request, Slot slot, Claim claim) {
    try {
      Run<R> run;
      try {
        run = run(request.argument());
      } catch (Throwable failure) {
        return threw(failure);
      }
      request.computed();
      return results.keep(request, slot, claim, run);
    } finally {
      results.release(request.key(), slot, claim);
    }
  }

  /** Runs the function and puts its result in place of what is stored. */
  R refresh(Request<A> request, Chain chain) throws X {
    Slot slot = new Slot(parts.spec.results().variant(), 0);
    Claim claim = parts.primary.begin(request.key(), slot.variant(), chain);
    try {
      Run<R> run = run(request.argument());
      results.refresh(request, run, claim.start());
      return run.value();
    } finally {
      results.release(request.key(), slot, claim);
    }
  }

  /** Runs the function; nothing else. */
  R runOnly(A argument) throws X {
    return run(argument).value();
  }

  /** Runs the function and counts that; nothing else. */
  Run<R> run(A argument) throws X {
    requireNotCancelled();
    Run.Begun begun = Run.begin(parts);
    R value;
    try {
      value = parts.spec.body().call(argument);
    } catch (Throwable failure) {
      begun.threw();
      throw failure;
    }
    return begun.returned(value);
  }

  /** Before the function costs anything: its batch may have been cancelled on the way to it. */
  private static void requireNotCancelled() {
    Chain chain = Chain.current();
    if (chain != null && chain.isCancelled()) {
      throw new CancellationException("the batch of this call was cancelled before it ran");
    }
  }

  /** What followers may know of what the function threw on this thread. */
  static <R extends @Nullable Object> Threw<R> threw(Throwable failure) {
    boolean news = !isOfThread(failure) && !isGivenUp();
    return new Threw<>(failure, news ? new Landing.Failed(failure) : new Landing.Aborted());
  }

  /**
   * Whether this thread was interrupted, or the batch or the time of its call is over: then it was,
   * though the function may have taken the flag.
   */
  private static boolean isGivenUp() {
    Chain chain = Chain.current();
    return Thread.currentThread().isInterrupted() || (chain != null && chain.isCancelled());
  }

  /** Whether a failure is about a thread or its stack, not the call: no news to followers. */
  static boolean isOfThread(Throwable failure) {
    return failure instanceof InterruptedException
        || failure instanceof CancellationException
        || failure instanceof VirtualMachineError;
  }
}
