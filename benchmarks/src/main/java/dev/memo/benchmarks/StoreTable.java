package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.memo.benchmarks.stores.Scale;
import dev.memo.benchmarks.stores.StoreKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Prints what a hit and a miss cost in memo and in the stores that a user would choose between:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=StoreTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=StoreTable -Dargs="10000 100"
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=StoreTable -Dargs="10000 100 500 LMDB Redis"
 * </pre>
 *
 * <p>The second says how many entries there are and how long their values; the third how many
 * milliseconds a turn of hits takes, and which peers are measured beside memo and RocksDB: those
 * whose name contains one of the words. Each store has a JVM of its own, filled once; the stores
 * take turns in every round, so that what slows down the machine slows down all. A figure is the
 * median of the rounds and, in brackets, the least and the most. A ratio compares round by round.
 */
public final class StoreTable {
  private static final long ENTRIES = 1_000_000;
  private static final int VALUE_CHARS = 100;
  private static final long HOT = 1_000;
  private static final int TURN_MILLIS = 500;
  private static final int TURN_CHARS = 5_000_000; // of new values, in a turn of that length
  private static final int MIN_TURN_KEYS = 2_000;
  private static final int MAX_TURN_KEYS = 50_000;

  /** Those that compute what they do not have; and RocksDB, to which the others are compared. */
  private static final Set<StoreKind> COMPUTING =
      EnumSet.of(
          StoreKind.CAFFEINE,
          StoreKind.EHCACHE,
          StoreKind.ROCKS_DB,
          StoreKind.ROCKS_DB_AS_MEMO,
          StoreKind.MEMO,
          StoreKind.MEMO_DISK,
          StoreKind.MEMO_SECONDARY,
          StoreKind.MEMO_SOCKET);

  private static final Latencies NONE = new Latencies(0, 0, 0, 0, 0, 0);
  private static final String ROUND_TRIP = "two round trips + memo, disk";

  private static final String LINE = "%-30s %-24s %-20s %s%n";

  private final Scale scale;
  private final int turnMillis;
  private final Selection peers;
  private final Map<StoreKind, Child> processes = new EnumMap<>(StoreKind.class);
  private final Bars bars = new Bars();

  private StoreTable(Scale scale, int turnMillis, Selection peers) {
    this.scale = scale;
    this.turnMillis = turnMillis;
    this.peers = peers;
  }

