package dev.memo.call;

import dev.memo.call.Attempt.Answered;
import dev.memo.call.Attempt.Waits;
import dev.memo.call.Computed.Returned;
import dev.memo.call.Computed.Threw;
import dev.memo.call.Flight.Landing;
import dev.memo.call.Reading.Found;
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
 * optimisation: who would wait for ever, or too long, computes. Calls of a batch need not wait:
 * they are {@linkplain #attempt tried}, and tried again. Thread-safe.
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
      Landing settled = request.settled(parts.epochs);
      if (settled != null) {
        return take(settled, request, chain);
      }
      Flight mine = new Flight(chain, request.freshness());
      Flight other = flights.join(request.exact(), mine);
      if (other == null) {
        return lead(request, missing, mine);
      }
      MissReason gaveUp = await(chain, other.leader(), other.landing());
      Answered<A, R> answered = follow(request, missing.slot(), chain, other, gaveUp);
      if (answered != null) {
        return answered.value();
      }
      Request<A> changed = changed(request, missing.reason());
      if (changed != null) {
        return answer(changed, parts.absent(), chain);
      }
      request = request.again(parts.epochs);
    }
  }

  /**
   * As {@link FunctionParts#changed}, after a wait; a result belongs to what the argument is when
   * the function is run.
   *
   * @param missed is counted if the call can no longer be cached
   */
  private @Nullable Request<A> changed(Request<A> then, MissReason missed) {
    try {
      return parts.changed(then);
    } catch (RuntimeException uncacheable) {
      parts.counters.miss(missed);
      throw uncacheable;
    }
  }

  /** As {@link #answer}, but waits for nothing: says for what that would be. */
  Attempt<A, R> attempt(Request<A> request, Missing<R> missing, Chain chain) throws X {
    while (true) {
      Landing settled = request.settled(parts.epochs);
      if (settled != null) {
        return new Answered<>(take(settled, request, chain));
      }
      @SuppressWarnings("unchecked") // equal calls are of one function
      ParkedCall<A, R> equal = (ParkedCall<A, R>) request.parked(parts.epochs);
      if (equal != null) {
        return new Waits<>(equal.twin(request));
      }
      Flight mine = new Flight(chain, request.freshness());
      Flight other = flights.join(request.exact(), mine);
      if (other == null) {
        return tryToLead(request, missing, mine, null);
      }
      ParkedCall<A, R> parked =
          ParkedCall.forFlight(parts, request, missing, other, waiting, chain);
      if (!parked.isOver()) {
        return waits(request, parked);
      }
      parked.end();
      Answered<A, R> answered = follow(request, missing.slot(), chain, other, parked.gaveUp());
      if (answered != null) {
        return answered;
      }
      request = request.again(parts.epochs);
    }
  }

  /** Goes on with a call whose wait is over and was ended, as {@link #attempt}. */
  Attempt<A, R> goOn(ParkedCall<A, R> parked, Chain chain) throws X {
    Answered<A, R> answered = take(parked, chain);
    if (answered != null) {
      return answered;
    }
    Request<A> anew = parked.request().again(parts.epochs);
    MissReason gaveUp = parked.gaveUp();
    if (gaveUp == null || gaveUp == MissReason.ABANDONED) {
      return attempt(anew, parked.missing(), chain);
    }
    Flight mine = new Flight(chain, anew.freshness());
    if (flights.join(anew.exact(), mine) == null) {
      return tryToLead(anew, parked.missing(), mine, gaveUp);
    }
    return new Answered<>(computeAlone(anew, parked.missing().slot(), gaveUp, chain));
  }

  /** What the wait has brought; null if nothing. */
  private @Nullable Answered<A, R> take(ParkedCall<A, R> parked, Chain chain) throws X {
    Request<A> request = parked.request();
    Landing settled = request.settled(parts.epochs);
    if (settled != null) {
      return new Answered<>(take(settled, request, chain));
    }
    MissReason gaveUp = parked.gaveUp();
    Flight flight = parked.flight();
    if (flight != null && (gaveUp != null || flight.landing().isDone())) {
      return follow(request, parked.missing().slot(), chain, flight, gaveUp);
    }
    Found<R> found = gaveUp == null ? parked.found() : null;
    if (found == null) {
      return null;
    }
    request.settle(results.share(found.value(), found.entry()));
    return new Answered<>(hit(request, new Start.AtHit<>(found, HitSource.DISK)));
  }

  private Attempt<A, R> waits(Request<A> request, ParkedCall<A, R> parked) {
    Twins twins = request.twins();
    if (twins != null) {
      twins.park(parked);
    }
    return new Waits<>(parked);
  }

  /** Returns what an equal call of the batch has computed. */
  private R take(Landing landing, Request<A> request, Chain chain) throws X {
    if (landing instanceof Landing.Shared shared) {
      return follow(shared, request);
    }
    Slot slot = new Slot(parts.spec.results().variant(), 0);
    return follow((Landing.Copied) landing, request, slot, chain);
  }

  /** Returns what came of another flight; null if the call is to be asked for anew. */
  private @Nullable Answered<A, R> follow(
      Request<A> request, Slot slot, Chain chain, Flight other, @Nullable MissReason gaveUp)
      throws X {
    if (gaveUp == MissReason.ABANDONED) {
      flights.land(request.exact(), other, new Landing.Aborted());
    } else if (gaveUp != null) {
      return new Answered<>(computeAlone(request, slot, gaveUp, chain));
    }
    Landing landing = other.landing().join();
    if (landing instanceof Landing.Shared shared) {
      return new Answered<>(follow(shared, request));
    } else if (landing instanceof Landing.Copied copied) {
      return new Answered<>(follow(copied, request, slot, chain));
    } else if (landing instanceof Landing.Failed failed) {
      parts.counters.miss(MissReason.FAILED);
      throw same(failed.failure());
    } else if (landing instanceof Landing.Unshared) {
      return new Answered<>(computeAlone(request, slot, MissReason.UNSHARED, chain));
    }
    return null;
  }

  // The value is an R: flights belong to one function.
  @SuppressWarnings({"unchecked", "NullAway"})
  private R follow(Landing.Shared shared, Request<A> request) {
    parts.counters.hit(HitSource.FLIGHT, shared.durationNanos());
    request.hit(shared.durationNanos());
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
    request.hit(copied.entry().durationNanos());
    return value;
  }

  private R lead(Request<A> request, Missing<R> missing, Flight mine) throws X {
    Landing landing = new Landing.Aborted();
    Request<A> changed = null;
    try {
      ClaimRequest<A, R> asked = new ClaimRequest<>(parts, request, missing, mine.leader());
      Start<R> start = asked.ask();
      if (start instanceof Start.AtWait<R> wait) {
        start = await(request, asked, wait, mine.leader());
        changed = start instanceof Start.AtRun<R> run ? releaseIfChanged(request, run) : null;
      }
      if (changed == null) {
        Computed<R> computed = carryOut(request, start);
        landing = computed.landing();
        return valueOf(computed);
      }
    } finally {
      flights.land(request.exact(), mine, landing);
    }
    return answer(changed, parts.absent(), mine.leader());
  }

  /** As {@link #changed}; then what was granted is given back. */
  private @Nullable Request<A> releaseIfChanged(Request<A> then, Start.AtRun<R> granted) {
    boolean same = false;
    try {
      Request<A> changed = changed(then, granted.reason());
      same = changed == null;
      return changed;
    } finally {
      if (!same) {
        results.release(then.key(), granted.slot(), granted.claim());
      }
    }
  }

  /**
   * Leads a flight under a claim that was granted already, until the function has returned; all of
   * it is counted.
   *
   * @param chain ends with the call
   * @return null if there is another flight, which is left to the caller; the claim is given back
   */
  @Nullable Unfinished<R> start(Request<A> request, Slot slot, Claim claim, Chain chain) throws X {
    Flight mine = new Flight(chain, request.freshness());
    Landing landing = null;
    Unfinished<R> started = null;
    try {
      if (flights.join(request.exact(), mine) == null) {
        landing = new Landing.Aborted();
        parts.counters.call();
        parts.counters.miss(MissReason.ABSENT);
        Run<R> run;
        try {
          run = runIn(chain, request.argument());
        } catch (Throwable failure) {
          landing = Computations.threw(failure).landing();
          throw failure;
        }
        request.computed();
        Results.Storing<R> storing = results.start(request, slot, claim, run);
        started = () -> finish(request, slot, claim, mine, storing);
      }
      return started;
    } finally {
      if (started == null) {
        end(request, slot, claim, mine, landing);
      }
    }
  }

  /** The chain goes on until the result is stored. */
  @SuppressWarnings("try") // the scope is for its end only
  private Run<R> runIn(Chain chain, A argument) throws X {
    try (Chain.Scope scope = chain.visit()) {
      return computations.run(argument);
    }
  }

  private R finish(
      Request<A> request, Slot slot, Claim claim, Flight mine, Results.Storing<R> storing) {
    Landing landing = new Landing.Aborted();
    try {
      Returned<R> returned = storing.finish();
      landing = returned.landing();
      return returned.value();
    } finally {
      end(request, slot, claim, mine, landing);
    }
  }

  /**
   * @param landing null if the flight never began
   */
  private void end(
      Request<A> request, Slot slot, Claim claim, Flight mine, @Nullable Landing landing) {
    try {
      results.release(request.key(), slot, claim);
    } finally {
      if (landing != null) {
        flights.land(request.exact(), mine, landing);
      }
      mine.leader().end(); // last: a flight whose leader has ended seems abandoned
    }
  }

  /**
   * Leads, unless another's claim is in the way: then the flight ends, so that nobody waits for a
   * call that has no thread.
   *
   * @param gaveUp why the claim is not asked for; null if it is
   */
  private Attempt<A, R> tryToLead(
      Request<A> request, Missing<R> missing, Flight mine, @Nullable MissReason gaveUp) throws X {
    Landing landing = new Landing.Aborted();
    try {
      ClaimRequest<A, R> asked = new ClaimRequest<>(parts, request, missing, mine.leader());
      Start<R> start = gaveUp == null ? asked.ask() : asked.begin(gaveUp);
      if (start instanceof Start.AtWait<R> told) {
        ParkedCall<A, R> parked =
            ParkedCall.forClaim(parts, request, missing, asked, told, waiting, mine.leader());
        MissReason atOnce = parked.gaveUp();
        if (atOnce == null) {
          return waits(request, parked);
        }
        parked.end();
        start = asked.begin(atOnce);
      }
      Computed<R> computed = carryOut(request, start);
      landing = computed.landing();
      return new Answered<>(valueOf(computed));
    } finally {
      flights.land(request.exact(), mine, landing);
    }
  }

  /** Takes the value that was found, or runs the function. */
  private Computed<R> carryOut(Request<A> request, Start<R> start) {
    if (start instanceof Start.AtRun<R> begun) {
      start = aliases.before(request, begun);
    }
    if (start instanceof Start.AtHit<R> hit) {
      R value = hit(request, hit);
      return new Returned<>(value, results.share(value, hit.found().entry()));
    }
    Start.AtRun<R> run = (Start.AtRun<R>) start;
    parts.counters.miss(run.reason());
    return computations.compute(request, run.slot(), run.claim());
  }

  private R hit(Request<A> request, Start.AtHit<R> hit) {
    parts.hit(request, hit.found(), hit.source());
    return hit.found().value();
  }

  /** Waits until the primary grants the claim or has a value that can be used. */
  private Start<R> await(
      Request<A> request, ClaimRequest<A, R> asked, Start<R> start, Chain chain) {
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
    Request<A> changed = changed(request, reason);
    if (changed != null) {
      return answer(changed, parts.absent(), chain);
    }
    Request<A> anew = request.again(parts.epochs);
    Claim claim = parts.primary.begin(anew.key(), slot.variant(), chain);
    Computed<R> computed = carryOut(anew, new Start.AtRun<>(reason, slot, claim));
    anew.settle(computed.landing()); // equal calls of its batch may wait as long as it has
    return valueOf(computed);
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
