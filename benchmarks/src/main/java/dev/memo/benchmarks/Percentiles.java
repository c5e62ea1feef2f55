package dev.memo.benchmarks;

import java.util.List;

/** What some samples were, those of all rounds together. */
record Percentiles(double p50, double p99, double most, int samples) {
  /** Of fewer samples the last hundredth is no more than the slowest. */
  private static final int ENOUGH = 100;

  /** How the figures of the text are called. */
  static final String TITLE = "p50, p99, most";

  static Percentiles of(List<Double> samples) {
    List<Double> sorted = samples.stream().sorted().toList();
    return new Percentiles(
        at(sorted, 0.5), at(sorted, 0.99), sorted.get(sorted.size() - 1), sorted.size());
  }

  /** The least that is not exceeded by this share of them. */
  private static double at(List<Double> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }

  /** For instance {@code 62.8, 97.4, 108 of 500}. */
  @Override
  public String toString() {
    return Spread.number(p50)
        + ", "
        + (samples < ENOUGH ? "-" : Spread.number(p99))
        + ", "
        + Spread.number(most)
        + " of "
        + samples;
  }
}
