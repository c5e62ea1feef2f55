package dev.memo.call;

import org.jspecify.annotations.Nullable;

/** A function in the directory that keeps its results. Thread-safe. */
public sealed interface DirectoryFunction<
        A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    extends RoutedFunction<A, R, X> permits StoredFunction, FutureFunction {

  /**
   * Makes the function known to the directory.
   *
   * @throws dev.memo.failure.FunctionClashException if another function has the same id there
   */
  @SuppressWarnings("unchecked") // one that returns futures has a type of futures for R
  static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      DirectoryFunction<A, R, X> register(FunctionSpec<A, R, X> spec, CallContext context) {
    return spec.returnsFutures()
        ? (DirectoryFunction<A, R, X>) FutureFunction.register(spec, context)
        : StoredFunction.register(spec, context);
  }

  FunctionIdentity identity();

  @Override
  default boolean isCached(A argument) {
    return peek(argument).isPresent();
  }

  @Override
  default String id() {
    return identity().toString();
  }
}
