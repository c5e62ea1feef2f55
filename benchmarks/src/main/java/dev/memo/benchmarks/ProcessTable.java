package dev.memo.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Prints what one cache costs that many processes share, in about four minutes:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=ProcessTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=ProcessTable -Dargs="takeover hit"
 * </pre>
 *
 * <p>The second prints only rows whose name contains one of the words; a word that no row contains
 * prints the names of all. Every process is a JVM of its own, started by this one, which only asks
 * and counts. The rows of a part take turns in every round; a figure is the median of the rounds
 * and, in brackets, the least and the most of them.
 *
 * <p><b>us per call</b> is what the caller waits, in each of the threads. <b>Added</b> is that less
 * what the same function takes in as many threads without memo. What a kill costs is asked more
 * often than there are rounds, and printed as percentiles of so many samples.
 */
public final class ProcessTable {
  private static final int TURN_MILLIS = 300;
  private static final int SHARED_KEYS = 3_000;
  private static final int THREADS_OF_PROCESS = 4;

  /** More than there are rounds: what is seldom slow is asked for. */
  private static final int TAKEOVERS = 20;

  private static final String LINE = "%-46s %-22s %-24s %s%n";

  private final Selection selection;
  private long nextSharedKey = 1L << 61;

  private ProcessTable(String[] words) {
    this.selection = new Selection(words);
  }

  public static void main(String[] words) {
    ProcessTable table = new ProcessTable(words);
    System.out.printf(
        "JDK %s, %d cores%n",
        System.getProperty("java.version"), Runtime.getRuntime().availableProcessors());
    table.misses();
    table.hits();
    table.takeovers();
    table.throughput();
    table.selection.explain();
  }

  private void misses() {
    Rounds<Workers, Timed> rows = new Rounds<>(selection);
    for (Work work : List.of(Work.NOTHING, Work.SHORT)) {
      for (int threads : List.of(1, 2, 16)) {
        rows.add(
            miss(work, "without memo", threads),
            at -> timed(at.secondary(), "plain", work, threads));
        if (threads <= 2) {
          rows.add(
              miss(work, "primary", threads), at -> timed(at.primary(), "miss", work, threads));
        }
        rows.add(
            miss(work, "secondary", threads), at -> timed(at.secondary(), "miss", work, threads));
      }
    }
    Map<String, List<Timed>> results = run(rows, 2);
    header(results, "A miss", "us per call", "added us", "calls/s");
    results.forEach(
        (name, rounds) -> {
          String baseline =
              name.replace("primary", "without memo").replace("secondary", "without memo");
          line(
              name,
              Spread.of(map(rounds, Timed::micros)),
              name.equals(baseline) ? null : pair(rounds, results.get(baseline), (a, b) -> a - b),
              Spread.of(map(rounds, Timed::callsPerSecond)));
        });
  }

  private static String miss(Work work, String where, int threads) {
    return "miss of %s, %s, %s".formatted(lower(work), where, count(threads, "thread"));
  }

  private void hits() {
    Rounds<Workers, Timed> rows = new Rounds<>(selection);
    for (boolean large : List.of(false, true)) {
      String size = large ? "64 KiB" : "100 B";
      Work text = large ? Work.TEXT_64K : Work.TEXT_100;
      Work bytes = large ? Work.BYTES_64K : Work.BYTES_100;
      for (int threads : List.of(1, 2, 16)) {
        if (threads <= 2) {
          rows.add(
              hit(size, "primary, heap", threads), at -> timed(at.primary(), "hit", text, threads));
          rows.add(
              hit(size, "secondary, heap", threads),
              at -> timed(at.secondary(), "hit", text, threads));
        }
        rows.add(
            hit(size, "primary, store", threads), at -> timed(at.primary(), "hit", bytes, threads));
        rows.add(
            hit(size, "secondary, store", threads),
            at -> timed(at.secondary(), "hit", bytes, threads));
      }
    }
    Map<String, List<Timed>> results = run(rows, 2);
    header(results, "A hit", "us per call", "ratio to primary, store", "calls/s");
    results.forEach(
        (name, rounds) -> {
          String baseline = name.replaceAll("(primary|secondary), (heap|store)", "primary, store");
          line(
              name,
              Spread.of(map(rounds, Timed::micros)),
              name.equals(baseline) ? null : pair(rounds, results.get(baseline), (a, b) -> a / b),
              Spread.of(map(rounds, Timed::callsPerSecond)));
        });
  }

  private static String hit(String size, String where, int threads) {
    return "hit of %s, %s, %s".formatted(size, where, count(threads, "thread"));
  }

  private void takeovers() {
    Map<Integer, List<Takeover>> results = new LinkedHashMap<>();
    for (int megabytes : List.of(0, 4, 7)) {
      if (selection.wants("takeover, log of " + megabytes + " MB")) {
        results.put(megabytes, new ArrayList<>());
      }
    }
    for (int round = 0; round < TAKEOVERS; round++) {
      results.forEach((megabytes, rounds) -> rounds.add(takeover(megabytes)));
    }
    header(
        results,
        "After a kill of the primary: " + Percentiles.TITLE,
        "cold call ms",
        "hit ms",
        "logs MB");
    results.forEach(
        (megabytes, rounds) ->
            line(
                "takeover, log of " + megabytes + " MB",
                Percentiles.of(map(rounds, Takeover::coldMillis)),
                Percentiles.of(map(rounds, Takeover::hitMillis)),
                Spread.of(map(rounds, Takeover::logMegabytes))
                    + spooled(rounds.stream().mapToLong(Takeover::spooled).sum())));
  }

