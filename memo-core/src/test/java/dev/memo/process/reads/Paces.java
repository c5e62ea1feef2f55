package dev.memo.process.reads;

import dev.memo.store.SecondaryStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Local reads whose database is looked at as often, and let go as soon, as a test needs. */
public final class Paces {
  private static final Duration NEVER = Duration.ofDays(1);

  /** Everything at once, but nothing is let go. */
  static final Pace EAGER =
      new Pace(
          Duration.ofMillis(10),
          1,
          Duration.ofMillis(20),
          1,
          Duration.ofMillis(20),
          Duration.ofMillis(20),
          Duration.ofMillis(40),
          NEVER,
          NEVER);

  private Paces() {}

  /** Looks again as soon as something is missed. */
  public static SecondaryReads eager(Function<SecondaryStore, Map<Long, Long>> generations) {
    return new SecondaryReads(generations, EAGER);
  }

  /** As above, but leaves everything as it is for so long after each step. */
  static SecondaryReads rests(
      Function<SecondaryStore, Map<Long, Long>> generations, Duration betweenSteps) {
    return new SecondaryReads(
        generations,
        new Pace(
            betweenSteps,
            1,
            EAGER.betweenOpenings(),
            1,
            EAGER.oneMoved(),
            EAGER.afterFailure(),
            EAGER.longestAfterFailure(),
            NEVER,
            NEVER));
  }

  /**
   * Looks again as soon as something is missed, and lets the database go when it was not read for
   * so long.
   */
  public static SecondaryReads letsGo(
      Function<SecondaryStore, Map<Long, Long>> generations, Duration idle) {
    return new SecondaryReads(generations, with(EAGER.life(), idle));
  }

  /** As above, and opens it anew after so long if something was written. */
  public static SecondaryReads opensAnew(
      Function<SecondaryStore, Map<Long, Long>> generations, Duration life) {
    return new SecondaryReads(generations, with(life, EAGER.idle()));
  }

  /** Finds what was acknowledged, however busy the machine is. */
  public static LatestReads patient(
      Function<SecondaryStore, Map<Long, Long>> generations, Runnable seesAgain) {
    return new LatestReads(generations, seesAgain, Pace.DEFAULT, Duration.ofSeconds(60));
  }

  /** Waits for next to nothing. */
  public static LatestReads impatient(
      Function<SecondaryStore, Map<Long, Long>> generations, Runnable seesAgain) {
    return new LatestReads(generations, seesAgain, Pace.DEFAULT, Duration.ofMillis(100));
  }

  /** Opens the database once. */
  public static SecondaryReads opensOnce(Function<SecondaryStore, Map<Long, Long>> generations) {
    return new SecondaryReads(
        generations,
        new Pace(
            EAGER.betweenCatchUps(), 1, NEVER, 1, EAGER.oneMoved(), NEVER, NEVER, NEVER, NEVER));
  }

  /** Waits until nothing is looked at before somebody misses something. */
  public static void awaitRest(SecondaryReads reads) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!reads.isAtRest()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it is looked for something all the time");
      }
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
    }
  }

  static Pace with(Duration life, Duration idle) {
    return new Pace(
        EAGER.betweenCatchUps(),
        EAGER.catchUpShare(),
        EAGER.betweenOpenings(),
        EAGER.openingShare(),
        EAGER.oneMoved(),
        EAGER.afterFailure(),
        EAGER.longestAfterFailure(),
        life,
        idle);
  }
}
