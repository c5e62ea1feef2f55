package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.memo.benchmarks.Contest.Contestant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
 * Prints what a key and what a value costs, beside plain Kryo and the JDK, in about three minutes:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dargs="LocalDate record"
 * </pre>
 *
 * <p>The second prints only rows whose name contains one of the words. A row says what {@link
 * KeyContest} or {@link ValueContest} say. Times are nanoseconds, the median of all turns of all
 * forks. A ratio is memo's time to another's: that of the median fork and, in brackets, of the best
 * and the worst. Then the bytes that each run allocates, and those that are stored.
 *
 * <p>memo does more, and that is its price: it sorts sets and maps, hashes what is long, and stores
 * names where Kryo stores numbers, so that bytes keep their meaning from one program to the next.
 */
public final class CodecTable {
  private static final String LINE = "%-41s %8s %8s %8s   %-18s %-18s %7s %7s %7s   %6s %6s %6s%n";

  /** The JDK cannot write it. */
  private static final String NOTHING = "-";

  private CodecTable() {}

  public static void main(String[] words) throws RunnerException {
    System.out.printf(
        LINE,
        "",
        "memo ns",
        "Kryo ns",
        "JDK ns",
        "to Kryo [forks]",
        "to the JDK",
        "memo",
        "Kryo",
        "JDK",
        "memo",
        "Kryo",
        "JDK");
    System.out.printf(
        LINE, "", "", "", "", "", "", "alloc B", "alloc B", "alloc B", "bytes", "bytes", "bytes");
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
    Map<Contestant, Turns> all = turns();
    List<Double> toKryo = new ArrayList<>();
    List<Double> toJdk = new ArrayList<>();
    for (BenchmarkResult fork : results.iterator().next().getBenchmarkResults()) {
      Map<Contestant, Turns> ofFork = turns();
      int turn = 0;
      for (IterationResult iteration : fork.getIterationResults()) {
        of(Contestant.ofTurn(turn++), ofFork).add(iteration);
      }
      double memo = of(Contestant.MEMO, ofFork).nanos();
      toKryo.add(memo / of(Contestant.KRYO, ofFork).nanos());
      toJdk.add(memo / of(Contestant.JAVA, ofFork).nanos());
      ofFork.forEach((contestant, turns) -> of(contestant, all).add(turns));
    }
    Contest contest = requireNonNull(Samples.ROWS.get(name)).get();
    List<Object> cells = new ArrayList<>(List.of(name));
    boolean jdkCan = contest.bytes(Contestant.JAVA) > 0;
    all.forEach((who, turns) -> cells.add(cell(who, jdkCan, turns.nanos())));
    cells.add(Spread.of(toKryo));
    cells.add(jdkCan ? Spread.of(toJdk) : NOTHING);
    all.forEach((who, turns) -> cells.add(cell(who, jdkCan, turns.allocated())));
    all.forEach((who, turns) -> cells.add(cell(who, jdkCan, contest.bytes(who))));
    System.out.printf(LINE, cells.toArray());
  }

  private static Map<Contestant, Turns> turns() {
    Map<Contestant, Turns> turns = new EnumMap<>(Contestant.class);
    for (Contestant contestant : Contestant.values()) {
      turns.put(contestant, new Turns());
    }
    return turns;
  }

  private static Turns of(Contestant contestant, Map<Contestant, Turns> all) {
    return requireNonNull(all.get(contestant));
  }

  private static String cell(Contestant contestant, boolean jdkCan, double value) {
    return contestant == Contestant.JAVA && !jdkCan ? NOTHING : "%.0f".formatted(value);
  }

  /** What one of them needed in its turns. */
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
      return Spread.of(nanos).median();
    }

    double allocated() {
      return Spread.of(allocated).median();
    }
  }
}
