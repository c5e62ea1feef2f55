package dev.memo.call;

import java.time.Duration;
import java.util.Map;

/**
 * What one function did in this process since its directory was opened.
 *
 * <p>{@code calls = hits + misses + bypasses}, where hits and misses are the sums over their
 * sources and reasons. A snapshot: counters of calls under way may be missing.
 *
 * @param calls calls that returned or threw
 * @param hits calls answered without running the function, by where the value came from
 * @param misses calls that ran the function, or failed to, by the reason
 * @param bypasses calls that ran the function without looking
 * @param computations runs of the function that returned
 * @param failures runs of the function that threw
 * @param cycleBreaks computations because waiting would never have ended
 * @param unstored results that were returned but not stored
 * @param bytesRead bytes of the entries that were read
 * @param bytesWritten bytes of the entries that were stored
 * @param timeSaved how long the computations took whose results were found
 */
public record FunctionStats(
    long calls,
    Map<HitSource, Long> hits,
    Map<MissReason, Long> misses,
    long bypasses,
    long computations,
    long failures,
    long cycleBreaks,
    long unstored,
    long bytesRead,
    long bytesWritten,
    Duration timeSaved) {

  public FunctionStats {
    hits = Map.copyOf(hits);
    misses = Map.copyOf(misses);
  }
}
