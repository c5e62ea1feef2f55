package dev.memo.call;

import dev.memo.claims.Epochs;
import dev.memo.codec.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The part of the heap tier that belongs to one function. Keyed by the arguments themselves where
 * that is exact, so that a hit encodes nothing. Thread-safe.
 */
final class FunctionHeap<A extends @Nullable Object, R extends @Nullable Object> {
  private final HeapTier tier;
  private final Epochs epochs;
  private final boolean keyedByArguments;
  private final boolean shares;

  FunctionHeap(HeapTier tier, Epochs epochs, FunctionSpec<A, R, ?> spec) {
    this.tier = tier;
    this.epochs = epochs;
    this.keyedByArguments = spec.arguments().equalsLikeBytes();
    this.shares = spec.results().isImmutable();
  }

  /** Looks up by what costs nothing to have; null does not mean that there is no value. */
  HeapTier.@Nullable Value get(A argument) {
    return shares && keyedByArguments ? tier.get(this, argument, epochs) : null;
  }

  /** Looks up what {@link #get} could not. */
  HeapTier.@Nullable Value getEncoded(ExactKey key) {
    return shares && !keyedByArguments ? tier.get(this, key, epochs) : null;
  }

  /** As {@link #get} or {@link #getEncoded}, whichever knows. */
  HeapTier.@Nullable Value get(Request<A> request) {
    return keyedByArguments ? get(request.argument()) : getEncoded(request.exact());
  }

  void keep(Request<A> request, R value, Entry entry) {
    if (!shares) {
      return;
    }
    @Nullable Object key = keyedByArguments ? request.argument() : request.exact();
    int keyBytes =
        keyedByArguments ? request.arguments().length() : request.exact().arguments().length;
    long bytes = (long) keyBytes + entry.size();
    tier.put(
        this, key, new HeapTier.Value(value, entry.durationNanos(), request.freshness(), bytes));
  }
}