  /**
   * Takes the number of entries, the length of their values, the milliseconds of a turn, and words
   * of peers; or less of it.
   */
  public static void main(String[] args) {
    Scale scale =
        new Scale(
            args.length < 1 ? ENTRIES : Long.parseLong(args[0]),
            args.length < 2 ? VALUE_CHARS : Integer.parseInt(args[1]));
    int turnMillis = args.length < 3 ? TURN_MILLIS : Integer.parseInt(args[2]);
    Selection peers =
        new Selection(args.length < 4 ? new String[0] : Arrays.copyOfRange(args, 3, args.length));
    System.out.printf(
        Locale.ROOT,
        "JDK %s, %d cores, %,d entries of %,d characters%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        scale.entries(),
        scale.valueChars());
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      StoreTable table = new StoreTable(scale, turnMillis, peers);
      try {
        table.fill(folder.path());
        table.processes.values().forEach(process -> process.ask("warm"));
        for (int threads : List.of(1, 2)) {
          table.read("any of all", scale.entries(), threads);
          table.read("hot ones", Math.min(HOT, scale.entries()), threads);
        }
        table.memory();
        for (int threads : List.of(1, 2)) { // last: what is new makes all slower
          table.miss(threads, folder.path());
        }
        System.out.print(table.bars);
        peers.explain();
      } finally {
        table.endAll();
      }
    }
  }

  private void fill(Path folder) {
    System.out.printf(
        "%n" + LINE, "Filled", "seconds", "bytes on disk/entry", "MB then: outside the heap, heap");
    for (StoreKind store : StoreKind.values()) {
      if (StoreKind.PEERS.contains(store) && !peers.wants(store.toString())) {
        continue;
      }
      if (!store.isInstalled() && peers.isNarrow()) {
        throw new IllegalStateException(store + " was asked for, and is not installed");
      } else if (!store.isInstalled()) {
        System.out.printf(LINE, store, "is not installed", "", "");
        continue;
      }
      Child process = StoreProcess.start(store, folderOf(store, folder), scale, heap());
      processes.put(store, process);
      if (store.owner() == store) {
        double seconds = process.askNumber("fill");
        Memory memory = Memory.parse(process.ask("memory"));
        System.out.printf(
            LINE,
            store,
            Spread.number(seconds),
            Spread.number((double) DiskUsage.bytes(folderOf(store, folder)) / scale.entries()),
            memory.megabytes());
      }
    }
    processes.keySet().stream()
        .filter(store -> !store.note().isEmpty())
        .forEach(store -> System.out.println(store + ": " + store.note()));
  }

  private void memory() {
    System.out.printf("%n" + LINE, "After the hits", "MB outside the heap, heap", "", "");
    processes.forEach(
        (store, process) ->
            System.out.printf(
                LINE, store, Memory.parse(process.ask("memory")).megabytes(), "", ""));
  }

  private static Path folderOf(StoreKind store, Path parent) {
    try {
      return Files.createDirectories(parent.resolve(store.owner().name()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Enough for the maps that hold all. */
  private String heap() {
    long entries = scale.entries() + 2L * Rounds.MOST * turnKeys();
    long megabytes = 512 + entries * (200 + scale.valueChars()) * 2 / (1 << 20);
    return megabytes + "m";
  }

  private void read(String what, long limit, int threads) {
    String asked = "read " + limit + " " + threads + " " + turnMillis;
    Rounds<String, Double> rounds = new Rounds<>(new Selection(new String[0]));
    processes.forEach(
        (store, process) -> rounds.add(store.toString(), question -> process.askNumber(question)));
    Map<String, List<Double>> results = rounds.run(asked);
    header(
        "Hit, " + what, threads, "ns, each thread", "ratio to RocksDB tuned", "ratio to Caffeine");
    results.forEach(
        (store, nanos) ->
            System.out.printf(
                LINE,
                store,
                Spread.of(nanos),
                Spread.ofRatios(nanos, results.get(StoreKind.ROCKS_DB.toString())),
                Spread.ofRatios(nanos, results.get(StoreKind.CAFFEINE.toString()))));
    String where = what + ", " + threads(threads);
    for (StoreKind raw : List.of(StoreKind.ROCKS_DB_AS_MEMO, StoreKind.ROCKS_DB)) {
      bars.add("disk hit, " + where + beside(raw), 1.3, results, StoreKind.MEMO_DISK, raw);
    }
    bars.add(
        "hit in a secondary, " + where + beside(StoreKind.MEMO_DISK),
        1.2,
        results,
        StoreKind.MEMO_SECONDARY,
        StoreKind.MEMO_DISK);
    List<Double> caffeine = results.get(StoreKind.CAFFEINE.toString());
    if (limit <= HOT && caffeine != null) {
      List<Double> loop = requireNonNull(results.get(StoreKind.LOOP.toString()));
      bars.add(
          "heap hit, " + where + "; Caffeine, both without the loop",
          1.3,
          differences(requireNonNull(results.get(StoreKind.MEMO.toString())), loop),
          differences(caffeine, loop));
    }
  }

  private static List<Double> differences(List<Double> rounds, List<Double> others) {
    return IntStream.range(0, rounds.size()).mapToObj(i -> rounds.get(i) - others.get(i)).toList();
  }

  /** Of a function that costs nothing; beside RocksDB asked twice, and then told. */
  private void miss(int threads, Path folder) {
    int keys = turnKeys() / threads;
    Rounds<String, Latencies> rounds = new Rounds<>(new Selection(new String[0]));
    processes.forEach(
        (store, process) -> {
          if (COMPUTING.contains(store)) {
            rounds.add(store.toString(), question -> Latencies.parse(process.ask(question)));
          }
        });
    Map<String, List<Latencies>> results;
    List<Double> roundTrips = new ArrayList<>();
    try (SocketEcho claim = SocketEcho.start(folder, SocketEcho.BYTES);
        SocketEcho put = SocketEcho.start(folder, SocketEcho.BYTES + scale.valueChars())) {
      rounds.add(
          ROUND_TRIP,
          question -> {
            roundTrips.add(
                claim.nanos(threads, turnMillis / 2) + put.nanos(threads, turnMillis / 2));
            return NONE;
          });
      results = rounds.run("miss " + keys + " " + threads);
    }
    Map<String, List<Double>> means = new LinkedHashMap<>();
    results.forEach((store, rows) -> means.put(store, rows.stream().map(Latencies::mean).toList()));
    List<Double> primary = requireNonNull(means.get(StoreKind.MEMO_DISK.toString()));
    List<Double> counted =
        roundTrips.subList(roundTrips.size() - primary.size(), roundTrips.size());
    means.put(
        ROUND_TRIP,
        IntStream.range(0, primary.size()).mapToObj(i -> counted.get(i) + primary.get(i)).toList());
    header(
        "Miss", threads, "ns, each thread", "ratio to RocksDB tuned", "us: p50, p99, p99.9, most");
    means.forEach(
        (store, nanos) ->
            System.out.printf(
                LINE,
                store,
                Spread.of(nanos),
                Spread.ofRatios(nanos, means.get(StoreKind.ROCKS_DB.toString())),
                store.equals(ROUND_TRIP)
                    ? ""
                    : Latencies.percentiles(requireNonNull(results.get(store)))));
    String where = threads(threads);
    for (StoreKind raw : List.of(StoreKind.ROCKS_DB_AS_MEMO, StoreKind.ROCKS_DB)) {
      bars.add("miss in the primary, " + where + beside(raw), 1.5, means, StoreKind.MEMO_DISK, raw);
    }
    bars.add(
        "miss in a secondary, " + where + "; " + ROUND_TRIP,
        1,
        means.get(StoreKind.MEMO_SECONDARY.toString()),
        means.get(ROUND_TRIP));
  }

  /** New ones, in a turn of misses. */
  private int turnKeys() {
    int most = Math.min(MAX_TURN_KEYS, TURN_CHARS / scale.valueChars());
    return Math.max(MIN_TURN_KEYS, (int) ((long) most * turnMillis / TURN_MILLIS));
  }

  private static void header(String what, int threads, String... titles) {
    System.out.printf("%n" + LINE, what + ", " + threads(threads), titles[0], titles[1], titles[2]);
  }

  private static String beside(StoreKind other) {
    return "; " + other;
  }

  private static String threads(int threads) {
    return threads + (threads == 1 ? " thread" : " threads");
  }

  private void endAll() {
    List<Child> all = List.copyOf(processes.values());
    for (int i = all.size() - 1; i >= 0; i--) { // who owns a directory comes before who reads it
      all.get(i).close();
    }
  }
}
