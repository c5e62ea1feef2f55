package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a batch would do, as far as one can know before it runs; made by {@link Parallel#plan}.
 * {@link #toString} is for people.
 *
 * <p>It tells of the moment when the inputs were looked up. The time is an estimate: it takes the
 * inputs that are to be computed for as expensive as those whose results are stored, and lets all
 * threads run at full speed to the end. It knows nothing of failures and retries, of results that
 * other processes are computing, of how far the durations lie apart, nor whether there are as many
 * processors as a function needs that computes rather than waits.
 *
 * @param hits inputs whose result is found
 * @param misses inputs for which the function would run
 * @param duplicates inputs that are equal to one of the misses, and for which it would not run
 *     again
 * @param unknown inputs that could not be looked up: their argument cannot be made or encoded, so
 *     their calls would fail (or the JVM is shutting down, or memo did not make the handle)
 * @param threads on how many the batch would run
 * @param timePerMiss how long a computation takes: the mean of {@code timedResults} stored ones,
 *     because that is what a total is made of; empty if there is none that tells
 * @param timedResults how many stored results tell how long their computation took, as one that was
 *     {@code put} does not: hits of this batch; or if none of them does, what calls have found
 *     before in this process
 * @param timeSaved how long the computations took whose results are the hits
 * @param cost what the misses cost, if {@link #withCost} was told
 */
public record Plan(
    long hits,
    long misses,
    long duplicates,
    long unknown,
    int threads,
    Optional<Duration> timePerMiss,
    long timedResults,
    Duration timeSaved,
    Optional<Cost> cost) {

  /**
   * A price.
   *
   * @param total of all misses
   * @param perMiss of one
   * @param unit what both are numbers of
   */
  public record Cost(BigDecimal total, BigDecimal perMiss, String unit) {

    static Cost of(long misses, double perMiss, String unit) {
      if (!(perMiss >= 0 && perMiss < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("perMiss must be >= 0 and finite, got: " + perMiss);
      }
      BigDecimal one = BigDecimal.valueOf(perMiss).stripTrailingZeros(); // 0.1 is 0.1
      return new Cost(one.multiply(BigDecimal.valueOf(misses)), one, unit);
    }

    /** For instance {@code 94.12 USD (0.01 each)}. */
    @Override
    public String toString() {
      return shown(total) + " " + unit + " (" + perMiss.toPlainString() + " each)";
    }

    /** Whole numbers as they are, others with cents, or what there is of one. */
    private static String shown(BigDecimal number) {
      int digits = Math.max(number.stripTrailingZeros().scale(), 0);
      if (digits > 0 && number.compareTo(BigDecimal.ONE) >= 0) {
        digits = 2;
      } else if (digits > 0) {
        BigDecimal rounded = number.round(new MathContext(2, RoundingMode.HALF_UP));
        digits = Math.max(rounded.stripTrailingZeros().scale(), 2);
      }
      return String.format(Locale.ROOT, "%,." + digits + "f", number);
    }
  }

  /** How many inputs the batch has. */
  public long inputs() {
    return hits + misses + duplicates + unknown;
  }

  /**
   * How long the batch would compute: misses by the time of one, divided by the threads that have
   * something to do. Zero without misses; empty if nothing tells how long one takes.
   */
  public Optional<Duration> estimatedTime() {
    if (misses == 0) {
      return Optional.of(Duration.ZERO);
    }
    return timePerMiss.map(mean -> mean.multipliedBy(misses).dividedBy(Math.min(threads, misses)));
  }

  /**
   * The same plan with what it costs.
   *
   * @param perMiss what a run of the function costs, at least 0
   * @param unit of what: {@code "USD"}, {@code "tokens"}
   */
  public Plan withCost(double perMiss, String unit) {
    Cost told = Cost.of(misses, perMiss, requireNonNull(unit, "unit"));
    return new Plan(
        hits,
        misses,
        duplicates,
        unknown,
        threads,
        timePerMiss,
        timedResults,
        timeSaved,
        Optional.of(told));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(count(inputs(), "input")).append(": ");
    text.append(String.format(Locale.ROOT, "%,d from cache, %,d to compute", hits, misses));
    if (duplicates > 0) {
      text.append(", ").append(count(duplicates, "duplicate"));
    }
    if (unknown > 0) {
      text.append(String.format(Locale.ROOT, ", %,d unknown", unknown));
    }
    row(text, "estimated", estimate());
    row(text, "time saved", time(timeSaved));
    cost.ifPresent(told -> row(text, "cost", told.toString()));
    if (unknown > 0) {
      row(text, "unknown", "calls that would fail: an argument cannot be made or encoded");
    }
    return text.toString();
  }

  private String estimate() {
    if (misses == 0) {
      return "nothing to compute";
    }
    return timePerMiss
        .map(
            mean ->
                time(estimatedTime().orElseThrow())
                    + " on "
                    + count(threads, "thread")
                    + " ("
                    + time(mean)
                    + " each, from "
                    + count(timedResults, "stored result")
                    + ")")
        .orElse("unknown: no stored result tells how long a call takes");
  }

  private static String time(Duration duration) {
    boolean tiny = !duration.isZero() && duration.toMillis() == 0;
    return tiny ? "less than 1 ms" : Times.format(duration);
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%n  %-10s  %s", name, value));
  }

  private static String count(long number, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
  }
}
