package dev.memo.process.reads;

import java.time.Duration;

/**
 * How often a database is looked at again, and when it is let go.
 *
 * @param betweenCatchUps at least
 * @param catchUpShare how many times as long as a catch-up took is waited, up to half a second,
 *     because reads go to the primary meanwhile
 * @param betweenOpenings at least
 * @param openingShare how many times as long as an opening took is waited, up to five seconds
 * @param oneMoved how long one stripe that has moved is put up with
 * @param afterFailure before the first try after a failure; twice as long after each further one
 * @param longestAfterFailure the most that this grows to, and after which it begins anew
 * @param life of an opening that something was written since: it holds memory, and the space of
 *     deleted files
 * @param idle after which a database that nobody reads is closed
 */
record Pace(
    Duration betweenCatchUps,
    int catchUpShare,
    Duration betweenOpenings,
    int openingShare,
    Duration oneMoved,
    Duration afterFailure,
    Duration longestAfterFailure,
    Duration life,
    Duration idle) {

  /** One step that was held up, by a busy machine for instance, must not hold up the next ones. */
  private static final Duration MAX_CATCH_UP_SHARE = Duration.ofMillis(500);

  private static final Duration MAX_OPENING_SHARE = Duration.ofSeconds(5);

  /** Stripes that make an opening due, of 4,096: half a percent of all reads ask the primary. */
  static final int MANY_MOVED = 20;

  /** More changes than this are not caught up with, but opened anew beside the readers. */
  static final long MAX_BACKLOG = 2_000;

  static final Pace DEFAULT =
      new Pace(
          Duration.ofMillis(20),
          200,
          Duration.ofSeconds(1),
          20,
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));

  /** How long to leave readers alone after a catch-up that took so long. */
  long afterCatchUpNanos(long tookNanos) {
    long share = Math.min(catchUpShare * tookNanos, MAX_CATCH_UP_SHARE.toNanos());
    return Math.max(share, betweenCatchUps.toNanos());
  }

  /** How long to leave the machine alone after an opening that took so long. */
  long afterOpeningNanos(long tookNanos) {
    long share = Math.min(openingShare * tookNanos, MAX_OPENING_SHARE.toNanos());
    return Math.max(share, betweenOpenings.toNanos());
  }

  /** How long nothing has to be looked at if nobody misses anything. */
  long restNanos() {
    return Math.min(life.toNanos(), idle.toNanos());
  }
}
