package dev.memo.parallel;

import dev.memo.call.BulkCalls;
import dev.memo.call.Parked;
import org.jspecify.annotations.Nullable;

/**
 * An input of a cached function, which may be put aside while others compute it, and how far it is.
 * For one thread at a time.
 */
final class ParkingInput<R extends @Nullable Object, X extends Exception> {
  private final int index;
  private final BulkCalls<?, R, X> calls;
  private final int which;
  private boolean begun;
  private int attempts;

  /**
   * @param which of the calls it is
   */
  ParkingInput(int index, BulkCalls<?, R, X> calls, int which) {
    this.index = index;
    this.calls = calls;
    this.which = which;
  }

  /** Whether it begins, and is not gone on with. */
  boolean begins() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** Calls it. */
  R call() throws X {
    return calls.call(which);
  }

  /** Calls it without blocking for others; returns what it waits for, or null. */
  @Nullable Parked tryCall() throws X {
    return calls.tryCall(which);
  }

  /** What it was answered with; to be asked for once. */
  R take() {
    return calls.take(which);
  }

  int index() {
    return index;
  }

  /** How many attempts have failed and were not the last. */
  int retried() {
    return attempts;
  }

  void retry() {
    attempts++;
  }
}
