package dev.memo.call;

import dev.memo.call.Computed.Returned;
import dev.memo.call.Computed.Threw;
import dev.memo.call.Flight.Landing;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.codec.EntryRejectedException;
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
  private final Results<A, R> results;
  private final Aliases<A, R> aliases;
  private final Flights flights;
  private final Waiting waiting;

  Misses(
      FunctionParts<A, R, X> parts,
      Results<A, R> results,
      Computations<A, R, X> computations,
      Aliases<A, R> aliases) {
    this.parts = parts;
    this.results = results;
    this.computations = computations;
    this.aliases = aliases;
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

  /** Returns what an equal call of the batch has computed. */
  R take(Landing landing, Request<A> request, Chain chain) throws X {
    if (landing instanceof Landing.Shared shared) {
      return follow(shared);
    }
    Slot slot = new Slot(parts.spec.results().variant(), 0);
    return follow((Landing.Copied) landing, request, slot, chain);
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
      if (start instanceof Start.AtRun<R> begun) {
        start = aliases.before(request, begun);
      }
      if (start instanceof Start.AtHit<R> hit) {
        landing = results.share(hit.found().value(), hit.found().entry());
        return hit(request, hit);
      }
      Start.AtRun<R> run = (Start.AtRun<R>) start;
      parts.counters.miss(run.reason());
      Computed<R> computed = computations.compute(request, run.slot(), run.claim());
      landing = computed.landing();
      return valueOf(computed);
    } finally {
      flights.land(request.exact(), mine, landing);
    }
  }

  private R hit(Request<A> request, Start.AtHit<R> hit) {
    parts.hit(request, hit.found(), hit.source());
    return hit.found().value();
  }

  /** Asks the primary until it grants the claim or has a value that can be used. */
  private Start<R> claim(Request<A> request, Missing<R> missing, Chain chain) {
    ClaimRequest<A, R> asked = new ClaimRequest<>(parts, request, missing, chain);
    Start<R> start = asked.ask();
    while (start instanceof Start.AtWait<R> atWait) {
      Answer.Wait wait = atWait.waiting();
      MissReason gaveUp = await(request, atWait.slot(), wait, chain);
      start = gaveUp == null ? asked.take(wait.next().join()) : asked.begin(gaveUp);
    }
    return start;
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
    Request<A> anew = request.again(parts.epochs);
    Claim claim = parts.primary.begin(anew.key(), slot.variant(), chain);
    Start<R> start = aliases.before(anew, new Start.AtRun<>(reason, slot, claim));
    if (start instanceof Start.AtHit<R> hit) {
      return hit(anew, hit);
    }
    parts.counters.miss(reason);
    return valueOf(computations.compute(anew, slot, claim));
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
