package dev.memo.process.reads;

import dev.memo.store.SecondaryStore;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** Local reads whose database is looked at as often, and let go as soon, as a test needs. */
public final class Paces {
  private static final Duration NEVER = Duration.ofDays(1);

  /** Everything at once, but nothing is let go. */
  static final Pace EAGER =
      new Pace(
          Duration.ofMillis(10),
          Duration.ofMillis(20),
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

  /** The reads of a process that asks nobody, and waits for them however busy the machine is. */
  public static SecondaryReads patient(Function<SecondaryStore, Map<Long, Long>> generations) {
    return new SecondaryReads(
        generations,
        Pace.DEFAULT,
        new SecondaryReads.Patience(Duration.ofSeconds(60), Duration.ofSeconds(60)));
  }

  /** As above, and lets the database go when it was not read for so long. */
  public static SecondaryReads letsGo(
      Function<SecondaryStore, Map<Long, Long>> generations, Duration idle) {
    return new SecondaryReads(generations, with(EAGER.life(), idle));
  }

  /** As above, and opens it anew after so long if something was written. */
  public static SecondaryReads opensAnew(
      Function<SecondaryStore, Map<Long, Long>> generations, Duration life) {
    return new SecondaryReads(generations, with(life, EAGER.idle()));
  }

  private static Pace with(Duration life, Duration idle) {
    return new Pace(
        EAGER.betweenCatchUps(),
        EAGER.betweenOpenings(),
        EAGER.oneMoved(),
        EAGER.afterFailure(),
        EAGER.longestAfterFailure(),
        life,
        idle);
  }
}
