package dev.memo.call;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a function did in this process since its directory was opened.
 *
 * <p>{@code calls = hits + misses + bypasses}, where hits and misses are the sums over their
 * sources and reasons. Of calls under way, and of calls that ended with an error of the JVM such as
 * a stack overflow, some counters may be missing.
 *
 * @param calls calls whose arguments could be encoded
 * @param hitsBySource calls answered without running the function, by where the value came from;
 *     has every source
 * @param missesByReason calls that found no value, by the reason; has every reason
 * @param bypasses calls that ran the function without looking: refreshes, and calls during the
 *     shutdown of the JVM
 * @param computations runs of the function that returned, or whose future completed normally
 * @param failures runs of the function that threw, or whose future failed
 * @param cycleBreaks computations because waiting would never have ended
 * @param spooled results that no primary took when they were computed, and that are stored later
 * @param unstoredByReason results that were returned but not stored; has every reason
 * @param bytesRead bytes of the entries that were read
 * @param bytesWritten bytes of the entries that were stored
 * @param timeSaved how long the computations took whose results were found
 */
public record FunctionStats(
    long calls,
    Map<HitSource, Long> hitsBySource,
    Map<MissReason, Long> missesByReason,
    long bypasses,
    long computations,
    long failures,
    long cycleBreaks,
    long spooled,
    Map<UnstoredReason, Long> unstoredByReason,
    long bytesRead,
    long bytesWritten,
    Duration timeSaved) {

  /** Of a function that was never called. */
  public static final FunctionStats NONE = new Counters().snapshot();

  public FunctionStats {
    hitsBySource = Collections.unmodifiableMap(hitsBySource);
    missesByReason = Collections.unmodifiableMap(missesByReason);
    unstoredByReason = Collections.unmodifiableMap(unstoredByReason);
  }

  /** Calls answered without running the function. */
  public long hits() {
    return sum(hitsBySource);
  }

  /** Calls that found no value. */
  public long misses() {
    return sum(missesByReason);
  }

  /** Results that were returned but not stored. */
  public long unstored() {
    return sum(unstoredByReason);
  }

  /** Both together. */
  public FunctionStats plus(FunctionStats that) {
    return new FunctionStats(
        calls + that.calls,
        sum(hitsBySource, that.hitsBySource),
        sum(missesByReason, that.missesByReason),
        bypasses + that.bypasses,
        computations + that.computations,
        failures + that.failures,
        cycleBreaks + that.cycleBreaks,
        spooled + that.spooled,
        sum(unstoredByReason, that.unstoredByReason),
        bytesRead + that.bytesRead,
        bytesWritten + that.bytesWritten,
        timeSaved.plus(that.timeSaved));
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static <E> Map<E, Long> sum(Map<E, Long> left, Map<E, Long> right) {
    Map<E, Long> sums = new LinkedHashMap<>(left);
    right.forEach((constant, count) -> sums.merge(constant, count, Long::sum));
    return sums;
  }
}
