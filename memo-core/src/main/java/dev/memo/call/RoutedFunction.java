package dev.memo.call;

import org.jspecify.annotations.Nullable;

/**
 * A cached function that says which function of which directory answers a call, so that {@link
 * BulkCalls} can have many answered together, and {@link BulkPlan} can look many up. Thread-safe.
 */
public interface RoutedFunction<
        A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    extends CachedFunction<A, R, X> {

  /**
   * A call, as the function that answers it is called.
   *
   * @param argument for that function
   */
  record Route<A extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
      StoredFunction<A, R, X> function, A argument) {}

  /**
   * Says who answers now, counts nothing, and fails as {@link #call} would; null if only that knows
   * what to do.
   */
  @Nullable Route<?, R, X> route(A argument);

  /**
   * Says which function keeps what a call returns, or what the future completes with that it
   * returns; else as {@link #route}.
   */
  default @Nullable Route<?, ?, ?> keeper(A argument) {
    return route(argument);
  }

  /** As {@link #keeper}, of any cached function. */
  static <A extends @Nullable Object> @Nullable Route<?, ?, ?> keeper(
      CachedFunction<A, ?, ?> function, A argument) {
    return function instanceof RoutedFunction<A, ?, ?> routed ? routed.keeper(argument) : null;
  }

  /** As {@link #route}, of any cached function. */
  static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      @Nullable Route<?, R, X> route(CachedFunction<A, R, X> function, A argument) {
    return function instanceof RoutedFunction<A, R, X> routed ? routed.route(argument) : null;
  }
}
