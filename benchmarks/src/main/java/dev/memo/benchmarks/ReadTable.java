package dev.memo.benchmarks;

import dev.memo.benchmarks.ReadProcesses.Place;
import dev.memo.benchmarks.StoreWorker.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Prints what it costs to read a directory that another process leads, beside the socket and beside
 * RocksDB itself, in about three minutes:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=ReadTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=ReadTable -Dargs="lag batch"
 * </pre>
 *
 * <p>The second prints only rows whose name contains one of the words; a word that no row contains
 * prints the names of all. Every process is a JVM of its own, started by this one, which only asks
 * and counts. The rows of a part take turns in every round; a figure is the median of the rounds
 * and, in brackets, the least and the most of them. A ratio compares round by round.
 *
 * <p>Values are arrays of 100 bytes, which the heap tier does not keep, and keys are read at
 * random. <b>Secondary</b> is the process that reads by itself, <b>socket</b> one that asks the
 * primary for everything; <b>store</b> is memo's store of a secondary without the calls above it,
 * <b>raw</b> is RocksDB with memo's options on a copy of the same files, where values are not
 * decoded. <b>Local</b> is a hit for which the primary was not asked. Catch-ups and lags are many
 * in a round: the rounds are of their medians, percentiles of all of them together.
 */
public final class ReadTable {
  private static final int TURN_MILLIS = 300;
  private static final String LINE = "%-54s %-22s %-22s %s%n";

  private final Selection selection;
  private final Bars bars = new Bars();
  private long nextKey = 1L << 40;

  private ReadTable(String[] words) {
    this.selection = new Selection(words);
  }

  public static void main(String[] words) {
    ReadTable table = new ReadTable(words);
    System.out.printf(
        "JDK %s, %d cores%n",
        System.getProperty("java.version"), Runtime.getRuntime().availableProcessors());
    table.hits(Place.LOG, 10_000);
    table.hits(Place.TABLES, 100_000);
    table.hits(Place.TABLES, 1_000_000);
    table.catchUps();
    table.openings();
    table.lags();
    table.batches();
    System.out.print(table.bars);
    table.selection.explain();
  }

  private void hits(Place place, long keys) {
    String what = String.format(Locale.ROOT, "%,d in %s", keys, lower(place));
    Rounds<ReadProcesses, Double> rows = new Rounds<>(selection);
    for (int threads : List.of(1, 2)) {
      String with = ", " + threads + (threads == 1 ? " thread" : " threads");
      String turn = keys + " " + threads + " " + TURN_MILLIS;
      rows.add(hit(what, "raw", with), at -> raw(at, Kind.RAW, threads));
      rows.add(hit(what, "primary", with), at -> micros(at.primary(), "read HERE " + turn));
      rows.add(hit(what, "raw secondary", with), at -> raw(at, Kind.RAW_SECONDARY, threads));
      rows.add(hit(what, "store", with), at -> raw(at, Kind.STORE, threads));
      rows.add(hit(what, "secondary", with), at -> micros(at.secondary(), "read HERE " + turn));
      rows.add(hit(what, "socket", with), at -> micros(at.socket(), "read SOCKET " + turn));
    }
    Map<String, List<Double>> results =
        withProcesses(
            rows,
            place,
            keys,
            at -> {
              for (Kind kind : Kind.values()) { // the writer first: it may write into tables
                at.stores().ask("open " + kind + " " + at.copy());
              }
            });
    header(results, "A hit", "us per call", "ratio to raw", "ratio to raw secondary");
    results.forEach(
        (name, rounds) ->
            line(
                name,
                Spread.of(rounds),
                ratio(rounds, results.get(name.replaceAll(", [a-z ]+,", ", raw,"))),
                ratio(rounds, results.get(name.replaceAll(", [a-z ]+,", ", raw secondary,")))));
    for (String with : List.of(", 1 thread", ", 2 threads")) {
      List<Double> primary = results.get(hit(what, "primary", with));
      bars.add(
          hit(what, "primary to raw", with), 1.3, primary, results.get(hit(what, "raw", with)));
      bars.add(
          hit(what, "secondary to primary", with),
          1.2,
          results.get(hit(what, "secondary", with)),
          primary);
    }
  }

  private static String hit(String what, String where, String with) {
    return "hit of " + what + ", " + where + with;
  }

  private static double raw(ReadProcesses at, Kind kind, int threads) {
    return micros(at.stores(), "read " + kind + " " + threads + " " + TURN_MILLIS);
  }

