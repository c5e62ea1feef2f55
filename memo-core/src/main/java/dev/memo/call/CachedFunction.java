package dev.memo.call;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function whose results are kept in a directory: the handle of an annotated method, or what
 * {@code Memo.function} returns. Thread-safe.
 *
 * <p><b>Failure</b>: all methods that take an argument throw {@link
 * dev.memo.failure.UncacheableArgumentException} if it has no canonical encoding, {@link
 * dev.memo.failure.DirectoryException} if the directory cannot be opened, and {@link
 * dev.memo.failure.DirectoryClosedException} if the {@code Memo} they came from is closed.
 *
 * <p><b>Futures</b>: of a function that returns a {@code CompletableFuture} or {@code
 * CompletionStage}, what that completes with is stored. Every caller gets a {@code
 * CompletableFuture} of its own, which completes when the value is stored or known not to be: it
 * may be cancelled or completed, which touches neither the computation nor other callers. No caller
 * waits. A future that fails is not stored, and fails those of the callers with the same exception;
 * one that is cancelled fails that of its own caller only. What a call does after it has waited,
 * and what callers add to their futures, runs where the default of {@code CompletableFuture} is. A
 * future that never completes keeps others from computing the call for a time ({@link
 * MissReason#MAX_WAIT}), and those that have waited so long compute; it is forgotten when its
 * process ends.
 *
 * @param <A> what it takes
 * @param <R> what it returns
 * @param <X> what it throws
 */
public interface CachedFunction<
        A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    extends ThrowingFunction<A, R, X> {

  /**
   * Returns the stored value, or computes, stores and returns it.
   *
   * <p><b>Threads</b>: one thread computes a call; others wait for it. <b>Interrupt</b>: who is
   * interrupted while it waits keeps its flag and computes for itself; only a batch of {@code
   * Parallel} is cancelled instead. <b>Null</b>: a null result is stored. <b>Failure</b>: if the
   * function throws, nothing is stored and its exception reaches the callers; if the result cannot
   * be stored, it is returned all the same, and counted.
   */
  @Override
  R call(A argument) throws X;

  /** Whether a call would find a value now. Computes nothing and counts as no call. */
  boolean isCached(A argument);

  /** Returns what is stored. Computes nothing and counts as no call. */
  Lookup<R> peek(A argument);

  /**
   * Stores a value, in place of what is stored. Of a future, it is what that has completed with.
   *
   * @throws IllegalArgumentException if it is a future that has not completed, or has failed
   * @throws dev.memo.failure.UncacheableResultException if it cannot be stored
   * @throws dev.memo.failure.DirectoryUnavailableException if storage does not accept it
   */
  void put(A argument, R value);

  /**
   * Computes in any case, and stores the result in place of what is stored; on failure that stays.
   * A result that was invalidated, put or refreshed meanwhile by others is returned, not stored. A
   * future fails with what would be thrown after the function has returned.
   *
   * @throws dev.memo.failure.DirectoryUnavailableException if storage does not accept the result
   */
  R refresh(A argument) throws X;

  /**
   * Removes what is stored. When it has returned, no call that starts later gets the old value, and
   * no computation that started before brings it back.
   *
   * @throws dev.memo.failure.DirectoryUnavailableException if storage does not accept the removal
   */
  void invalidate(A argument);

  /** Removes all that is stored of this function, in constant time; else as {@link #invalidate}. */
  void invalidateAll();

  /** What this handle did so far in this process. */
  FunctionStats stats();

  /** The identity under which the directory keeps the results, for people and for bug reports. */
  String id();

  /** This function, fed by another: {@code ASK.with(p -> new AskArgs(key, p))}. */
  default <B extends @Nullable Object> CachedFunction<B, R, X> with(
      Function<? super B, ? extends A> arguments) {
    return new FedFunction<>(this, arguments);
  }
}
