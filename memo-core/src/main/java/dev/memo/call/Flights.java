package dev.memo.call;

import dev.memo.claims.Epochs;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The computations of one function that are under way in this process. Thread-safe.
 *
 * <p>Nothing is computed inside a map operation: a memoised function may call itself.
 */
final class Flights {
  private final ConcurrentMap<ExactKey, Flight> flights = new ConcurrentHashMap<>();
  private final Epochs epochs;

  Flights(Epochs epochs) {
    this.epochs = epochs;
  }

  /**
   * Returns the flight to follow, or null if {@code mine} is now the one that others follow. A
   * flight that began before the key was changed or removed is not followed.
   */
  @Nullable Flight join(ExactKey key, Flight mine) {
    while (true) {
      Flight other = flights.putIfAbsent(key, mine);
      if (other == null) {
        return null;
      }
      if (other.freshness().isCurrent(epochs)) {
        return other;
      }
      if (flights.replace(key, other, mine)) {
        return null;
      }
    }
  }

  /** Ends a flight; who asks from now on begins another. */
  void land(ExactKey key, Flight mine, Flight.Landing landing) {
    flights.remove(key, mine);
    mine.landing().complete(landing);
  }
}
