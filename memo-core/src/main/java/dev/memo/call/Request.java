package dev.memo.call;

import dev.memo.claims.CallKey;
import dev.memo.claims.Epochs;
import dev.memo.codec.EncodedArguments;
import org.jspecify.annotations.Nullable;

/**
 * A call whose arguments are encoded, once: a function that changes its arguments cannot move its
 * entry.
 *
 * @param freshness read before anything was looked up
 * @param twins the equal calls of its batch; null if there are none
 * @param counts of its batch; null if it is of none
 */
record Request<A extends @Nullable Object>(
    A argument,
    EncodedArguments arguments,
    ExactKey exact,
    Freshness freshness,
    @Nullable Twins twins,
    @Nullable BatchCounts counts) {

  Request(A argument, EncodedArguments arguments, ExactKey exact, Freshness freshness) {
    this(argument, arguments, exact, freshness, null, null);
  }

  /** The same call, as one of a batch that counts what becomes of its own. */
  Request<A> counted(@Nullable BatchCounts batch) {
    return new Request<>(argument, arguments, exact, freshness, twins, batch);
  }

  CallKey key() {
    return exact.key();
  }

  /** The same call, asked for anew. */
  Request<A> again(Epochs epochs) {
    Freshness now = Freshness.now(epochs, key().stripe());
    return new Request<>(argument, arguments, exact, now, twins, counts);
  }

  /** The same call, of a batch that may have equal ones. */
  Request<A> with(@Nullable Twins equal) {
    return equal == null
        ? this
        : new Request<>(argument, arguments, exact, freshness, equal, counts);
  }

  /** An equal call of the batch that waits; null if none does. */
  @Nullable ParkedCall<?, ?> parked(Epochs epochs) {
    return twins == null ? null : twins.parked(epochs);
  }

  /** What an equal call of the batch has computed, while that counts; else null. */
  Flight.@Nullable Landing settled(Epochs epochs) {
    return twins == null ? null : twins.landing(epochs);
  }

  /** It was answered with a result that had taken so long to compute. */
  void hit(long durationNanos) {
    if (counts != null) {
      counts.hit(durationNanos);
    }
  }

  /** The function has returned. */
  void computed() {
    if (counts != null) {
      counts.computed();
    }
  }

  /** It has a value that equal calls would not find where results are stored, or not as soon. */
  void settle(Flight.Landing landing) {
    if (twins != null) {
      twins.settle(landing, freshness);
    }
  }
}