  private void catchUps() {
    Rounds<ReadProcesses, List<Double>> rows = new Rounds<>(selection);
    for (int puts : List.of(0, 1, 10, 100, 1_000)) {
      for (Kind kind : List.of(Kind.RAW_SECONDARY, Kind.STORE)) {
        String who = kind == Kind.STORE ? "store" : "raw secondary";
        rows.add(
            String.format(
                Locale.ROOT, "catch-up after %,d put%s, %s", puts, puts == 1 ? "" : "s", who),
            at -> catchUps(at, kind, puts));
      }
    }
    Map<String, List<List<Double>>> results =
        withProcesses(
            rows,
            Place.TABLES,
            10_000,
            at -> {
              for (Kind kind : List.of(Kind.RAW_SECONDARY, Kind.STORE)) {
                at.stores().ask("open " + kind + " " + at.data());
              }
            });
    header(results, "A catch-up", "us, median", "ratio to raw", Percentiles.TITLE);
    Map<String, List<Double>> medians = new LinkedHashMap<>();
    results.forEach((name, rounds) -> medians.put(name, medians(rounds)));
    medians.forEach(
        (name, rounds) ->
            line(
                name,
                Spread.of(rounds),
                ratio(rounds, medians.get(name.replace("store", "raw secondary"))),
                percentiles(results.getOrDefault(name, List.of()))));
  }

  private static List<Double> medians(List<List<Double>> rounds) {
    return rounds.stream().map(round -> Spread.of(round).median()).toList();
  }

  private static Percentiles percentiles(List<List<Double>> rounds) {
    return Percentiles.of(rounds.stream().flatMap(List::stream).toList());
  }

  private List<Double> catchUps(ReadProcesses at, Kind kind, int puts) {
    List<Double> samples = new ArrayList<>();
    while (samples.size() < (puts < 1_000 ? 21 : 5)) {
      if (puts > 0) {
        at.primary().ask("fill " + nextKey + " " + puts);
        nextKey += puts;
      }
      String nanos = at.stores().ask("catchUp " + kind + " " + at.data());
      if (!nanos.equals(StoreWorker.AGAIN)) {
        samples.add(Double.parseDouble(nanos) / 1e3);
      }
    }
    return samples;
  }

  private void openings() {
    Map<String, FilledDatabase> databases = new LinkedHashMap<>();
    for (int changes : List.of(0, 1_000, 10_000)) {
      databases.put(
          String.format(Locale.ROOT, "opening, %,d changes in the log", changes),
          new FilledDatabase(worker -> worker.ask("fill 10000 " + changes)));
    }
    for (int megabytes : List.of(1, 4, 7)) {
      databases.put(
          "opening, log of " + megabytes + " MB",
          new FilledDatabase(worker -> worker.ask("fillLog " + megabytes * 1_000_000)));
    }
    Rounds<Child, Double> rows = new Rounds<>(selection);
    databases.forEach(
        (name, database) -> {
          for (Kind kind : List.of(Kind.RAW_SECONDARY, Kind.STORE)) {
            rows.add(
                name + (kind == Kind.STORE ? ", store" : ", raw secondary"),
                stores -> micros(stores, "opening " + kind + " " + database.data()) / 1e3);
          }
        });
    if (rows.isEmpty()) {
      return;
    }
    try (TemporaryFolder own = TemporaryFolder.make();
        Child stores = Child.start(StoreWorker.class, List.of(), own.path())) {
      Map<String, List<Double>> results = rows.run(stores);
      header(results, "An opening", "ms", "ratio to raw", "log MB");
      results.forEach(
          (name, rounds) -> {
            List<Double> raw = results.get(name.replace("store", "raw secondary"));
            FilledDatabase database = databases.get(name.substring(0, name.lastIndexOf(',')));
            line(
                name,
                Spread.of(rounds),
                ratio(rounds, raw),
                database == null ? "" : Spread.number(database.logBytes() / 1e6));
          });
    } finally {
      databases.values().forEach(FilledDatabase::close);
    }
  }

  private void lags() {
    Map<String, Lag> lags = new LinkedHashMap<>();
    lags.put("lag of the first hit, socket", new Lag(ReadProcesses::socket, "ANYWHERE", 0));
    lags.put("lag of the first hit, secondary", new Lag(ReadProcesses::secondary, "ANYWHERE", 0));
    lags.put("lag of the first local hit", new Lag(ReadProcesses::secondary, "HERE", 0));
    lags.put(
        "lag of the first local hit, 100 ms apart", new Lag(ReadProcesses::secondary, "HERE", 100));
    Rounds<ReadProcesses, List<Double>> rows = new Rounds<>(selection);
    lags.forEach((name, lag) -> rows.add(name, at -> lag(at, lag)));
    Map<String, List<List<Double>>> results =
        withProcesses(
            rows,
            Place.TABLES,
            10_000,
            at -> { // so that both are compiled
              at.secondary().ask("read HERE 10000 1 " + TURN_MILLIS);
              at.socket().ask("read SOCKET 10000 1 " + TURN_MILLIS);
            });
    header(results, "From a store to a hit elsewhere", "us, median", "", Percentiles.TITLE);
    results.forEach(
        (name, rounds) -> line(name, Spread.of(medians(rounds)), null, percentiles(rounds)));
  }