  private static String spooled(long results) {
    return results == 0 ? "" : ", spooled: " + results;
  }

  private static Takeover takeover(int megabytes) {
    try (Workers workers = Workers.start(2)) {
      String unused = workers.primary().ask("fill " + megabytes * 1_000_000L);
      String[] numbers =
          workers.secondary().ask("takeover " + workers.primary().pid()).split(" ", -1);
      return new Takeover(
          Long.parseLong(numbers[0]) / 1e6,
          Long.parseLong(numbers[1]) / 1e6,
          Long.parseLong(numbers[2]) / 1e6,
          Long.parseLong(numbers[3]));
    }
  }

  private void throughput() {
    Rounds<Workers, Timed> rows = new Rounds<>(selection);
    for (Work work : List.of(Work.NOTHING, Work.LONG)) {
      for (int processes : List.of(1, 2, 4)) {
        rows.add(cold(work, "own keys", processes), at -> ownKeys(at, work, processes));
      }
      for (int processes : List.of(1, 2, 4)) {
        rows.add(cold(work, "same keys", processes), at -> sameKeys(at, work, processes));
      }
    }
    Map<String, List<Timed>> results = run(rows, 4);
    header(
        results,
        "Cold calls, " + THREADS_OF_PROCESS + " threads in each process",
        "calls/s in all",
        "ratio to 1 process",
        "computed/s");
    results.forEach(
        (name, rounds) -> {
          String baseline = name.replaceAll("\\d process.*", "1 process");
          line(
              name,
              Spread.of(map(rounds, Timed::callsPerSecond)),
              name.equals(baseline) ? null : pair(rounds, results.get(baseline), (a, b) -> b / a),
              Spread.of(map(rounds, round -> 1e6 / round.microsPerComputation())));
        });
  }

  private static String cold(Work work, String keys, int processes) {
    return "cold calls of %s, %s, %s".formatted(lower(work), keys, count(processes, "process"));
  }

  private static Timed ownKeys(Workers workers, Work work, int processes) {
    List<String> answers =
        workers.ask(processes, "miss %s %d %d".formatted(work, THREADS_OF_PROCESS, TURN_MILLIS));
    double perSecond =
        answers.stream().mapToDouble(a -> Timed.of(a, THREADS_OF_PROCESS).callsPerSecond()).sum();
    return new Timed(1e6 / perSecond, perSecond, 1e6 / perSecond);
  }

  private Timed sameKeys(Workers workers, Work work, int processes) {
    long start = System.nanoTime();
    List<String> answers =
        workers.ask(
            processes,
            "shared %s %d %d %d".formatted(work, THREADS_OF_PROCESS, nextSharedKey, SHARED_KEYS));
    double micros = (System.nanoTime() - start) / 1e3;
    nextSharedKey += SHARED_KEYS;
    long computed = answers.stream().mapToLong(Long::parseLong).sum();
    if (computed != SHARED_KEYS) {
      throw new IllegalStateException(
          SHARED_KEYS + " keys were computed " + computed + " times: " + answers);
    }
    double perCall = micros / (SHARED_KEYS * processes);
    return new Timed(perCall, 1e6 / perCall, micros / computed);
  }

  private static Timed timed(Child child, String what, Work work, int threads) {
    return Timed.of(child.ask("%s %s %d %d".formatted(what, work, threads, TURN_MILLIS)), threads);
  }

  private static void header(Map<?, ?> rows, String... titles) {
    if (!rows.isEmpty()) {
      System.out.printf("%n" + LINE, (Object[]) titles);
    }
  }

  private static void line(String name, Object first, @Nullable Object second, Object third) {
    System.out.printf(LINE, name, first, second == null ? "" : second, third);
  }

  private static <T> List<Double> map(List<T> rounds, Function<T, Double> number) {
    return rounds.stream().map(number).toList();
  }

  /** Compares round by round, so that what slows down both does not count. */
  private static @Nullable Spread pair(
      List<Timed> rounds, @Nullable List<Timed> baseline, Comparison comparison) {
    if (baseline == null) {
      return null;
    }
    return Spread.of(
        IntStream.range(0, rounds.size())
            .mapToObj(i -> comparison.of(rounds.get(i).micros(), baseline.get(i).micros()))
            .toList());
  }

  private static String lower(Work work) {
    return work.name().toLowerCase(Locale.ROOT);
  }

  private static String count(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : noun.endsWith("s") ? "es" : "s");
  }

  private interface Comparison {
    double of(double micros, double baselineMicros);
  }

  private record Takeover(double logMegabytes, double coldMillis, double hitMillis, long spooled) {}

  private record Timed(double micros, double callsPerSecond, double microsPerComputation) {
    static Timed of(String answer, int threads) {
      double micros = Double.parseDouble(answer.split(" ", -1)[1]) / 1e3;
      return new Timed(micros, threads * 1e6 / micros, micros);
    }
  }

  private static Map<String, List<Timed>> run(Rounds<Workers, Timed> rows, int processes) {
    if (rows.isEmpty()) {
      return Map.of();
    }
    try (Workers workers = Workers.start(processes)) {
      return rows.run(workers);
    }
  }
}
