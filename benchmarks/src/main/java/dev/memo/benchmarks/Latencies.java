package dev.memo.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How long each of many calls took, in nanoseconds. As text, what one process tells another. */
record Latencies(int count, double mean, double p50, double p99, double p999, double max) {
  /** Of fewer calls the last thousandth is no more than the slowest few. */
  private static final int ENOUGH = 10_000;

  static Latencies of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latencies(
        sorted.length,
        Arrays.stream(sorted).average().orElseThrow(),
        at(sorted, 0.5),
        at(sorted, 0.99),
        at(sorted, 0.999),
        sorted[sorted.length - 1]);
  }

  private static double at(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  }

  static Latencies parse(String text) {
    double[] numbers = Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    return new Latencies(
        (int) numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
  }

  /**
   * In microseconds: the medians of several rounds of p50, p99 and, of enough calls, p99.9; and the
   * most of all.
   */
  static String percentiles(List<Latencies> rounds) {
    boolean enough = rounds.stream().allMatch(round -> round.count >= ENOUGH);
    return Stream.of(
            median(rounds, Latencies::p50),
            median(rounds, Latencies::p99),
            enough ? median(rounds, Latencies::p999) : "-",
            Spread.number(rounds.stream().mapToDouble(Latencies::max).max().orElseThrow() / 1e3))
        .collect(Collectors.joining(", "));
  }

  private static String median(List<Latencies> rounds, ToDoubleFunction<Latencies> of) {
    return Spread.number(Spread.of(rounds.stream().map(of::applyAsDouble).toList()).median() / 1e3);
  }

  @Override
  public String toString() {
    return count + " " + mean + " " + p50 + " " + p99 + " " + p999 + " " + max;
  }
}
