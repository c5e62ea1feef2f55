package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Prints what a key and what a value costs, beside plain Kryo, in about three minutes:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dargs="LocalDate record"
 * </pre>
 *
 * <p>The second prints only rows whose name contains one of the words. A row says what {@link
 * KeyDuel} or {@link ValueDuel} say. Times are nanoseconds, the median of all turns of all forks.
 * The ratio is memo's time to Kryo's: that of the median fork and, in brackets, of the best and the
 * worst. Then the bytes that each run allocates, and those that are stored.
 *
 * <p>memo does more, and that is its price: it sorts sets and maps, hashes what is long, and stores
 * names where Kryo stores numbers, so that bytes keep their meaning from one program to the next.
 */
public final class CodecTable {
  private static final String LINE = "%-41s %9s %9s   %-18s %8s %8s %7s %7s%n";

  private CodecTable() {}

  public static void main(String[] words) throws RunnerException {
    System.out.printf(
        LINE, "", "memo ns", "Kryo ns", "ratio [forks]", "memo", "Kryo", "memo", "Kryo");
    System.out.printf(LINE, "", "", "", "", "alloc B", "alloc B", "bytes", "bytes");
    for (String name : Samples.ROWS.keySet()) {
      if (words.length == 0 || List.of(words).stream().anyMatch(name::contains)) {
        print(name);
      }
    }
  }

  private static void print(String name) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(CodecBenchmark.class.getName())
                    .param("row", name)
                    .addProfiler(GCProfiler.class)
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();
    Turns memo = new Turns();
    Turns kryo = new Turns();
    List<Double> ratios = new ArrayList<>();
    for (BenchmarkResult fork : results.iterator().next().getBenchmarkResults()) {
      Turns memoOfFork = new Turns();
      Turns kryoOfFork = new Turns();
      boolean memosTurn = true;
      for (IterationResult iteration : fork.getIterationResults()) {
        (memosTurn ? memoOfFork : kryoOfFork).add(iteration);
        memosTurn = !memosTurn;
      }
      ratios.add(memoOfFork.nanos() / kryoOfFork.nanos());
      memo.add(memoOfFork);
      kryo.add(kryoOfFork);
    }
    Duel duel = requireNonNull(Samples.ROWS.get(name)).get();
    System.out.printf(
        LINE,
        name,
        number(memo.nanos()),
        number(kryo.nanos()),
        "%.2f [%.2f..%.2f]"
            .formatted(median(ratios), Collections.min(ratios), Collections.max(ratios)),
        number(memo.allocated()),
        number(kryo.allocated()),
        duel.memoBytes(),
        duel.kryoBytes());
  }

  private static double median(List<Double> numbers) {
    return numbers.stream().sorted().toList().get(numbers.size() / 2);
  }

  private static String number(double value) {
    return "%.0f".formatted(value);
  }

  /** What one of the two needed in its turns. */
  private static final class Turns {
    private final List<Double> nanos = new ArrayList<>();
    private final List<Double> allocated = new ArrayList<>();

    void add(IterationResult iteration) {
      nanos.add(iteration.getPrimaryResult().getScore());
      Result<?> bytes = iteration.getSecondaryResults().get("gc.alloc.rate.norm");
      allocated.add(requireNonNull(bytes, "JMH did not count allocations").getScore());
    }

    void add(Turns others) {
      nanos.addAll(others.nanos);
      allocated.addAll(others.allocated);
    }

    double nanos() {
      return median(nanos);
    }

    double allocated() {
      return median(allocated);
    }
  }
}
