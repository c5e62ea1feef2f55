package dev.memo.call;

import dev.memo.claims.Chain;
import dev.memo.codec.Entry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One computation under way in this process, with the threads that wait for it.
 *
 * <p>The leader completes it exactly once, whatever happens to it, and never exceptionally.
 */
record Flight(Chain leader, Freshness freshness, CompletableFuture<Landing> landing) {

  Flight(Chain leader, Freshness freshness) {
    this(leader, freshness, new CompletableFuture<>());
  }

  /** How a flight ended, as its followers see it. */
  sealed interface Landing {

    /** With a value that all may share. */
    record Shared(@Nullable Object value, long durationNanos) implements Landing {}

    /** With an entry that each decodes for itself. */
    record Copied(Entry entry) implements Landing {}

    /** With the function's own exception. */
    record Failed(Throwable failure) implements Landing {}

    /** With a value that cannot be handed to others: each computes. */
    record Unshared() implements Landing {}

    /** Without a result that would mean anything to others: one of them leads the next. */
    record Aborted() implements Landing {}
  }
}
