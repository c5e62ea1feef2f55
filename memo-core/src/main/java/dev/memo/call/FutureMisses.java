package dev.memo.call;

import dev.memo.call.Flight.Landing;
import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.call.Start.AtHit;
import dev.memo.call.Start.AtRun;
import dev.memo.call.Start.AtWait;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.codec.EntryRejectedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the calls that found no value of a function that returns futures: as {@link Misses}, but
 * nobody waits. A call goes on in steps; the first ones are done by its caller's thread, and what
 * comes after a wait is done elsewhere. Thread-safe.
 */
final class FutureMisses<
    A extends @Nullable Object, V extends @Nullable Object, X extends Exception> {
  private final FunctionParts<A, V, X> parts;
  private final Results<A, V> results;
  private final FutureComputations<A, V, X> computations;
  private final Aliases<A, V> aliases;
  private final Flights flights;
  private final Waiting waiting;
  private final Executor elsewhere;

  FutureMisses(
      FunctionParts<A, V, X> parts,
      Results<A, V> results,
      FutureComputations<A, V, X> computations,
      Aliases<A, V> aliases,
      Executor elsewhere) {
    this.parts = parts;
    this.results = results;
    this.computations = computations;
    this.aliases = aliases;
    this.flights = new Flights(parts.epochs);
    this.waiting = new Waiting(parts.context.waits());
    this.elsewhere = elsewhere;
  }

  /**
   * Returns a future of the caller's own; null if this thread ran the function, and it returned
   * that. All of it is counted.
   */
  @Nullable CompletableFuture<V> answer(Request<A> request, Missing<V> missing) throws X {
    return new Call(request, missing).begin();
  }

  /**
   * One call. Its steps follow each other; each says what is to be computed now, or null if the
   * future is completed, or another step will follow.
   */
  private final class Call {
    private final Missing<V> missing;
    private final Chain chain = FutureComputations.newChain();
    private final CompletableFuture<V> own = new CompletableFuture<>();

    // of the thread that takes the step
    private Request<A> request;
    private @Nullable Flight led;
    private @Nullable AtWait<V> waitsFor;

    Call(Request<A> request, Missing<V> missing) {
      this.request = request;
      this.missing = missing;
    }

    @Nullable CompletableFuture<V> begin() throws X {
      try {
        AtRun<V> run = join();
        return run == null || compute(run) ? own : null;
      } catch (Throwable failure) {
        fail(failure); // unless the function threw it: then the call has ended
        throw failure;
      }
    }

    private @Nullable AtRun<V> join() {
      Flight mine = new Flight(chain, request.freshness());
      Flight other = flights.join(request.exact(), mine);
      if (other != null) {
        return when(
            waiting.begin(chain, other.leader(), other.landing(), parts.maxWaitNanos()),
            gaveUp -> follow(other, gaveUp));
      }
      led = mine;
      ClaimRequest<A, V> asked = new ClaimRequest<>(parts, request, missing, chain);
      return lead(asked, asked.ask());
    }

    private @Nullable AtRun<V> follow(Flight other, @Nullable MissReason gaveUp) {
      if (gaveUp == MissReason.ABANDONED) {
        flights.land(request.exact(), other, new Landing.Aborted());
      } else if (gaveUp != null) {
        return alone(gaveUp);
      }
      Landing landing = other.landing().join();
      if (landing instanceof Landing.Shared shared) {
        return follow(shared);
      } else if (landing instanceof Landing.Copied copied) {
        return follow(copied);
      } else if (landing instanceof Landing.Failed failed) {
        parts.counters.miss(MissReason.FAILED);
        chain.end();
        own.completeExceptionally(failed.failure());
        return null;
      } else if (landing instanceof Landing.Unshared) {
        return alone(MissReason.UNSHARED);
      }
      request = request.again(parts.epochs);
      return join();
    }

    // The value is a V: flights belong to one function.
    @SuppressWarnings({"unchecked", "NullAway"})
    private @Nullable AtRun<V> follow(Landing.Shared shared) {
      return followed((V) shared.value(), shared.durationNanos());
    }

    private @Nullable AtRun<V> follow(Landing.Copied copied) {
      V value;
      try {
        value = parts.spec.results().decode(copied.entry());
      } catch (EntryRejectedException e) {
        parts.notices.warn(
            "follow", "A result of " + parts.spec.identity() + " cannot be read back", e);
        return alone(MissReason.UNSHARED);
      }
      return followed(value, copied.entry().durationNanos());
    }

    private @Nullable AtRun<V> followed(V value, long durationNanos) {
      parts.counters.hit(HitSource.FLIGHT, durationNanos);
      chain.end();
      own.complete(value);
      return null;
    }

    private @Nullable AtRun<V> lead(ClaimRequest<A, V> asked, Start<V> start) {
      if (start instanceof AtHit<V> hit) {
        hit(hit);
        return null;
      } else if (start instanceof AtWait<V> atWait) {
        waitsFor = atWait;
        return when(
            waiting.begin(
                chain, atWait.waiting().holder(), atWait.waiting().next(), parts.maxWaitNanos()),
            gaveUp -> lead(asked, atWait, gaveUp));
      }
      return (AtRun<V>) start;
    }

    private @Nullable AtRun<V> lead(
        ClaimRequest<A, V> asked, AtWait<V> atWait, @Nullable MissReason gaveUp) {
      if (gaveUp != null) {
        abandon();
        return asked.begin(gaveUp);
      }
      waitsFor = null;
      return lead(asked, asked.take(atWait.waiting().next().join()));
    }

    private void abandon() {
      AtWait<V> abandoned = waitsFor;
      waitsFor = null;
      if (abandoned != null) {
        parts.primary.abandon(request.key(), abandoned.slot().variant(), abandoned.waiting());
      }
    }

    private AtRun<V> alone(MissReason reason) {
      request = request.again(parts.epochs);
      Claim claim = parts.primary.begin(request.key(), missing.slot().variant(), chain);
      return new AtRun<>(reason, missing.slot(), claim);
    }

    /** Takes the step when the wait is over: now, or elsewhere. */
    private @Nullable AtRun<V> when(
        Waiting.Pending wait, Function<@Nullable MissReason, @Nullable AtRun<V>> step) {
      if (wait.over().isDone()) {
        wait.end().run();
        return step.apply(wait.over().join());
      }
      CompletableFuture<?> unused = wait.over().thenAccept(gaveUp -> goOn(wait, step, gaveUp));
      return null;
    }

    private void goOn(
        Waiting.Pending wait,
        Function<@Nullable MissReason, @Nullable AtRun<V>> step,
        @Nullable MissReason gaveUp) {
      try {
        elsewhere.execute(
            () ->
                take(
                    () -> {
                      wait.end().run();
                      return step.apply(gaveUp);
                    }));
      } catch (Throwable noThread) {
        // not on this one: the primary's answers may depend on it
        parts.counters.miss(MissReason.NO_SPARE_THREAD);
        try {
          wait.end().run();
        } finally {
          fail(noThread);
        }
      }
    }

    private void take(Supplier<@Nullable AtRun<V>> step) {
      try {
        AtRun<V> run = step.get();
        boolean unused = run == null || compute(run);
      } catch (Throwable failure) {
        fail(failure); // as above
      }
    }

    private void hit(AtHit<V> hit) {
      Found<V> found = hit.found();
      parts.hit(request, found, hit.source());
      end(results.share(found.value(), found.entry()));
      own.complete(found.value());
    }

    private boolean compute(AtRun<V> start) throws X {
      if (own.isDone()) { // by its caller, while it waited; others may still want the result
        parts.counters.miss(MissReason.INTERRUPTED);
        results.release(request.key(), start.slot(), start.claim());
        end(new Landing.Aborted());
        return true;
      }
      if (aliases.before(request, start) instanceof AtHit<V> hit) {
        hit(hit);
        return true;
      }
      parts.counters.miss(start.reason());
      Request<A> asked = request;
      return computations.run(
          asked.argument(),
          chain,
          run ->
              results.isOutlived(asked)
                  ? FutureComputations.unshared(run)
                  : results.keep(asked, start.slot(), start.claim(), run),
          computed -> {
            try {
              results.release(asked.key(), start.slot(), start.claim());
            } finally {
              end(computed.landing());
              FutureComputations.complete(own, computed);
            }
          });
    }

    /** Ends the call for all but its caller. */
    private void end(Landing landing) {
      Flight ended = led;
      led = null;
      try {
        if (ended != null) {
          flights.land(request.exact(), ended, landing);
        }
      } finally {
        chain.end(); // last: who ends before its flight has landed seems to have been lost
      }
    }

    private void fail(Throwable failure) {
      try {
        abandon();
      } finally {
        end(new Landing.Aborted());
        own.completeExceptionally(failure);
      }
    }
  }
}
