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
 */
record Request<A extends @Nullable Object>(
    A argument, EncodedArguments arguments, ExactKey exact, Freshness freshness) {

  CallKey key() {
    return exact.key();
  }

  /** The same call, asked for anew. */
  Request<A> again(Epochs epochs) {
    return new Request<>(argument, arguments, exact, Freshness.now(epochs, key().stripe()));
  }
}
