package dev.memo.call;

import dev.memo.call.Flight.Landing;
import dev.memo.claims.Epochs;
import org.jspecify.annotations.Nullable;

/**
 * Equal calls of one batch: what one of them has computed is for all, whether it could be stored or
 * not. Thread-safe.
 */
final class Twins {
  private record Settled(Landing landing, Freshness freshness) {}

  private volatile @Nullable Settled settled;
  private volatile @Nullable ParkedCall<?, ?> parked;

  /** One of them was computed. */
  void settle(Landing landing, Freshness freshness) {
    if (landing instanceof Landing.Shared || landing instanceof Landing.Copied) {
      settled = new Settled(landing, freshness);
    }
  }

  /** One of them waits for a computation. */
  void park(ParkedCall<?, ?> call) {
    parked = call;
  }

  /** The one that waits, while what it waits for counts; null if none does. */
  @Nullable ParkedCall<?, ?> parked(Epochs epochs) {
    ParkedCall<?, ?> known = parked;
    boolean counts =
        known != null && !known.isOver() && known.request().freshness().isCurrent(epochs);
    return counts ? known : null;
  }

  /** What was computed, while that counts; else null. */
  @Nullable Landing landing(Epochs epochs) {
    Settled known = settled;
    return known != null && known.freshness.isCurrent(epochs) ? known.landing : null;
  }
}
