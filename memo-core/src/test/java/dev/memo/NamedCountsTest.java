package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.call.MissReason;
import dev.memo.call.UnstoredReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Counters by name, as they are told and kept. */
final class NamedCountsTest {
  private long last;

  private <E extends Enum<E>> Map<E, Long> counts(Class<E> type) {
    Map<E, Long> counts = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      counts.put(constant, ++last);
    }
    return counts;
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private FunctionStats stats() {
    last = 0;
    Map<HitSource, Long> hits = counts(HitSource.class);
    Map<MissReason, Long> misses = counts(MissReason.class);
    long calls = sum(hits) + sum(misses) + 100;
    return new FunctionStats(
        calls,
        hits,
        misses,
        100,
        101,
        102,
        103,
        104,
        counts(UnstoredReason.class),
        105,
        106,
        Duration.ofNanos(107));
  }

  @Test
  void allCountersHaveAName() {
    FunctionStats stats = stats();
    assertThat(NamedCounts.stats(NamedCounts.of(stats))).isEqualTo(stats);
  }

  @Test
  void callsAreThoseWithAnOutcome() {
    Map<String, Long> counts = NamedCounts.of(stats());
    counts.remove("bypasses");
    FunctionStats fewer = NamedCounts.stats(counts);
    assertThat(fewer.calls()).isEqualTo(stats().calls() - 100);
  }

  @Test
  void namesOfOtherVersionsAreIgnored() {
    Map<String, Long> counts = new HashMap<>(NamedCounts.of(stats()));
    FunctionStats known = NamedCounts.stats(counts);
    counts.put("hits.TELEPATHY", 5L);
    counts.put("naps", 6L);
    assertThat(NamedCounts.stats(counts)).isEqualTo(known);
    assertThat(NamedCounts.stats(Map.of())).isEqualTo(FunctionStats.NONE);
  }

  @Test
  void whatIsZeroHasNoName() {
    assertThat(NamedCounts.of(FunctionStats.NONE)).isEmpty();
  }
}
