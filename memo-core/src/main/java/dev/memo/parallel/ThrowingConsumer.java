package dev.memo.parallel;

import org.jspecify.annotations.Nullable;

/**
 * An action that may throw. A cached function {@code f} is passed as {@code f::call}.
 *
 * @param <A> what it takes
 * @param <X> what it throws; {@code RuntimeException} if nothing that is checked
 */
@FunctionalInterface
public interface ThrowingConsumer<A extends @Nullable Object, X extends Exception> {

  /** Performs the action. */
  void accept(A argument) throws X;
}
