package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Entry;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.store.StackReserve;
import org.jspecify.annotations.Nullable;

/**
 * One function in one directory: the life of a call.
 *
 * <p>Heap tier, then the database, then {@link Misses}. Whatever fails on the way, a caller whose
 * function returned gets a value. Thread-safe.
 */
public final class StoredFunction<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /** Stack for ending a flight and a claim after the function has overflowed it. */
  private static final int RESERVED_BYTES = 8 << 10;

  private final FunctionParts<A, R, X> parts;
  private final Computations<A, R, X> computations;
  private final Misses<A, R, X> misses;
  private final long functionId;

  private StoredFunction(
      FunctionSpec<A, R, X> spec, CallContext context, CallEquivalence equivalence) {
    this.parts = new FunctionParts<>(spec, context, equivalence);
    this.computations = new Computations<>(parts);
    this.misses = new Misses<>(parts, computations);
    this.functionId = spec.identity().functionId();
  }

  /**
   * Makes the function known to the directory.
   *
   * @throws dev.memo.failure.FunctionClashException if another function has the same id there
   */
  public static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      StoredFunction<A, R, X> register(FunctionSpec<A, R, X> spec, CallContext context) {
    return register(spec, context, CallEquivalence.EXACT);
  }

  /** As above; tests choose how calls are told apart. */
  static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      StoredFunction<A, R, X> register(
          FunctionSpec<A, R, X> spec, CallContext context, CallEquivalence equivalence) {
    StoredFunction<A, R, X> function = new StoredFunction<>(spec, context, equivalence);
    context.primary().register(function.functionId, spec.identity().registered());
    return function;
  }

  /** As {@link CachedFunction#call}. */
  public R call(A argument) throws X {
    HeapTier.Value shared = parts.heap.get(argument);
    if (shared != null) {
      return hit(shared);
    }
    Request<A> request = request(argument);
    shared = parts.heap.getEncoded(request.exact());
    if (shared != null) {
      return hit(shared);
    }
    Reading<R> reading;
    try {
      reading = parts.reader.readNearby(request.key(), request.arguments());
    } catch (DirectoryClosedException e) {
      if (parts.context.computesWhenClosed().getAsBoolean()) {
        return bypass(argument);
      }
      throw e;
    }
    parts.counters.calls.increment();
    return reading instanceof Found<R> found
        ? hit(request, found)
        : miss(request, (Missing<R>) reading);
  }

  private R miss(Request<A> request, Missing<R> missing) throws X {
    StackReserve.require(RESERVED_BYTES);
    if (missing.reason() != MissReason.ABSENT) {
      parts.notices.warn(
          missing.reason().name(),
          "A stored result of "
              + identity()
              + " cannot be used, so it is computed: "
              + missing.reason(),
          missing.cause());
    }
    Chain chain = Chain.current();
    if (chain != null) {
      return misses.answer(request, missing, chain);
    }
    return Chain.root().run(root -> misses.answer(request, missing, root));
  }

  // The value is an R: only this function put it into its part of the heap tier.
  @SuppressWarnings({"unchecked", "NullAway"})
  private R hit(HeapTier.Value shared) {
    parts.counters.calls.increment();
    parts.counters.hit(HitSource.HEAP, shared.durationNanos());
    return (R) shared.value();
  }

  private R hit(Request<A> request, Found<R> found) {
    Entry entry = found.entry();
    parts.counters.hit(HitSource.DISK, entry.durationNanos());
    parts.counters.bytesRead.add(entry.size());
    parts.took(entry.durationNanos());
    parts.heap.keep(request, found.value(), entry);
    warnIfCodeChanged(entry.codeFingerprint());
    return found.value();
  }

  private void warnIfCodeChanged(long stored) {
    long current = parts.spec.codeFingerprint();
    if (stored != current && stored != 0 && current != 0) {
      parts.notices.warnOnce(
          "code",
          "The code of "
              + identity()
              + " has changed since results were stored; they are still served. If the change"
              + " matters, give it another version or invalidate them.");
    }
  }

  /** Runs the function without looking, and stores nothing. */
  public R bypass(A argument) throws X {
    parts.counters.calls.increment();
    parts.counters.bypasses.increment();
    return computations.runOnly(argument);
  }

  /** As {@link CachedFunction#peek}. */
  public Lookup<R> peek(A argument) {
    Request<A> request = request(argument);
    return parts.reader.read(request.key(), request.arguments()) instanceof Found<R> found
        ? new Lookup.Present<>(found.value())
        : new Lookup.Absent<>();
  }

  /** As {@link CachedFunction#put}. */
  public void put(A argument, R value) {
    parts.primary.requireMutable("put");
    computations.put(request(argument), value);
  }

  /** As {@link CachedFunction#refresh}. */
  public R refresh(A argument) throws X {
    parts.primary.requireMutable("refresh");
    Request<A> request = request(argument);
    parts.counters.calls.increment();
    parts.counters.bypasses.increment();
    return chain().run(chain -> computations.refresh(request, chain));
  }

  /** As {@link CachedFunction#invalidate}. */
  public void invalidate(A argument) {
    parts.primary.invalidate(request(argument).key());
  }

  /** As {@link CachedFunction#invalidateAll}. */
  public void invalidateAll() {
    parts.primary.invalidateAll(functionId);
  }

  /** As {@link CachedFunction#stats}. */
  public FunctionStats stats() {
    return parts.counters.snapshot();
  }

  public FunctionIdentity identity() {
    return parts.spec.identity();
  }

  private Request<A> request(A argument) {
    EncodedArguments arguments = new EncodedArguments(parts.spec.arguments().encode(argument));
    CallKey key = parts.equivalence.key(functionId, arguments);
    ExactKey exact = parts.equivalence.exact(key, arguments);
    return new Request<>(argument, arguments, exact, Freshness.now(parts.epochs, key.stripe()));
  }

  private static Chain chain() {
    Chain current = Chain.current();
    return current == null ? Chain.root() : current;
  }
}
