package dev.memo.call;

import org.jspecify.annotations.Nullable;

/**
 * A function that may throw. A {@code java.util.function.Function f} is passed as {@code f::apply}.
 *
 * @param <A> what it takes
 * @param <R> what it returns
 * @param <X> what it throws; {@code RuntimeException} if nothing that is checked
 */
@FunctionalInterface
public interface ThrowingFunction<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {

  /** Calls the function. */
  R call(A argument) throws X;
}
