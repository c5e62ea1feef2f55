package dev.memo.call;

import org.jspecify.annotations.Nullable;

/** A call whose function has returned, and whose result is on its way to be stored. */
@FunctionalInterface
interface Unfinished<R extends @Nullable Object> {

  /** Waits until the result is stored, and returns the answer of the call. To be called once. */
  R finish();
}
