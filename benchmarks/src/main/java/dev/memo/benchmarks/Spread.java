package dev.memo.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What several rounds gave. */
record Spread(double median, double min, double max) {
  static Spread of(List<Double> rounds) {
    List<Double> sorted = rounds.stream().sorted().toList();
    return new Spread(sorted.get(sorted.size() / 2), sorted.get(0), sorted.get(sorted.size() - 1));
  }

  /**
   * Compares round by round, so that what slows down both does not count; empty if one is not
   * there.
   */
  static String ofRatios(@Nullable List<Double> rounds, @Nullable List<Double> base) {
    if (rounds == null || base == null) {
      return "";
    }
    return ratios(rounds, base).toString();
  }

  static Spread ratios(List<Double> rounds, List<Double> base) {
    return of(
        IntStream.range(0, rounds.size()).mapToObj(i -> rounds.get(i) / base.get(i)).toList());
  }

  /** For instance {@code 1.52 [1.31..2.02]}. */
  @Override
  public String toString() {
    return number(median) + " [" + number(min) + ".." + number(max) + "]";
  }

  /** With one digit more, to be compared with what is wanted. */
  String precisely() {
    return String.format(Locale.ROOT, "%.3f [%s..%s]", median, number(min), number(max));
  }

  /** With three digits that count. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, format, value);
  }
}
