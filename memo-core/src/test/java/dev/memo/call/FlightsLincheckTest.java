package dev.memo.call;

import static java.util.Objects.requireNonNull;

import dev.memo.call.Flight.Landing;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Epochs;
import dev.memo.codec.EncodedArguments;
import dev.memo.store.Interleavings;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
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

  /** What {@link Flights} does, for one call. */
  interface Airspace {
    @Nullable Flight join(Flight mine);

    void land(Flight mine, Landing landing);

    static Airspace of(Flights flights) {
      return new Airspace() {
        @Override
        public @Nullable Flight join(Flight mine) {
          return flights.join(KEY, mine);
        }

        @Override
        public void land(Flight mine, Landing landing) {
          flights.land(KEY, mine, landing);
        }
      };
    }
  }

  /**
   * The life of a call that is not stored: lead or follow.
   *
   * @param function returns null if it fails
   */
  private static @Nullable Object fly(
      Airspace airspace, Epochs epochs, Supplier<? extends @Nullable Object> function) {
    while (true) {
      Flight mine = new Flight(Chain.root(), Freshness.now(epochs, 0));
      Flight other = airspace.join(mine);
      if (other == null) {
        return lead(mine, airspace, function);
      }
      if (other.landing().join() instanceof Landing.Shared shared) {
        return shared.value();
      }
    }
  }

  private static @Nullable Object lead(
      Flight mine, Airspace airspace, Supplier<? extends @Nullable Object> function) {
    Landing landing = new Landing.Aborted();
    try {
      Object value = function.get();
      if (value != null) {
        landing = new Landing.Shared(value, 0);
      }
      return value;
    } finally {
      airspace.land(mine, landing);
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

  /** Calls that are never stored. */
  abstract static class Changing extends CountedCalls {
    private final Airspace airspace = Airspace.of(new Flights(checked()));

    @Override
    @Operation
    public long call() {
      return (long) requireNonNull(fly(airspace, checked(), epochs::stored));
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
  abstract static class Storing {
    private final Airspace airspace;
    private final AtomicInteger runs = new AtomicInteger();
    private volatile @Nullable String stored;

    Storing(Airspace airspace) {
      this.airspace = airspace;
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
      String known = stored;
      if (known != null) {
        return known;
      }
      Object result = fly(airspace, CountedEpochs.FROZEN, () -> run(failing));
      return result == null ? "failed" : (String) result;
    }

    private @Nullable String run(boolean failing) {
      if (stored == null && !failing) {
        stored = "result of run " + runs.incrementAndGet();
      }
      return stored;
    }
  }

  /** Flights as they are. */
  public static final class Joining extends Storing {
    public Joining() {
      super(Airspace.of(new Flights(CountedEpochs.FROZEN)));
    }
  }

  /** Looks for a flight, then begins one. */
  public static final class JoiningInTwoSteps extends Storing {
    public JoiningInTwoSteps() {
      super(new TwoSteps());
    }
  }

  private static final class TwoSteps implements Airspace {
    private final ConcurrentMap<ExactKey, Flight> flights = new ConcurrentHashMap<>();

    @Override
    public @Nullable Flight join(Flight mine) {
      Flight other = flights.get(KEY);
      if (other == null) {
        flights.put(KEY, mine);
      }
      return other;
    }

    @Override
    public void land(Flight mine, Landing landing) {
      flights.remove(KEY, mine);
      mine.landing().complete(landing);
    }
  }

  /** Ends a flight without a word to its followers. */
  public static final class NotLanding extends Storing {
    public NotLanding() {
      super(new NoLanding());
    }
  }

  private static final class NoLanding implements Airspace {
    private final ConcurrentMap<ExactKey, Flight> flights = new ConcurrentHashMap<>();

    @Override
    public @Nullable Flight join(Flight mine) {
      return flights.putIfAbsent(KEY, mine);
    }

    @Override
    public void land(Flight mine, Landing landing) {
      flights.remove(KEY, mine);
    }
  }
}
