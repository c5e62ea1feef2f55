package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan makes of what was found: the estimate, the cost, and the text for people. */
final class PlanTextTest {

  private static Plan plan(long misses, int threads, Duration each) {
    return new Plan(
        90_214, misses, 374, 0, threads, Optional.of(each), 90_214, each, Optional.empty());
  }

  @Test
  void isLaidOutForPeople() {
    Plan plan =
        new Plan(
            90_214,
            9_412,
            374,
            3,
            16,
            Optional.of(Duration.ofMillis(12_900)),
            90_214,
            Duration.ofHours(323),
            Optional.empty());
    assertThat(plan.withCost(0.01, "USD").toString().lines())
        .containsExactly(
            "100,003 inputs: 90,214 from cache, 9,412 to compute, 374 duplicates, 3 unknown",
            "  estimated   2 h 6 min on 16 threads (12.9 s each, from 90,214 stored results)",
            "  time saved  13 d 11 h",
            "  cost        94.12 USD (0.01 each)",
            "  unknown     calls that would fail: an argument cannot be made or encoded");
    assertThat(plan.toString()).doesNotContain("cost");
  }

  @Test
  void threadsThatHaveNothingToDoDoNotHelp() {
    Duration each = Duration.ofSeconds(10);
    assertThat(plan(3, 16, each).estimatedTime()).hasValue(each);
    assertThat(plan(32, 16, each).estimatedTime()).hasValue(Duration.ofSeconds(20));
    assertThat(plan(32, 1, each).estimatedTime()).hasValue(Duration.ofSeconds(320));
    assertThat(plan(1, 1, Duration.ofNanos(10)).toString())
        .contains("less than 1 ms on 1 thread (less than 1 ms each");
  }

  @ParameterizedTest
  @CsvSource({
    "9412, 0.01, '94.12 USD (0.01 each)'",
    "9000, 0.01, '90 USD (0.01 each)'",
    "9001, 0.0005, '4.50 USD (0.0005 each)'",
    "3, 0.00012, '0.00036 USD (0.00012 each)'",
    "9, 0.05, '0.45 USD (0.05 each)'",
    "1, 0.1, '0.10 USD (0.1 each)'",
    "9412, 1500, '14,118,000 USD (1500 each)'",
    "0, 0.01, '0 USD (0.01 each)'",
    "7, 0, '0 USD (0 each)'"
  })
  void costsAreExact(long misses, double perMiss, String text) {
    Plan.Cost cost = plan(misses, 1, Duration.ZERO).withCost(perMiss, "USD").cost().orElseThrow();
    assertThat(cost.toString()).isEqualTo(text);
    assertThat(cost.total())
        .isEqualByComparingTo(cost.perMiss().multiply(BigDecimal.valueOf(misses)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, Double.NaN, Double.POSITIVE_INFINITY})
  void aCostIsAFiniteNumber(double perMiss) {
    Plan plan = plan(1, 1, Duration.ZERO);
    assertThatThrownBy(() -> plan.withCost(perMiss, "USD"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got: " + perMiss);
  }
}
