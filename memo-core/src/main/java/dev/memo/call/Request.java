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
 */
record Request<A extends @Nullable Object>(
    A argument,
    EncodedArguments arguments,
    ExactKey exact,
    Freshness freshness,
    @Nullable Twins twins) {

  Request(A argument, EncodedArguments arguments, ExactKey exact, Freshness freshness) {
    this(argument, arguments, exact, freshness, null);
  }

  CallKey key() {
    return exact.key();
  }

  /** The same call, asked for anew. */
  Request<A> again(Epochs epochs) {
    Freshness now = Freshness.now(epochs, key().stripe());
    return new Request<>(argument, arguments, exact, now, twins);
  }

  /** The same call, of a batch that may have equal ones. */
  Request<A> with(@Nullable Twins equal) {
    return equal == null ? this : new Request<>(argument, arguments, exact, freshness, equal);
  }

  /** An equal call of the batch that waits; null if none does. */
  @Nullable ParkedCall<?, ?> parked(Epochs epochs) {
    return twins == null ? null : twins.parked(epochs);
  }

  /** What an equal call of the batch has computed, while that counts; else null. */
  Flight.@Nullable Landing settled(Epochs epochs) {
    return twins == null ? null : twins.landing(epochs);
  }

  /** It has a value that equal calls would not find where results are stored, or not as soon. */
  void settle(Flight.Landing landing) {
    if (twins != null) {
      twins.settle(landing, freshness);
    }
  }
}
