package dev.memo.call;

import org.jspecify.annotations.Nullable;

/** What came of a call that blocks no thread for the computations of others. */
sealed interface Attempt<A extends @Nullable Object, R extends @Nullable Object> {

  /** Its value. */
  record Answered<A extends @Nullable Object, R extends @Nullable Object>(R value)
      implements Attempt<A, R> {}

  /** It is to be tried again when a wait is over. */
  record Waits<A extends @Nullable Object, R extends @Nullable Object>(ParkedCall<A, R> call)
      implements Attempt<A, R> {}
}
