package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.failure.DirectoryClosedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One function in one directory that returns futures: what they complete with is stored. A call is
 * answered as by {@link StoredFunction}, except that its thread waits for nothing: then {@link
 * FutureMisses} goes on elsewhere. Each caller has a future of its own. Thread-safe.
 *
 * @param <V> what the futures complete with
 */
public final class FutureFunction<
        A extends @Nullable Object, V extends @Nullable Object, X extends Exception>
    implements DirectoryFunction<A, @Nullable CompletionStage<V>, X> {

  /**
   * Where calls go on that had to wait, results are stored, and the futures of callers complete:
   * the threads on which these would expect the rest of their own work. The thread that completes
   * the function's future may be one that must never block; and a pool of memo's own would have to
   * grow without bounds, because what it runs for its callers may wait for other calls.
   */
  private static final Executor ELSEWHERE = new CompletableFuture<Object>().defaultExecutor();

  private final StoredFunction<A, V, X> values; // never asked to run the function
  private final FunctionParts<A, V, X> parts;
  private final FutureComputations<A, V, X> computations;
  private final FutureMisses<A, V, X> misses;

  private FutureFunction(
      StoredFunction<A, V, X> values,
      ThrowingFunction<A, @Nullable CompletionStage<V>, X> body,
      Executor elsewhere) {
    this.values = values;
    this.parts = values.parts();
    this.computations = new FutureComputations<>(parts, values.results(), body, elsewhere);
    this.misses =
        new FutureMisses<>(parts, values.results(), computations, values.aliases(), elsewhere);
  }

  /** As {@link DirectoryFunction#register}. */
  static <A extends @Nullable Object, X extends Exception> FutureFunction<A, ?, X> register(
      FunctionSpec<A, ?, X> spec, CallContext context) {
    return register(spec, context, ELSEWHERE);
  }

  /** As above; tests choose where calls go on. */
  @SuppressWarnings("unchecked") // the spec says of what its results are, and what its body returns
  static <A extends @Nullable Object, V extends @Nullable Object, X extends Exception>
      FutureFunction<A, V, X> register(
          FunctionSpec<A, ?, X> spec, CallContext context, Executor elsewhere) {
    return new FutureFunction<>(
        StoredFunction.register((FunctionSpec<A, V, X>) spec, context),
        (ThrowingFunction<A, @Nullable CompletionStage<V>, X>) spec.body(),
        elsewhere);
  }

  @Override
  @SuppressWarnings("NullAway") // it does not see that the result may be null
  public @Nullable CompletableFuture<V> call(A argument) throws X {
    HeapTier.Value shared = parts.heap.get(argument);
    if (shared != null) {
      return completed(values.hit(shared));
    }
    Request<A> request = values.request(argument);
    shared = parts.heap.getEncoded(request.exact());
    if (shared != null) {
      return completed(values.hit(shared));
    }
    Reading<V> reading;
    try {
      reading = parts.reader.readNearby(request.key(), request.arguments());
    } catch (DirectoryClosedException e) {
      if (parts.context.computesWhenClosed().getAsBoolean()) {
        return bypass(argument);
      }
      throw e;
    }
    parts.counters.call();
    if (reading instanceof Found<V> found) {
      return completed(values.hit(request, found));
    }
    Missing<V> missing = (Missing<V>) reading;
    values.prepare(missing);
    return misses.answer(request, missing);
  }

  private @Nullable CompletableFuture<V> bypass(A argument) throws X {
    parts.counters.call();
    parts.counters.bypasses.increment();
    return computations.runOnly(argument);
  }

  /** Each caller has a future of its own. */
  @Override
  public @Nullable Route<A, @Nullable CompletionStage<V>, X> route(A argument) {
    return null;
  }

  @Override
  public @Nullable Route<A, V, X> keeper(A argument) {
    return values.route(argument);
  }

  @Override
  public Lookup<@Nullable CompletionStage<V>> peek(A argument) {
    Lookup<V> value = values.peek(argument);
    return value.isPresent()
        ? new Lookup.Present<>(completed(value.value()))
        : new Lookup.Absent<>();
  }

  @Override
  public void put(A argument, @Nullable CompletionStage<V> value) {
    values.put(argument, valueOf(value));
  }

  private static <V extends @Nullable Object> V valueOf(@Nullable CompletionStage<V> stage) {
    if (stage != null) {
      CompletableFuture<V> future;
      try {
        future = stage.toCompletableFuture();
      } catch (UnsupportedOperationException e) {
        throw new IllegalArgumentException("cannot tell what this completed with: " + stage, e);
      }
      if (future.isDone() && !future.isCompletedExceptionally()) {
        return future.join();
      }
    }
    throw new IllegalArgumentException(
        "only what a future has completed with can be put, and this one has "
            + (stage == null ? "not been given" : "failed, or not completed yet"));
  }

  @Override
  @SuppressWarnings("NullAway") // as above
  public @Nullable CompletableFuture<V> refresh(A argument) throws X {
    parts.primary.requireMutable("refresh");
    values.requireStack();
    Request<A> request = values.request(argument);
    parts.counters.call();
    parts.counters.bypasses.increment();
    return computations.refresh(request);
  }

  @Override
  public void invalidate(A argument) {
    values.invalidate(argument);
  }

  @Override
  public void invalidateAll() {
    values.invalidateAll();
  }

  @Override
  public FunctionStats stats() {
    return values.stats();
  }

  @Override
  public FunctionIdentity identity() {
    return values.identity();
  }

  private static <V extends @Nullable Object> CompletableFuture<V> completed(V value) {
    return CompletableFuture.completedFuture(value);
  }
}
