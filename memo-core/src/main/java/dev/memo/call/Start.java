package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.claims.Answer;
import dev.memo.claims.Claim;
import org.jspecify.annotations.Nullable;

/** How the leader of a flight goes on. */
sealed interface Start<R extends @Nullable Object> {

  /** The value was stored meanwhile, or under an alias. */
  record AtHit<R extends @Nullable Object>(Found<R> found, HitSource source) implements Start<R> {}

  /** It computes. */
  record AtRun<R extends @Nullable Object>(MissReason reason, Slot slot, Claim claim)
      implements Start<R> {}

  /** It waits for another's computation. */
  record AtWait<R extends @Nullable Object>(Slot slot, Answer.Wait waiting) implements Start<R> {}
}
