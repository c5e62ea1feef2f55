package dev.memo.process.reads;

import dev.memo.claims.Epochs;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What the owner of a directory shows to all its processes. Thread-safe, as cheap as epochs. */
public interface OwnerPage extends Epochs {

  /**
   * Longer than a change takes that has begun, forcing a log to a slow disk included. That of an
   * owner that was killed in the midst of it never ends.
   */
  Duration LONGEST_CHANGE = Duration.ofSeconds(1);

  /** Counts the owners of the directory. */
  long ownerEpoch();

  /** How many changes the database had when the last one was acknowledged; 0 if not known. */
  long lastChange();

  /** Whether so many changes are acknowledged, after waiting for that if need be. */
  default boolean awaitChanges(long changes) {
    return await(() -> lastChange() >= changes);
  }

  /** Whether nothing of the stripe is being changed, after waiting for that if need be. */
  default boolean awaitStripe(int stripe) {
    return await(() -> !Epochs.isChanging(stripe(stripe)));
  }

  private boolean await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONGEST_CHANGE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(this, 100_000); // about as long as it takes to force a log
    }
    return true;
  }
}