  private List<Double> lag(ReadProcesses at, Lag lag) {
    Child reader = lag.reader.apply(at);
    List<Double> samples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(lag.restMillis));
      long key = nextKey++;
      reader.say("lag " + lag.from + " " + key);
      String unused = reader.hear(); // waits
      at.primary().ask("store " + key);
      samples.add(Double.parseDouble(reader.hear()) / 1e3);
    }
    return samples;
  }

  private void batches() {
    Rounds<ReadProcesses, Batch> rows = new Rounds<>(selection);
    rows.add(
        "batch of 100,000, socket, new process", at -> newProcess(() -> at.startSecondary(true)));
    rows.add(
        "batch of 100,000, secondary, new process",
        at -> newProcess(() -> at.startSecondary(false)));
    rows.add("batch of 100,000, socket", at -> batch(at.socket()));
    rows.add("batch of 100,000, secondary", at -> batch(at.secondary()));
    rows.add("batch of 100,000, primary", at -> batch(at.primary()));
    Map<String, List<Batch>> results = withProcesses(rows, Place.TABLES, 100_000, at -> {});
    header(results, "Parallel.map in 2 threads", "ms", "ratio to socket", "asked of the primary");
    results.forEach(
        (name, rounds) -> {
          List<Double> millis = rounds.stream().map(Batch::millis).toList();
          String baseline = name.replaceAll("secondary|primary", "socket");
          List<Batch> socket = name.equals(baseline) ? null : results.get(baseline);
          line(
              name,
              Spread.of(millis),
              ratio(millis, socket == null ? null : socket.stream().map(Batch::millis).toList()),
              Spread.of(rounds.stream().map(Batch::asked).toList()));
        });
  }

  private static Batch newProcess(Supplier<Child> start) {
    try (Child child = start.get()) {
      return batch(child);
    }
  }

  private static Batch batch(Child child) {
    String[] numbers = child.ask("batch 100000").split(" ", -1);
    return new Batch(Double.parseDouble(numbers[0]) / 1e6, Double.parseDouble(numbers[1]));
  }

  /** Nothing is started for rows that nobody wants. */
  private static <T> Map<String, List<T>> withProcesses(
      Rounds<ReadProcesses, T> rows, Place place, long keys, Preparation preparation) {
    if (rows.isEmpty()) {
      return Map.of();
    }
    try (ReadProcesses processes = ReadProcesses.start(place, keys)) {
      preparation.prepare(processes);
      return rows.run(processes);
    }
  }

  private interface Preparation {
    void prepare(ReadProcesses processes);
  }

  private static double micros(Child child, String question) {
    return child.askNumber(question) / 1e3;
  }

  private static void header(Map<?, ?> rows, String... titles) {
    if (!rows.isEmpty()) {
      System.out.printf("%n" + LINE, (Object[]) titles);
    }
  }

  private static void line(
      String name, Object first, @Nullable Object second, @Nullable Object third) {
    System.out.printf(LINE, name, first, second == null ? "" : second, third == null ? "" : third);
  }

  /** Empty for the baseline itself, too. */
  private static String ratio(List<Double> rounds, @Nullable List<Double> baseline) {
    return baseline == rounds ? "" : Spread.ofRatios(rounds, baseline);
  }

  private static String lower(Place place) {
    return place == Place.LOG ? "the log" : "tables";
  }

  private record Batch(double millis, double asked) {}

  private record Lag(Function<ReadProcesses, Child> reader, String from, long restMillis) {}

  /** A database that no process has open, filled when it is first read. */
  private static final class FilledDatabase implements AutoCloseable {
    private final Function<Child, String> fill;
    private @Nullable TemporaryFolder folder;

    FilledDatabase(Function<Child, String> fill) {
      this.fill = fill;
    }

    Path data() {
      TemporaryFolder made = folder;
      if (made == null) {
        made = TemporaryFolder.make();
        folder = made;
        try (Child first = start(made)) {
          first.ask("fill 0 10000");
        }
        try (Child second = start(made)) { // which has written into tables what was in the log
          String unused = fill.apply(second);
        }
      }
      return made.path().resolve("d").resolve("data");
    }

    private static Child start(TemporaryFolder in) {
      return Child.start(
          ReadWorker.class, List.of(), in.path().resolve("d"), in.path().resolve("board"));
    }

    long logBytes() {
      return ReadProcesses.bytes(data(), "*.log");
    }

    @Override
    public void close() {
      if (folder != null) {
        folder.close();
      }
    }
  }
}
