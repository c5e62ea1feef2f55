package dev.memo.call;

import dev.memo.codec.Entry;
import org.jspecify.annotations.Nullable;

/** What a look-up gave. */
sealed interface Reading<R extends @Nullable Object> {

  /** A value that this program may use. */
  record Found<R extends @Nullable Object>(R value, Entry entry) implements Reading<R> {}

  /**
   * Nothing, and why.
   *
   * @param cause for log lines, where there is more to say than the reason
   */
  record Missing<R extends @Nullable Object>(
      MissReason reason, Slot slot, @Nullable Exception cause) implements Reading<R> {}
}
