package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * What a leader asks the primary, and what the answers mean for it. It waits for nothing. Used by
 * one thread at a time.
 */
final class ClaimRequest<A extends @Nullable Object, R extends @Nullable Object> {
  private final FunctionParts<A, R, ?> parts;
  private final Request<A> request;
  private final Chain chain;
  private MissReason reason;
  private Slot slot;

  ClaimRequest(FunctionParts<A, R, ?> parts, Request<A> request, Missing<R> missing, Chain chain) {
    this.parts = parts;
    this.request = request;
    this.chain = chain;
    this.reason = missing.reason();
    this.slot = missing.slot();
  }

  /**
   * Asks for the claim, anew if a stored value that was found is none for this program.
   *
   * @throws DirectoryClosedException if that is not to be passed over; then the call is counted
   */
  Start<R> ask() {
    try {
      while (true) {
        Answer answer = parts.primary.claim(request.key(), slot.variant(), slot.rejected(), chain);
        if (!(answer instanceof Answer.Hit hit)) {
          return start(answer);
        }
        Found<R> found = examine(hit);
        if (found != null) {
          return new Start.AtHit<>(found, HitSource.DISK);
        }
      }
    } catch (StoreException e) {
      parts.notices.warn(
          "claim", "Cannot look up results of " + parts.spec.identity() + "; computing", e);
      return begin(MissReason.UNREADABLE);
    } catch (DirectoryClosedException e) {
      if (parts.context.computesWhenClosed().getAsBoolean()) {
        return begin(reason);
      }
      parts.counters.miss(reason);
      throw e;
    }
  }

  /** As {@link #ask}, with the answer that ended a wait. */
  Start<R> take(Answer answer) {
    if (answer instanceof Answer.Hit hit) {
      Found<R> found = examine(hit);
      return found == null ? ask() : new Start.AtHit<>(found, HitSource.DISK);
    }
    return start(answer);
  }

  /** The value in the answer that ended a wait; null if there is none that can be used. */
  @Nullable Found<R> find(Answer answer) {
    return answer instanceof Answer.Hit hit ? examine(hit) : null;
  }

  private Start<R> start(Answer answer) {
    if (answer instanceof Answer.Granted granted) {
      return new Start.AtRun<>(reason, slot, granted.claim());
    } else if (answer instanceof Answer.Wait wait) {
      return new Start.AtWait<>(slot, wait);
    }
    return begin(answer instanceof Answer.ComputeAnyway ? MissReason.CYCLE : MissReason.NO_PRIMARY);
  }

  /** Computes without a claim. */
  Start.AtRun<R> begin(MissReason why) {
    return new Start.AtRun<>(why, slot, parts.primary.begin(request.key(), slot.variant(), chain));
  }

  /** Null if the value is none for this program: then something else is to be asked for. */
  private @Nullable Found<R> examine(Answer.Hit hit) {
    Reading<R> reading = parts.reader.examine(hit.stored(), request.arguments(), slot);
    if (reading instanceof Found<R> found) {
      return found;
    }
    Missing<R> rejected = (Missing<R>) reading;
    reason = rejected.reason();
    slot = rejected.slot();
    return null;
  }
}
