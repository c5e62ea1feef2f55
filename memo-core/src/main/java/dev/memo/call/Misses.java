package dev.memo.call;

import dev.memo.call.Computed.Returned;
import dev.memo.call.Computed.Threw;
import dev.memo.call.Flight.Landing;
import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.codec.EntryRejectedException;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.StoreException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers the calls that found no value: follows the flight of the same call, or leads a new one.
 * The leader asks for the claim, computes, and hands the result to the followers. Waiting is an
 * optimisation: who would wait for ever, or too long, computes. Thread-safe.
 */
final class Misses<A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  private final FunctionParts<A, R, X> parts;
  private final Computations<A, R, X> computations;
  private final Flights flights;
  private final Waiting waiting;

  /** How a leader goes on. */
  private sealed interface Start<R extends @Nullable Object> {

    /** The value was stored meanwhile. */
    record AtHit<R extends @Nullable Object>(Found<R> found) implements Start<R> {}

    /** It computes. */
    record AtRun<R extends @Nullable Object>(MissReason reason, Slot slot, Claim claim)
        implements Start<R> {}
  }

  Misses(FunctionParts<A, R, X> parts, Computations<A, R, X> computations) {
    this.parts = parts;
    this.computations = computations;
    this.flights = new Flights(parts.epochs);
    this.waiting = new Waiting(parts.context.waits());
  }

  /** Returns a value that was computed by this chain or another; all of it is counted. */
  R answer(Request<A> request, Missing<R> missing, Chain chain) throws X {
    while (true) {
      Flight mine = new Flight(chain, request.freshness());
      Flight other = flights.join(request.exact(), mine);
      if (other == null) {
        return lead(request, missing, mine);
      }
      MissReason gaveUp = await(chain, other.leader(), other.landing());
      if (gaveUp == MissReason.ABANDONED) {
        flights.land(request.exact(), other, new Landing.Aborted());
      } else if (gaveUp != null) {
        return computeAlone(request, missing.slot(), gaveUp, chain);
      }
      Landing landing = other.landing().join();
      if (landing instanceof Landing.Shared shared) {
        return follow(shared);
      } else if (landing instanceof Landing.Copied copied) {
        return follow(copied, request, missing.slot(), chain);
      } else if (landing instanceof Landing.Failed failed) {
        parts.counters.miss(MissReason.FAILED);
        throw same(failed.failure());
      } else if (landing instanceof Landing.Unshared) {
        return computeAlone(request, missing.slot(), MissReason.UNSHARED, chain);
      }
      request = request.again(parts.epochs);
    }
  }

  // The value is an R: flights belong to one function.
  @SuppressWarnings({"unchecked", "NullAway"})
  private R follow(Landing.Shared shared) {
    parts.counters.hit(HitSource.FLIGHT, shared.durationNanos());
    return (R) shared.value();
  }

  private R follow(Landing.Copied copied, Request<A> request, Slot slot, Chain chain) throws X {
    R value;
    try {
      value = parts.spec.results().decode(copied.entry());
    } catch (EntryRejectedException e) {
      parts.notices.warn(
          "follow", "A result of " + parts.spec.identity() + " cannot be read back", e);
      return computeAlone(request, slot, MissReason.UNSHARED, chain);
    }
    parts.counters.hit(HitSource.FLIGHT, copied.entry().durationNanos());
    return value;
  }

  private R lead(Request<A> request, Missing<R> missing, Flight mine) throws X {
    Landing landing = new Landing.Aborted();
    try {
      Start<R> start = claim(request, missing, mine.leader());
      if (start instanceof Start.AtHit<R> hit) {
        Found<R> found = hit.found;
        landing = computations.share(found.value(), found.entry());
        parts.heap.keep(request, found.value(), found.entry());
        parts.counters.hit(HitSource.DISK, found.entry().durationNanos());
        parts.counters.bytesRead.add(found.entry().size());
        return found.value();
      }
      Start.AtRun<R> run = (Start.AtRun<R>) start;
      parts.counters.miss(run.reason);
      Computed<R> computed = computations.compute(request, run.slot, run.claim);
      landing = computed.landing();
      return valueOf(computed);
    } finally {
      flights.land(request.exact(), mine, landing);
    }
  }

  /** Asks the primary until it grants the claim or has a value that can be used. */
  private Start<R> claim(Request<A> request, Missing<R> missing, Chain chain) {
    MissReason reason = missing.reason();
    Slot slot = missing.slot();
    try {
      Answer answer = ask(request, slot, chain);
      while (true) {
        if (answer instanceof Answer.Granted granted) {
          return new Start.AtRun<>(reason, slot, granted.claim());
        } else if (answer instanceof Answer.ComputeAnyway) {
          return new Start.AtRun<>(MissReason.CYCLE, slot, begin(request, slot, chain));
        } else if (answer instanceof Answer.NoPrimary) {
          return new Start.AtRun<>(MissReason.NO_PRIMARY, slot, begin(request, slot, chain));
        } else if (answer instanceof Answer.Wait wait) {
          MissReason gaveUp = await(request, slot, wait, chain);
          if (gaveUp != null) {
            return new Start.AtRun<>(gaveUp, slot, begin(request, slot, chain));
          }
          answer = wait.next().join();
        } else if (answer instanceof Answer.Hit hit) {
          Reading<R> reading = parts.reader.examine(hit.stored(), request.arguments(), slot);
          if (reading instanceof Found<R> found) {
            return new Start.AtHit<>(found);
          }
          Missing<R> rejected = (Missing<R>) reading;
          reason = rejected.reason();
          slot = rejected.slot();
          answer = ask(request, slot, chain);
        }
      }
    } catch (StoreException e) {
      parts.notices.warn(
          "claim", "Cannot look up results of " + parts.spec.identity() + "; computing", e);
      return new Start.AtRun<>(MissReason.UNREADABLE, slot, begin(request, slot, chain));
    } catch (DirectoryClosedException e) {
      if (parts.context.computesWhenClosed().getAsBoolean()) {
        return new Start.AtRun<>(reason, slot, begin(request, slot, chain));
      }
      parts.counters.miss(reason);
      throw e;
    }
  }

  /** Begins a computation without a claim. */
  private Claim begin(Request<A> request, Slot slot, Chain chain) {
    return parts.primary.begin(request.key(), slot.variant(), chain);
  }

  private Answer ask(Request<A> request, Slot slot, Chain chain) {
    return parts.primary.claim(request.key(), slot.variant(), slot.rejected(), chain);
  }

  private @Nullable MissReason await(Request<A> request, Slot slot, Answer.Wait wait, Chain chain) {
    boolean done = false;
    try {
      MissReason gaveUp = await(chain, wait.holder(), wait.next());
      done = gaveUp == null;
      return gaveUp;
    } finally {
      if (!done) {
        parts.primary.abandon(request.key(), slot.variant(), wait);
      }
    }
  }

  private @Nullable MissReason await(Chain chain, Chain holder, CompletableFuture<?> end) {
    try {
      return waiting.await(chain, holder, end, parts.maxWaitNanos());
    } catch (CancellationException e) {
      parts.counters.miss(MissReason.INTERRUPTED);
      throw e;
    }
  }

  private R computeAlone(Request<A> request, Slot slot, MissReason reason, Chain chain) throws X {
    parts.counters.miss(reason);
    Claim claim = begin(request, slot, chain);
    return valueOf(computations.compute(request.again(parts.epochs), slot, claim));
  }

  private R valueOf(Computed<R> computed) throws X {
    if (computed instanceof Returned<R> returned) {
      return returned.value();
    }
    throw same(((Threw<R>) computed).failure());
  }

  /** What the function threw is an {@code X} or unchecked; it is thrown as the same object. */
  @SuppressWarnings("unchecked")
  private X same(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (X) failure;
  }
}
