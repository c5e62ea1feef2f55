package dev.memo;

import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.call.MissReason;
import dev.memo.call.UnstoredReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counters of a function by name, as processes tell each other and as a directory keeps them: a
 * version of memo ignores the names that it does not know.
 *
 * <p>Calls have no name: they are the sum of hits, misses and bypasses. So one that is under way
 * when its process is killed was not there at all.
 */
final class NamedCounts {
  private static final String HITS = "hits.";
  private static final String MISSES = "misses.";
  private static final String UNSTORED = "unstored.";
  private static final String BYPASSES = "bypasses";
  private static final String COMPUTATIONS = "computations";
  private static final String FAILURES = "failures";
  private static final String CYCLE_BREAKS = "cycleBreaks";
  private static final String SPOOLED = "spooled";
  private static final String BYTES_READ = "bytesRead";
  private static final String BYTES_WRITTEN = "bytesWritten";
  private static final String NANOS_SAVED = "nanosSaved";

  private NamedCounts() {}

  /** All that are not zero. */
  static Map<String, Long> of(FunctionStats stats) {
    Map<String, Long> counts = new TreeMap<>();
    stats.hitsBySource().forEach((source, count) -> counts.put(HITS + source.name(), count));
    stats.missesByReason().forEach((reason, count) -> counts.put(MISSES + reason.name(), count));
    stats
        .unstoredByReason()
        .forEach((reason, count) -> counts.put(UNSTORED + reason.name(), count));
    counts.put(BYPASSES, stats.bypasses());
    counts.put(COMPUTATIONS, stats.computations());
    counts.put(FAILURES, stats.failures());
    counts.put(CYCLE_BREAKS, stats.cycleBreaks());
    counts.put(SPOOLED, stats.spooled());
    counts.put(BYTES_READ, stats.bytesRead());
    counts.put(BYTES_WRITTEN, stats.bytesWritten());
    counts.put(NANOS_SAVED, stats.timeSaved().toNanos());
    counts.values().removeIf(count -> count == 0);
    return counts;
  }

  static FunctionStats stats(Map<String, Long> counts) {
    Map<HitSource, Long> hits = byConstant(HitSource.class, HITS, counts);
    Map<MissReason, Long> misses = byConstant(MissReason.class, MISSES, counts);
    long bypasses = count(counts, BYPASSES);
    return new FunctionStats(
        sum(hits) + sum(misses) + bypasses,
        hits,
        misses,
        bypasses,
        count(counts, COMPUTATIONS),
        count(counts, FAILURES),
        count(counts, CYCLE_BREAKS),
        count(counts, SPOOLED),
        byConstant(UnstoredReason.class, UNSTORED, counts),
        count(counts, BYTES_READ),
        count(counts, BYTES_WRITTEN),
        Duration.ofNanos(count(counts, NANOS_SAVED)));
  }

  private static <E extends Enum<E>> Map<E, Long> byConstant(
      Class<E> type, String prefix, Map<String, Long> counts) {
    Map<E, Long> byConstant = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      byConstant.put(constant, count(counts, prefix + constant.name()));
    }
    return byConstant;
  }

  private static long count(Map<String, Long> counts, String name) {
    Long count = counts.get(name);
    return count == null ? 0 : count;
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
