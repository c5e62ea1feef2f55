package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.memo.benchmarks.stores.Scale;
import dev.memo.benchmarks.stores.StoreKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Prints what memo costs as it grows: with entries, with functions, with processes.
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=ScaleTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=ScaleTable -Dargs="100000 10000000"
 * </pre>
 *
 * <p>The second says of how many entries, and prints nothing else; otherwise it is ten thousand to
 * a million. Values are of 100 characters, and results that may be changed, so that each hit reads
 * and decodes. Each row has a directory and processes of its own, which are there all the time;
 * rows take turns in every round. A figure is the median of the rounds and, in brackets, the least
 * and the most. Bytes and memory are those after the filling; of memo, 8 MB on disk are a reserve
 * for when it is full.
 */
public final class ScaleTable {
  private static final int VALUE_CHARS = 100;
  private static final long BASE = 100_000;
  private static final int TURN_MILLIS = 500;
  private static final int TURN_MISSES = 10_000;
  private static final int MOST_MISSES = 100_000; // more than anyone has in such a time
  private static final String RAW = ", RocksDB alone";
  private static final String HEAP = "512m";

  private final Path folder;
  private final Bars bars = new Bars();

  private ScaleTable(Path folder) {
    this.folder = folder;
  }

  /** Takes numbers of entries, or nothing. */
  public static void main(String[] args) throws Exception {
    List<Long> entries =
        args.length == 0
            ? List.of(10_000L, BASE, 1_000_000L)
            : Stream.of(args).map(Long::parseLong).toList();
    System.out.printf(
        Locale.ROOT,
        "JDK %s, %d cores, values of %,d characters%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        VALUE_CHARS);
    try (TemporaryFolder temporary = TemporaryFolder.make();
        Meter meter = new Meter()) {
      ScaleTable table = new ScaleTable(temporary.path());
      table.entries(entries);
      if (args.length == 0) {
        table.functions();
        table.processes(meter);
      }
      System.out.print(table.bars);
    }
  }

  /** A directory, and a process that owns it. */
  private record Row(String name, Path folder, Scale scale, Child owner, long bytes, Memory memory)
      implements AutoCloseable {

    static Row filled(String name, Path folder, Scale scale) {
      return filled(name, folder, scale, StoreKind.MEMO_DISK);
    }

    static Row filled(String name, Path folder, Scale scale, StoreKind store) {
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Child owner = StoreProcess.start(store, folder, scale, HEAP);
      String unused = owner.ask("fill");
      Memory memory = Memory.parse(owner.ask("memory"));
      return new Row(name, folder, scale, owner, DiskUsage.bytes(folder), memory);
    }

    double hit() {
      return owner.askNumber("read " + scale.entries() + " 1 " + TURN_MILLIS);
    }

    Latencies miss() {
      return Latencies.parse(owner.ask("miss " + TURN_MISSES + " 1"));
    }

    /** Milliseconds of closing, and of opening until a value is read. */
    double[] reopening() {
      return Stream.of(owner.ask("reopen").split(" ", -1))
          .mapToDouble(nanos -> Double.parseDouble(nanos) / 1e6)
          .toArray();
    }

    @Override
    public void close() {
      owner.close();
    }
  }

  private void entries(List<Long> counts) {
    List<Row> rows = new ArrayList<>();
    try {
      for (long count : counts) {
        Scale scale = new Scale(count, VALUE_CHARS);
        rows.add(Row.filled(entries(count), folder.resolve("entries-" + count), scale));
        rows.add(
            Row.filled(
                entries(count) + RAW,
                folder.resolve("raw-" + count),
                scale,
                StoreKind.ROCKS_DB_AS_MEMO));
      }
      Map<String, List<Double>> hits = compare("As entries grow", rows, entries(BASE));
      for (long count : counts) {
        if (count > BASE) {
          bars.add(
              "hit, " + entries(count) + ", beside " + entries(BASE),
              2,
              hits.get(entries(count)),
              hits.get(entries(BASE)));
        }
      }
    } finally {
      rows.forEach(Row::close);
    }
  }

  private static String entries(long count) {
    return "%,d entries".formatted(count);
  }

  private void functions() {
    List<Row> rows = new ArrayList<>();
    try {
      for (int count : List.of(1, 10, 100, 1_000)) {
        rows.add(
            Row.filled(
                count(count, "function"),
                folder.resolve("functions-" + count),
                new Scale(BASE, VALUE_CHARS, count)));
      }
      compare("As functions grow", rows, count(1, "function"));
    } finally {
      rows.forEach(Row::close);
    }
  }

  /** What hits took. */
  private static Map<String, List<Double>> compare(String title, List<Row> rows, String base) {
    String line = "%-36s %-24s %-20s %-24s %s%n";
    Map<String, List<Double>> hits = rounds(rows, Row::hit);
    Map<String, List<Latencies>> misses = rounds(rows, Row::miss);
    System.out.printf(
        "%n" + line, title, "ns per hit", "ratio", "ns per miss", "us: p50, p99, p99.9, most");
    hits.forEach(
        (name, nanos) -> {
          List<Latencies> missed = requireNonNull(misses.get(name));
          List<Double> comparable = hits.get(name.endsWith(RAW) ? base + RAW : base);
          System.out.printf(
              line,
              name,
              Spread.of(nanos),
              Spread.ofRatios(nanos, comparable),
              Spread.of(missed.stream().map(Latencies::mean).toList()),
              Latencies.percentiles(missed));
        });
    Map<String, List<double[]>> reopenings = rounds(rows, Row::reopening);
    System.out.printf(
        "%n" + line,
        "",
        "ms to open",
        "ms to close",
        "bytes on disk/entry",
        "MB outside the heap, heap");
    for (Row row : rows) {
      List<double[]> reopened = requireNonNull(reopenings.get(row.name));
      System.out.printf(
          line,
          row.name,
          Spread.of(reopened.stream().map(each -> each[1]).toList()),
          Spread.of(reopened.stream().map(each -> each[0]).toList()),
          Spread.number((double) row.bytes / row.scale.entries()),
          row.memory.megabytes());
    }
    return hits;
  }

  private interface Measurement<T> {
    T of(Row row);
  }

  private static <T> Map<String, List<T>> rounds(List<Row> rows, Measurement<T> measurement) {
    Rounds<Measurement<T>, T> rounds = new Rounds<>(new Selection(new String[0]));
    rows.forEach(row -> rounds.add(row.name, asked -> asked.of(row)));
    return rounds.run(measurement);
  }

  /** Of one directory; the first of them owns it, and the others follow. */
  private void processes(Meter meter) {
    List<Integer> counts = List.of(1, 2, 4, 8);
    Scale scale = new Scale(BASE, VALUE_CHARS);
    List<Child> others = new ArrayList<>();
    try (Row first = Row.filled("first", folder.resolve("processes"), scale)) {
      try {
        int most = counts.get(counts.size() - 1);
        while (others.size() < most - 1) {
          others.add(StoreProcess.start(StoreKind.MEMO_SECONDARY, first.folder, scale, HEAP));
        }
        List<Child> all = new ArrayList<>(List.of(first.owner));
        all.addAll(others);
        String miss = "miss " + MOST_MISSES + " 1 " + TURN_MILLIS;
        for (Child child : all) { // or those who are asked last would be compiled last
          String unused = child.ask(miss);
        }
        String hit = "read " + scale.entries() + " 1 " + TURN_MILLIS;
        inProcesses(
            "hits", some -> perSecond(askAll(some, hit, meter), Double::parseDouble), counts, all);
        inProcesses(
            "misses",
            some -> perSecond(askAll(some, miss, meter), answer -> Latencies.parse(answer).mean()),
            counts,
            all);
      } finally {
        others.forEach(Child::close);
      }
    }
  }

  /** How much some processes do in a second, each with one thread. */
  private interface Throughput {
    double of(List<Child> processes);
  }

  private static void inProcesses(
      String what, Throughput throughput, List<Integer> counts, List<Child> all) {
    Rounds<Throughput, Double> rounds = new Rounds<>(new Selection(new String[0]));
    for (int count : counts) {
      rounds.add(count(count, "process"), measured -> measured.of(all.subList(0, count)));
    }
    Map<String, List<Double>> results = rounds.run(throughput);
    String line = "%-22s %-24s %s%n";
    System.out.printf("%n" + line, "As processes grow", what + "/s in all", "ratio to 1");
    results.forEach(
        (name, rates) ->
            System.out.printf(
                line,
                name,
                Spread.of(rates),
                Spread.ofRatios(rates, results.get(count(1, "process")))));
  }

  /** All together, of whom each did as much as it could for the same time. */
  private static double perSecond(List<String> answers, ToDoubleFunction<String> nanosPerCall) {
    return answers.stream().mapToDouble(nanosPerCall).map(nanos -> 1e9 / nanos).sum();
  }

  /** What each answers; all are asked at once. */
  private static List<String> askAll(List<Child> processes, String question, Meter meter) {
    List<Future<String>> asked =
        processes.stream().map(process -> meter.begin(() -> process.ask(question))).toList();
    List<String> answers = new ArrayList<>();
    for (Future<String> answer : asked) {
      try {
        answers.add(answer.get());
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    return answers;
  }

  private static String count(int count, String noun) {
    String plural = noun.endsWith("s") ? "es" : "s";
    return "%,d %s".formatted(count, noun) + (count == 1 ? "" : plural);
  }
}
