package dev.memo.call;

import dev.memo.call.Computed.Returned;
import dev.memo.call.Computed.Threw;
import dev.memo.call.Flight.Landing;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a function that returns futures: as {@link Computations}, but what is to be done with a
 * result is done when the future has completed, and not on the thread that completed it.
 * Thread-safe.
 */
final class FutureComputations<
    A extends @Nullable Object, V extends @Nullable Object, X extends Exception> {
  private final FunctionParts<A, V, X> parts;
  private final Results<A, V> results;
  private final ThrowingFunction<A, @Nullable CompletionStage<V>, X> body;
  private final Executor elsewhere;

  FutureComputations(
      FunctionParts<A, V, X> parts,
      Results<A, V> results,
      ThrowingFunction<A, @Nullable CompletionStage<V>, X> body,
      Executor elsewhere) {
    this.parts = parts;
    this.results = results;
    this.body = body;
    this.elsewhere = elsewhere;
  }

  /**
   * Runs the function in the chain. What it throws is thrown.
   *
   * @param keep stores what the future has completed with
   * @param end is told once how it ended, also before something is thrown
   * @return false if the function returned null instead of a future
   */
  boolean run(
      A argument,
      Chain chain,
      Function<Run<V>, Computed<V>> keep,
      Consumer<? super Computed<V>> end)
      throws X {
    Run.Begun begun = Run.begin(parts);
    CompletionStage<V> stage;
    try {
      stage = call(argument, chain);
    } catch (Throwable failure) {
      begun.threw();
      end.accept(Computations.threw(failure));
      throw failure;
    }
    if (stage == null) {
      long unused = begun.returned();
      results.unstored(UnstoredReason.UNCACHEABLE, null);
      end.accept(failed(new NullPointerException(parts.spec.identity() + " returned no future")));
      return false;
    }
    CompletableFuture<?> unused =
        completionOf(stage)
            .whenComplete(
                (value, failure) -> {
                  if (failure != null) {
                    begun.threw();
                    elsewhere(() -> end.accept(failed(failure)));
                  } else {
                    Run<V> run = begun.returned(value); // it took until now, not until it is stored
                    elsewhere(() -> end.accept(kept(keep, run)));
                  }
                });
    return true;
  }

  @SuppressWarnings("try") // the scope is for its end only
  private @Nullable CompletionStage<V> call(A argument, Chain chain) throws X {
    try (Chain.Scope scope = chain.visit()) {
      return body.call(argument);
    }
  }

  /** Completes as the stage does, and only once, whatever the user's class does. */
  private static <V extends @Nullable Object> CompletableFuture<V> completionOf(
      CompletionStage<V> stage) {
    CompletableFuture<V> completion = new CompletableFuture<>();
    try {
      CompletionStage<V> unused =
          stage.whenComplete((value, failure) -> complete(completion, value, failure));
    } catch (Throwable broken) { // a class of the user; nobody must wait for ever
      completion.completeExceptionally(broken);
    }
    return completion;
  }

  private static <V extends @Nullable Object> void complete(
      CompletableFuture<V> future, V value, @Nullable Throwable failure) {
    if (failure == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(failure);
    }
  }

  /** Without a further thread it is done on this one: a result must not be lost. */
  private void elsewhere(Runnable task) {
    try {
      elsewhere.execute(task);
    } catch (Throwable noThread) {
      task.run();
    }
  }

  private static <V extends @Nullable Object> Computed<V> kept(
      Function<Run<V>, Computed<V>> keep, Run<V> run) {
    try {
      return keep.apply(run);
    } catch (Throwable failure) { // of the storage: no news to followers
      return new Threw<>(failure, new Landing.Aborted());
    }
  }

  private static <V extends @Nullable Object> Threw<V> failed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return new Threw<>(
        failure,
        Computations.isOfThread(cause) ? new Landing.Aborted() : new Landing.Failed(failure));
  }

  /** Tells a caller how it ended. */
  static <V extends @Nullable Object> void complete(
      CompletableFuture<V> future, Computed<V> computed) {
    if (computed instanceof Returned<V> returned) {
      future.complete(returned.value());
    } else {
      future.completeExceptionally(((Threw<V>) computed).failure());
    }
  }

  /** Runs the function and puts its result in place of what is stored. */
  @Nullable CompletableFuture<V> refresh(Request<A> request) throws X {
    Chain chain = newChain();
    Slot slot = new Slot(parts.spec.results().variant(), 0);
    Claim claim = parts.primary.begin(request.key(), slot.variant(), chain);
    return run(
        request.argument(),
        chain,
        run -> {
          results.refresh(request, run, claim.start());
          return unshared(run);
        },
        () -> results.release(request.key(), slot, claim));
  }

  /** Runs the function; nothing else. */
  @Nullable CompletableFuture<V> runOnly(A argument) throws X {
    return run(argument, newChain(), FutureComputations::unshared, () -> {});
  }

  private static <V extends @Nullable Object> Computed<V> unshared(Run<V> run) {
    return new Returned<>(run.value(), new Landing.Unshared());
  }

  /** Runs the function for one caller. */
  private @Nullable CompletableFuture<V> run(
      A argument, Chain chain, Function<Run<V>, Computed<V>> keep, Runnable end) throws X {
    CompletableFuture<V> own = new CompletableFuture<>();
    boolean future =
        run(
            argument,
            chain,
            keep,
            computed -> {
              try {
                end.run();
              } finally {
                chain.end();
                complete(own, computed);
              }
            });
    return future ? own : null;
  }

  /** The chain of a call: that of the caller, if it is in one, does not go on before. */
  static Chain newChain() {
    return Chain.child(Chain.current(), () -> false);
  }
}
