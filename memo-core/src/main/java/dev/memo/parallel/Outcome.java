package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What became of one input of a batch: a {@link Success}, whose value may be null, or a {@link
 * Failure}.
 *
 * @param <R> what the function returns
 */
public sealed interface Outcome<R extends @Nullable Object> {

  /** Position of the input in the order in which the batch was given, from 0. */
  int index();

  /**
   * The function returned.
   *
   * @param value what it returned, possibly null
   */
  record Success<R extends @Nullable Object>(int index, R value) implements Outcome<R> {}

  /**
   * The function threw, at the last attempt.
   *
   * @param exception what it threw, the same object; or a {@link
   *     dev.memo.failure.InputTimedOutException}
   */
  record Failure<R extends @Nullable Object>(int index, Throwable exception) implements Outcome<R> {
    public Failure {
      requireNonNull(exception, "exception");
    }
  }
}
