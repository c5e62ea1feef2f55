package dev.memo.call;

import dev.memo.call.Attempt.Answered;
import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Stored;
import dev.memo.claims.Wanted;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.store.StackReserve;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One function in one directory: the life of a call.
 *
 * <p>Heap tier, then the database, then {@link Misses}. Whatever fails on the way, a caller whose
 * function returned gets a value. Thread-safe.
 */
public final class StoredFunction<
        A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements DirectoryFunction<A, R, X> {
  /** Stack for ending a flight and a claim, and for telling those who wait, whatever overflows. */
  private static final int RESERVED_BYTES = 8 << 10;

  private final FunctionParts<A, R, X> parts;
  private final Results<A, R> results;
  private final Computations<A, R, X> computations;
  private final Misses<A, R, X> misses;
  private final Aliases<A, R> aliases;
  private final long functionId;

  private StoredFunction(
      FunctionSpec<A, R, X> spec, CallContext context, CallEquivalence equivalence) {
    this.parts = new FunctionParts<>(spec, context, equivalence);
    this.results = new Results<>(parts);
    this.computations = new Computations<>(parts, results);
    this.aliases = new Aliases<>(parts, results);
    this.misses = new Misses<>(parts, results, computations, aliases);
    this.functionId = spec.identity().functionId();
  }

  /** As {@link DirectoryFunction#register}, of a function that returns no futures. */
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
    if (!spec.aliases().isEmpty()) {
      context.primary().rememberRemovals(function.functionId);
    }
    return function;
  }

  @Override
  public R call(A argument) throws X {
    HeapTier.Value shared = parts.heap.get(argument);
    if (shared != null) {
      return hit(shared);
    }
    Request<A> request = request(argument);
    shared = parts.heap.getEncoded(request.exact());
    return shared == null ? answer(request, read(request)) : hit(shared);
  }

  /**
   * As {@link #call}, of a batch.
   *
   * @param absent whether the batch has read in vain; a claim sees what was stored since
   */
  R call(Request<A> request, boolean absent) throws X {
    HeapTier.Value shared = parts.heap.get(request);
    return shared == null
        ? answer(request, absent ? parts.absent() : read(request))
        : hit(request, shared);
  }

  /**
   * As {@link #call(Request, boolean)}, but blocks for no computation of others. While a call
   * waits, whoever tries it has to be in a chain of its own: other calls do not wait for it.
   */
  Attempt<A, R> attempt(Request<A> request, boolean absent) throws X {
    HeapTier.Value shared = parts.heap.get(request);
    if (shared != null) {
      return new Answered<>(hit(request, shared));
    }
    Reading<R> reading = absent ? parts.absent() : read(request);
    if (reading == null) {
      return new Answered<>(bypass(request));
    }
    parts.counters.call();
    if (reading instanceof Found<R> found) {
      return new Answered<>(hit(request, found));
    }
    Missing<R> missing = (Missing<R>) reading;
    prepare(missing);
    return run(chain -> misses.attempt(request, missing, chain));
  }

  /**
   * Goes on with a call whose wait is over and was ended, as {@link #attempt}. If its argument has
   * been changed meanwhile it is another call now.
   */
  Attempt<A, R> goOn(ParkedCall<A, R> parked) throws X {
    Request<A> changed;
    try {
      changed = parts.changed(parked.request());
    } catch (RuntimeException uncacheable) {
      parked.giveUp();
      throw uncacheable;
    }
    return changed == null
        ? run(chain -> misses.goOn(parked, chain))
        : run(chain -> misses.attempt(changed, parts.absent(), chain));
  }

  /** Null if the directory is closed, and calls just compute. */
  private @Nullable Reading<R> read(Request<A> request) {
    try {
      return parts.reader.readNearby(request.key(), request.arguments());
    } catch (DirectoryClosedException e) {
      if (parts.context.computesWhenClosed().getAsBoolean()) {
        return null;
      }
      throw e;
    }
  }

  /** Answers a call with what was read for it. */
  private R answer(Request<A> request, @Nullable Reading<R> reading) throws X {
    if (reading == null) {
      return bypass(request);
    }
    parts.counters.call();
    return reading instanceof Found<R> found
        ? hit(request, found)
        : miss(request, (Missing<R>) reading);
  }

  private R miss(Request<A> request, Missing<R> missing) throws X {
    prepare(missing);
    return run(chain -> misses.answer(request, missing, chain));
  }

  private static <T extends @Nullable Object, X extends Exception> T run(Chain.Task<T, X> task)
      throws X {
    Chain chain = Chain.current();
    return chain == null ? Chain.root().run(task) : task.run(chain);
  }

  /** Comes before what ends a flight and a claim in any case. */
  void prepare(Missing<R> missing) {
    requireStack();
    if (missing.reason() != MissReason.ABSENT) {
      parts.notices.warn(
          missing.reason().name(),
          "A stored result of "
              + identity()
              + " cannot be used, so it is computed: "
              + missing.reason(),
          missing.cause());
    }
  }

  // The value is an R: only this function put it into its part of the heap tier.
  @SuppressWarnings({"unchecked", "NullAway"})
  R hit(HeapTier.Value shared) {
    parts.counters.heapHit(shared.durationNanos());
    return (R) shared.value();
  }

  private R hit(Request<A> request, HeapTier.Value shared) {
    request.hit(shared.durationNanos());
    return hit(shared);
  }

  R hit(Request<A> request, Found<R> found) {
    parts.took(found.entry().durationNanos());
    parts.hit(request, found, HitSource.DISK);
    return found.value();
  }

  /** Reads the entries of some calls, as {@link dev.memo.claims.Primary#readAll}. */
  List<@Nullable Stored> readAll(List<CallKey> keys) {
    return parts.primary.readAll(keys, parts.spec.results().variant());
  }

  /** The value of an entry that was read for a call; null if it is none for this program. */
  @Nullable Found<R> found(Request<A> request, Stored stored) {
    return parts.reader.examine(stored, request.arguments(), slot()) instanceof Found<R> found
        ? found
        : null;
  }

  /** Answers a call with what was found for it. */
  R answer(Request<A> request, Found<R> found) {
    parts.counters.call();
    return hit(request, found);
  }

  /**
   * Whether calls of a batch are better put together in groups. Not if their arguments can change
   * between the claim and the run.
   */
  boolean isBestInGroups() {
    return parts.primary.isRemote()
        && parts.spec.aliases().isEmpty()
        && parts.spec.arguments().equalsLikeBytes();
  }

  /** Where a call is stored of which nothing is known. */
  Slot slot() {
    return new Slot(parts.spec.results().variant(), 0);
  }

  /** The same call, asked for anew. */
  Request<A> again(Request<A> request) {
    return request.again(parts.epochs);
  }

  /** As {@link dev.memo.claims.Primary#claimAll}. */
  List<@Nullable Answer> claimAll(List<Wanted> wanted) {
    return parts.primary.claimAll(wanted);
  }

  /** Does not wait for another's computation. */
  void abandon(Request<A> request, Answer.Wait wait) {
    parts.primary.abandon(request.key(), slot().variant(), wait);
  }

  /** Gives back a claim that was not used. */
  void release(Request<A> request, Claim claim) {
    results.release(request.key(), slot(), claim);
  }

  /** To be called before a claim is used, or what is stored is changed: others may wait for it. */
  void requireStack() {
    StackReserve.require(RESERVED_BYTES);
  }

  /**
   * Computes a call under its claim in the chain that holds it, and begins to store the result.
   *
   * @return null if there is a computation of the call in this process already; then the claim was
   *     given back
   */
  @Nullable Unfinished<R> start(Request<A> request, Claim claim, Chain chain) throws X {
    return misses.start(request, slot(), claim, chain);
  }

  @Override
  public @Nullable Route<A, R, X> route(A argument) {
    return new Route<>(this, argument);
  }

  /** Runs the function without looking, and stores nothing. */
  public R bypass(A argument) throws X {
    parts.counters.call();
    parts.counters.bypasses.increment();
    return computations.runOnly(argument);
  }

  private R bypass(Request<A> request) throws X {
    R result = bypass(request.argument());
    request.computed();
    return result;
  }

  @Override
  public Lookup<R> peek(A argument) {
    Request<A> request = request(argument);
    Reading<R> reading = parts.reader.read(request.key(), request.arguments());
    if (reading instanceof Found<R> found) {
      return new Lookup.Present<>(found.value());
    }
    Aliases.Adopted<R> adopted = aliases.find(request, ((Missing<R>) reading).slot());
    return adopted == null ? new Lookup.Absent<>() : new Lookup.Present<>(adopted.found().value());
  }

  @Override
  public void put(A argument, R value) {
    parts.primary.requireMutable("put");
    requireStack();
    results.put(request(argument), value);
  }

  @Override
  public R refresh(A argument) throws X {
    parts.primary.requireMutable("refresh");
    requireStack();
    Request<A> request = request(argument);
    parts.counters.call();
    parts.counters.bypasses.increment();
    return chain().run(chain -> computations.refresh(request, chain));
  }

  @Override
  public void invalidate(A argument) {
    requireStack();
    parts.primary.invalidate(request(argument).key());
  }

  @Override
  public void invalidateAll() {
    requireStack();
    parts.primary.invalidateAll(functionId);
  }

  @Override
  public FunctionStats stats() {
    return parts.counters.snapshot();
  }

  @Override
  public FunctionIdentity identity() {
    return parts.spec.identity();
  }

  Request<A> request(A argument) {
    return parts.request(argument);
  }

  FunctionParts<A, R, X> parts() {
    return parts;
  }

  Aliases<A, R> aliases() {
    return aliases;
  }

  Results<A, R> results() {
    return results;
  }

  private static Chain chain() {
    Chain current = Chain.current();
    return current == null ? Chain.root() : current;
  }
}
