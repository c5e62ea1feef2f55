package dev.memo.benchmarks;

import dev.memo.call.ThrowingFunction;
import dev.memo.parallel.FailurePolicy;
import dev.memo.parallel.Outcome;
import dev.memo.parallel.Parallel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prints what a batch of a trivial function costs an input, beside the same by other means:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=OverheadTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=OverheadTable -Dargs="map chunks"
 * </pre>
 *
 * <p>Inputs are a million boxed numbers. "chunks" is the floor that memo is held to: two threads
 * that take chunks of 256 from a shared cursor and write into an array. The rows take turns in
 * every round; a figure is the median of the rounds and, in brackets, the least and the most of
 * them. A ratio compares with "chunks" round by round.
 */
public final class OverheadTable {
  private static final int INPUTS = 1_000_000;
  private static final int PASSES = 20; // of a row in its turn: one takes some milliseconds
  private static final int THREADS = 2;
  private static final int CHUNK = 256;
  private static final String FLOOR = "chunks";
  private static final String MAP = "map";

  private final List<Long> inputs = LongStream.range(0, INPUTS).boxed().toList();
  private final ForkJoinPool pool = new ForkJoinPool(THREADS);

  private OverheadTable() {}

  private static long trivial(Long input) {
    return input + 1;
  }

  public static void main(String[] args) {
    Selection selection =
        new Selection(args.length == 1 && args[0].isEmpty() ? new String[0] : args);
    Rounds<OverheadTable, Double> rounds = new Rounds<>(selection);
    add(rounds, FLOOR, OverheadTable::chunks);
    add(rounds, "loop", OverheadTable::loop);
    add(rounds, "parallelStream", OverheadTable::parallelStream);
    add(rounds, MAP, table -> table.map());
    add(rounds, "batch", table -> table.batch(FailurePolicy.FAIL_FAST, null));
    add(rounds, "batch, COLLECT", table -> table.batch(FailurePolicy.COLLECT, null));
    add(
        rounds,
        "batch, timeout",
        table -> table.batch(FailurePolicy.FAIL_FAST, Duration.ofMinutes(1)));
    add(rounds, "stream, ordered", table -> table.stream(true));
    add(rounds, "stream, unordered", table -> table.stream(false));
    System.out.printf(
        Locale.ROOT,
        "JDK %s, %d cores, %,d inputs on %d threads; ns for each input%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        INPUTS,
        THREADS);
    Map<String, List<Double>> results = rounds.run(new OverheadTable(), 5, Rounds.COUNT);
    results.forEach((name, nanos) -> print(name, nanos, results.get(FLOOR)));
    Bars bars = new Bars();
    bars.add("Parallel.map, beside chunks by hand", 2, results.get(MAP), results.get(FLOOR));
    System.out.print(bars);
    selection.explain();
  }

  private static void add(
      Rounds<OverheadTable, Double> rounds, String name, ToDoubleFunction<OverheadTable> row) {
    rounds.add(
        name,
        table -> {
          System.gc(); // what the row before has left is not this one's
          return IntStream.range(0, PASSES)
              .mapToDouble(pass -> row.applyAsDouble(table))
              .average()
              .orElseThrow();
        });
  }

  private static void print(String name, List<Double> nanos, @Nullable List<Double> floor) {
    String ratios = floor == null ? "" : "  x " + Spread.ratios(nanos, floor);
    System.out.printf("%-18s %22s%s%n", name, Spread.of(nanos), ratios);
  }

  /** Checks the last result, so that nothing is left out. */
  private static double perInput(long begin, Object last) {
    double nanos = System.nanoTime() - begin;
    if (!last.equals((long) INPUTS)) {
      throw new IllegalStateException("the last result is " + last);
    }
    return nanos / INPUTS;
  }

  private double chunks() {
    long begin = System.nanoTime();
    Object[] arguments = inputs.toArray();
    Object[] results = new Object[INPUTS];
    AtomicInteger cursor = new AtomicInteger();
    List<ForkJoinTask<?>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      tasks.add(
          pool.submit(
              () -> {
                for (int from = cursor.getAndAdd(CHUNK);
                    from < INPUTS;
                    from = cursor.getAndAdd(CHUNK)) {
                  for (int j = from; j < Math.min(from + CHUNK, INPUTS); j++) {
                    results[j] = trivial((Long) arguments[j]);
                  }
                }
              }));
    }
    tasks.forEach(ForkJoinTask::join);
    return perInput(begin, Arrays.asList(results).get(INPUTS - 1));
  }

  private double loop() {
    long begin = System.nanoTime();
    List<Long> results = new ArrayList<>(INPUTS);
    for (Long input : inputs) {
      results.add(trivial(input));
    }
    return perInput(begin, results.get(INPUTS - 1));
  }

  private double parallelStream() {
    long begin = System.nanoTime();
    List<Long> results =
        pool.submit(() -> inputs.parallelStream().map(OverheadTable::trivial).toList()).join();
    return perInput(begin, results.get(INPUTS - 1));
  }

  private double map() {
    long begin = System.nanoTime();
    List<Long> results = Parallel.map(OverheadTable::trivial, inputs, THREADS);
    return perInput(begin, results.get(INPUTS - 1));
  }

  private double batch(FailurePolicy policy, @Nullable Duration timeout) {
    ThrowingFunction<Long, Long, RuntimeException> function = OverheadTable::trivial;
    long begin = System.nanoTime();
    var builder = Parallel.batch(function).threads(THREADS).failures(policy);
    if (timeout != null) {
      builder.timeout(timeout);
    }
    Outcome<Long> last = builder.run(inputs).outcomes().get(INPUTS - 1);
    return perInput(begin, ((Outcome.Success<Long>) last).value());
  }

  private double stream(boolean ordered) {
    ThrowingFunction<Long, Long, RuntimeException> function = OverheadTable::trivial;
    long begin = System.nanoTime();
    var builder = Parallel.batch(function).threads(THREADS);
    if (!ordered) {
      builder.unordered();
    }
    long[] most = {0};
    try (Stream<Outcome<Long>> outcomes = builder.stream(inputs)) {
      outcomes.forEach(
          outcome -> most[0] = Math.max(most[0], ((Outcome.Success<Long>) outcome).value()));
    }
    return perInput(begin, most[0]);
  }
}
