package dev.memo.parallel;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a batch is.
 *
 * <p>Hits are known only if the function is a {@link dev.memo.call.CachedFunction}; of any other
 * all calls count as misses. Only of one that returns futures, calls that others make of it
 * meanwhile are among them.
 *
 * @param total number of inputs, if they were given as a collection
 * @param done inputs that succeeded or failed
 * @param hits calls answered without running the function
 * @param misses calls that ran it
 * @param failed inputs that failed at the last attempt
 * @param underWay inputs that have begun and not ended
 * @param waiting those of them that wait, for another's computation or for a retry
 * @param perSecond inputs done a second, lately
 * @param elapsed since the batch began
 * @param remaining how long it will still take, judged by what misses take: hits that come first
 *     say nothing about that. Empty while the total is unknown, before the first miss, and when all
 *     that are left wait
 */
public record Progress(
    OptionalLong total,
    long done,
    long hits,
    long misses,
    long failed,
    long underWay,
    long waiting,
    double perSecond,
    Duration elapsed,
    Optional<Duration> remaining) {}
