package dev.memo.call;

import dev.memo.call.Flight.Landing;
import org.jspecify.annotations.Nullable;

/** What a run of the function gave: a value or its exception, and what followers may know of it. */
sealed interface Computed<R extends @Nullable Object> {

  Landing landing();

  /** The function returned. */
  record Returned<R extends @Nullable Object>(R value, Landing landing) implements Computed<R> {}

  /** The function threw. */
  record Threw<R extends @Nullable Object>(Throwable failure, Landing landing)
      implements Computed<R> {}
}
