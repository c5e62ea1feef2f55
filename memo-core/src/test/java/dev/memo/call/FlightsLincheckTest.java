package dev.memo.call;

import dev.memo.call.Flight.Landing;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Epochs;
import dev.memo.codec.EncodedArguments;
import dev.memo.store.Interleavings;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that join each other's flights, in every order, by Lincheck. */
@Tag("heavy")
@Tag("lincheck")
final class FlightsLincheckTest {
  private static final EncodedArguments ARGUMENTS = new EncodedArguments(new byte[] {1});
  private static final ExactKey KEY = ExactKey.of(CallKey.of(1, ARGUMENTS), ARGUMENTS);

  /** The life of a call that is not stored: lead or follow. */
  abstract static class Flying {
    /** What {@link Flights} does. */
    abstract @Nullable Flight join(Flight mine);

    abstract void land(Flight mine, Landing landing);

    abstract Freshness freshness();

    /** What the function returns; null if it fails. */
    abstract @Nullable Object compute();

    final @Nullable Object fly() {
      while (true) {
        Flight mine = new Flight(Chain.root(), freshness());
        Flight other = join(mine);
        if (other == null) {
          return lead(mine);
        }
        if (other.landing().join() instanceof Landing.Shared shared) {
          return shared.value();
        }
      }
    }

    private @Nullable Object lead(Flight mine) {
      Landing landing = new Landing.Aborted();
      try {
        Object value = compute();
        if (value != null) {
          landing = new Landing.Shared(value, 0);
        }
        return value;
      } finally {
        land(mine, landing);
      }
    }
  }

  @Nested
  @DisplayName("P6: a flight and what happens to its call meanwhile")
  class Epoch {
    @ParameterizedTest
    @EnumSource
    void flightIsFollowedOnlyUntilAnEpochMoves(Interleavings tried) {
      tried.assertKeeps(CountedEpochs.Promise.class, FollowedWhileCurrent.class);
    }

    @ParameterizedTest
    @EnumSource(names = "MODEL_CHECKED")
    @DisplayName("twin: without the check an old flight is followed")
    void withoutTheCheckAnOldFlightIsFollowed(Interleavings tried) {
      tried.assertBreaks(CountedEpochs.Promise.class, FollowedAlways.class);
    }
  }

  /** Calls and invalidations. */
  abstract static class Changing extends Flying {
    final CountedEpochs epochs = new CountedEpochs();
    private final Flights flights = new Flights(checked());

    abstract Epochs checked();

    @Override
    final @Nullable Flight join(Flight mine) {
      return flights.join(KEY, mine);
    }

    @Override
    final void land(Flight mine, Landing landing) {
      flights.land(KEY, mine, landing);
    }

    @Override
    final Freshness freshness() {
      return Freshness.now(checked(), 0);
    }

    @Override
    final Object compute() {
      return epochs.stored();
    }

    @Operation
    public long call() {
      return (long) fly();
    }

    @Operation
    public void invalidate() {
      epochs.raiseStripe();
    }

    @Operation
    public void invalidateAll() {
      epochs.raiseDirectory();
    }
  }

  /** Flights as they are. */
  public static final class FollowedWhileCurrent extends Changing {
    @Override
    Epochs checked() {
      return epochs;
    }
  }

  /** A flight is followed whatever happened since it began. */
  public static final class FollowedAlways extends Changing {
    @Override
    Epochs checked() {
      return CountedEpochs.FROZEN;
    }
  }

  @Nested
  @DisplayName("P1: one leads, the others get its result, nobody waits for ever")
  class Leaders {
    @ParameterizedTest
    @EnumSource
    void oneRunsAndOneTakesOverFromWhoFailed(Interleavings tried) {
      tried.assertKeeps(Once.class, Joining.class);
    }

    @ParameterizedTest
    @EnumSource(names = "MODEL_CHECKED")
    @DisplayName("twin: two lead if looking for a flight and beginning one are two steps")
    void inTwoStepsTwoLead(Interleavings tried) {
      tried.assertBreaks(Once.class, JoiningInTwoSteps.class);
    }

    @ParameterizedTest
    @EnumSource(names = "MODEL_CHECKED")
    @DisplayName("twin: a flight that does not land keeps its followers waiting")
    void flightThatDoesNotLandKeepsItsFollowersWaiting(Interleavings tried) {
      tried.assertHangs(Once.class, NotLanding.class);
    }
  }

  /** The function runs once; who fails has not run it. */
  public static final class Once {
    private boolean stored;

    public String call() {
      stored = true;
      return "result of run 1";
    }

    public String fail() {
      return stored ? "result of run 1" : "failed";
    }
  }

  /** Calls of a function whose result is stored before its flight lands. */
  abstract static class Storing extends Flying {
    private final AtomicInteger runs = new AtomicInteger();
    private final ThreadLocal<Boolean> fails = ThreadLocal.withInitial(() -> false);
    private volatile @Nullable Object stored;

    @Override
    final Freshness freshness() {
      return Freshness.now(CountedEpochs.FROZEN, 0);
    }

    @Override
    final @Nullable Object compute() {
      if (stored == null && !fails.get()) {
        stored = "result of run " + runs.incrementAndGet();
      }
      return stored;
    }

    @Operation
    public String call() {
      return answer(false);
    }

    @Operation
    public String fail() {
      return answer(true);
    }

    private String answer(boolean failing) {
      Object known = stored;
      if (known != null) {
        return (String) known;
      }
      fails.set(failing);
      Object result = fly();
      return result == null ? "failed" : (String) result;
    }
  }

  /** Flights as they are. */
  public static final class Joining extends Storing {
    private final Flights flights = new Flights(CountedEpochs.FROZEN);

    @Override
    @Nullable Flight join(Flight mine) {
      return flights.join(KEY, mine);
    }

    @Override
    void land(Flight mine, Landing landing) {
      flights.land(KEY, mine, landing);
    }
  }

  /** Looks for a flight, then begins one. */
  public static final class JoiningInTwoSteps extends Storing {
    private final ConcurrentMap<ExactKey, Flight> flights = new ConcurrentHashMap<>();

    @Override
    @Nullable Flight join(Flight mine) {
      Flight other = flights.get(KEY);
      if (other == null) {
        flights.put(KEY, mine);
      }
      return other;
    }

    @Override
    void land(Flight mine, Landing landing) {
      flights.remove(KEY, mine);
      mine.landing().complete(landing);
    }
  }

  /** Ends a flight without a word to its followers. */
  public static final class NotLanding extends Storing {
    private final ConcurrentMap<ExactKey, Flight> flights = new ConcurrentHashMap<>();

    @Override
    @Nullable Flight join(Flight mine) {
      return flights.putIfAbsent(KEY, mine);
    }

    @Override
    void land(Flight mine, Landing landing) {
      flights.remove(KEY, mine);
    }
  }
}
