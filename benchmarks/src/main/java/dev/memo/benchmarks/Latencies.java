package dev.memo.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How long each of many calls took, in nanoseconds. As text, what one process tells another. */
record Latencies(double mean, double p50, double p99, double p999, double max) {

  static Latencies of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latencies(
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
    return new Latencies(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
  }

  /** The medians of several rounds, in microseconds: p50, p99, p99.9, most. */
  static String percentiles(List<Latencies> rounds) {
    return Stream.<ToDoubleFunction<Latencies>>of(
            Latencies::p50, Latencies::p99, Latencies::p999, Latencies::max)
        .map(of -> Spread.of(rounds.stream().map(of::applyAsDouble).toList()).median() / 1e3)
        .map(Spread::number)
        .collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return mean + " " + p50 + " " + p99 + " " + p999 + " " + max;
  }
}
