package dev.memo;

import dev.memo.call.FunctionStats;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;

/**
 * What all processes did in a directory since it began, whether they still run or not, and how it
 * is now.
 *
 * <p>Every process tells the primary about every second, and when it closes the directory, what it
 * has counted; so of the other processes the last second may be missing, of this one nothing. The
 * primary keeps the sums in the directory. A process that is killed loses what it had not told; a
 * primary that is killed loses what it was told in its last second too. Nothing is counted twice.
 *
 * <p>A call is counted here when it is known to be a hit, a miss or a bypass, so that {@code calls
 * = hits + misses + bypasses} holds always, whoever is killed. If a database was damaged and moved
 * aside, its counters went with it.
 *
 * @param role what this process is. If it is {@code NONE}, no primary answered within the time that
 *     a call waits for one, or the directory is closed; if it is {@code READ_ONLY}, none was asked:
 *     then the functions have what this process did since it opened the directory, and all else is
 *     unknown and 0
 * @param ownerEpoch grows whenever a process becomes the primary, or tries to
 * @param processes how many have the directory open, this one and the primary included
 * @param claims how many computations are under way that others would wait for
 * @param waits how many calls wait for one of them; of each process at most one of each call
 * @param takeovers how often a process became the primary after the first one
 * @param asked how many look-ups primaries were asked for over the socket, by all processes
 *     together: reads of an entry ({@code peek}, {@code isCached}), and claims, which look too. A
 *     call that its process cannot answer itself is one, hit or miss; more if it finds what another
 *     version of the program stored, or asks the next primary again. Not counted is what a
 *     primary's own process looks up, nor what is sent besides: results, removals, counters
 * @param folded how many results were stored after they had been {@linkplain #spooled() spooled}
 * @param dropped how many spooled results were not stored, because their calls were invalidated,
 *     put or refreshed meanwhile, or the directory began anew; what is neither folded nor dropped
 *     is spooled still, unless a process was killed before it told that it had spooled
 * @param functions by the function's identity, in alphabetical order
 */
public record DirectoryStats(
    Role role,
    long ownerEpoch,
    int processes,
    long claims,
    long waits,
    long takeovers,
    long asked,
    long folded,
    long dropped,
    Map<String, FunctionStats> functions) {

  /** What a process can be in a directory. */
  public enum Role {
    /** It has the database open, and others ask it. */
    PRIMARY,
    /** It asks the primary. */
    SECONDARY,
    /** It only reads: it asks and tells nobody, and no other process knows of it. */
    READ_ONLY,
    /** It knows of no primary that answers; its calls compute. */
    NONE
  }

  public DirectoryStats {
    functions = Collections.unmodifiableMap(functions);
  }

  /** All functions together. */
  public FunctionStats total() {
    return functions.values().stream().reduce(FunctionStats.NONE, FunctionStats::plus);
  }

  /** Computations because waiting would never have ended. */
  public long cycleBreaks() {
    return total().cycleBreaks();
  }

  /** Results that no primary took when they were computed. */
  public long spooled() {
    return total().spooled();
  }

  /** All of it for people: a few lines, and one for each function. */
  public String report() {
    StringBuilder lines = new StringBuilder();
    lines.append(
        "this process: %s, processes: %d, claims: %d, waits: %d, owner epoch: %d%n"
            .formatted(role, processes, claims, waits, ownerEpoch));
    lines.append(
        ("so far: takeovers: %d, asked: %d, spooled: %d, folded: %d, dropped: %d, cycle breaks: %d"
                + "%n")
            .formatted(takeovers, asked, spooled(), folded, dropped, cycleBreaks()));
    lines.append(
        row(
            "calls",
            "hits",
            "misses",
            "bypasses",
            "computed",
            "failed",
            "unstored",
            "saved",
            "function"));
    functions.forEach((identity, stats) -> lines.append(row(stats, identity)));
    return lines.append(row(total(), "all functions")).toString();
  }

  private static String row(FunctionStats stats, String name) {
    return row(
        stats.calls(),
        stats.hits(),
        stats.misses(),
        stats.bypasses(),
        stats.computations(),
        stats.failures(),
        stats.unstored(),
        stats.timeSaved().truncatedTo(ChronoUnit.MILLIS),
        name);
  }

  private static String row(Object... cells) {
    return "%10s %10s %10s %10s %10s %10s %10s %16s  %s%n".formatted(cells);
  }
}
