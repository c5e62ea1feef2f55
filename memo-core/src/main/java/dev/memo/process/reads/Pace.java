package dev.memo.process.reads;

import java.time.Duration;

/**
 * How often a database is looked at again, and when it is let go.
 *
 * @param betweenCatchUps at least; longer if a catch-up takes more than 1/{@value #SHARE} of it,
 *     because reads go to the primary meanwhile
 * @param betweenOpenings at least; longer if an opening takes more than 1/{@value #OPENING_SHARE}
 *     of it
 * @param oneMoved how long one stripe that has moved is put up with
 * @param afterFailure before the first try after a failure; twice as long after each further one
 * @param longestAfterFailure the most that this grows to, and after which it begins anew
 * @param life of an opening that something was written since: it holds memory, and the space of
 *     deleted files
 * @param idle after which a database that nobody reads is closed
 */
record Pace(
    Duration betweenCatchUps,
    Duration betweenOpenings,
    Duration oneMoved,
    Duration afterFailure,
    Duration longestAfterFailure,
    Duration life,
    Duration idle) {

  static final int SHARE = 200;
  static final int OPENING_SHARE = 20;

  /** What somebody waits for may take a fifth of the time. */
  static final int AWAITED_SHARE = 4;

  static final long SHORTEST_NANOS = 1_000_000;

  /** Stripes that make an opening due, of 4,096: half a percent of all reads ask the primary. */
  static final int MANY_MOVED = 20;

  /** More changes than this are not caught up with, but opened anew beside the readers. */
  static final long MAX_BACKLOG = 2_000;

  static final Pace DEFAULT =
      new Pace(
          Duration.ofMillis(20),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));
}
