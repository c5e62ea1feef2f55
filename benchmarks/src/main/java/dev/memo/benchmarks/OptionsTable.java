package dev.memo.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.memo.benchmarks.stores.Key;
import dev.memo.benchmarks.stores.RocksSetup;
import dev.memo.benchmarks.stores.Scale;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Prints what the options of RocksDB cost and bring, one changed at a time, from where memo stands:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=OptionsTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=OptionsTable -Dargs="20000 10000"
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=OptionsTable -Dargs="1000000 100 64 memo filter"
 * </pre>
 *
 * <p>The arguments say how many entries there are, how long their values, and how many MB the cache
 * of blocks has: as memo's, or enough for all. Words after them select rows. Reads are {@code get}
 * of bytes on one thread. All take turns in every round; a ratio compares round by round.
 *
 * <p><b>CPU s</b> is what all threads took to put the entries and to compact what is due.
 *
 * <p>With the word {@code settled} the databases are compacted before they are read; otherwise they
 * are read as writes have left them.
 */
public final class OptionsTable {
  private static final long HOT = 1_000;
  private static final int TURN_MILLIS = 300;
  private static final OperatingSystemMXBean CPU =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final String LINE = "%-46s %-22s %-20s %-20s %-20s %-12s %s%n";

  private final Selection selection;
  private final Scale scale;
  private final Map<RocksSetup, RawRocks> open = new EnumMap<>(RocksSetup.class);
  private final Map<RocksSetup, Double> fillSeconds = new EnumMap<>(RocksSetup.class);
  private final Meter meter;
  private final Path folder;
  private final boolean settles;
  private long measurements;

  private OptionsTable(
      Selection selection, boolean settles, Scale scale, Meter meter, Path folder) {
    this.selection = selection;
    this.settles = settles;
    this.scale = scale;
    this.meter = meter;
    this.folder = folder;
  }

  /** Takes the number of entries, the length of values, and the MB of the cache; or nothing. */
  public static void main(String[] args) throws Exception {
    Scale scale =
        new Scale(
            args.length < 1 ? 300_000 : Long.parseLong(args[0]),
            args.length < 2 ? 100 : Integer.parseInt(args[1]));
    long cacheMegabytes = args.length < 3 ? 64 : Long.parseLong(args[2]);
    List<String> words =
        new ArrayList<>(args.length < 3 ? List.of() : List.of(args).subList(3, args.length));
    boolean settles = words.remove("settled");
    RocksDB.loadLibrary();
    System.out.printf(
        Locale.ROOT,
        "JDK %s, %d cores, %,d entries of %,d characters, a cache of %d MB, read as %s%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        scale.entries(),
        scale.valueChars(),
        cacheMegabytes,
        settles ? "compacted" : "writes leave it");
    try (TemporaryFolder temporary = TemporaryFolder.make();
        Meter meter = new Meter()) {
      Selection selection = new Selection(words.toArray(new String[0]));
      OptionsTable table = new OptionsTable(selection, settles, scale, meter, temporary.path());
      try {
        table.warmUp(cacheMegabytes << 20);
        table.fill(cacheMegabytes << 20);
        table.print();
        selection.explain();
      } finally {
        table.open.values().forEach(RawRocks::close);
      }
    }
  }

  /** What is compiled meanwhile is counted for no row. */
  private void warmUp(long cacheBytes) throws IOException, RocksDBException {
    try (RawRocks rocks = fill(RocksSetup.MEMO, cacheBytes, folder.resolve("warm-up"))) {
      rocks.awaitCompaction();
    }
  }

  private void fill(long cacheBytes) throws IOException, RocksDBException {
    for (RocksSetup setup : RocksSetup.values()) {
      if (!selection.wants(setup.toString())) {
        continue;
      }
      long begin = CPU.getProcessCpuTime();
      RawRocks rocks = fill(setup, cacheBytes, folder.resolve(setup.name()));
      open.put(setup, rocks);
      rocks.awaitCompaction();
      fillSeconds.put(setup, (CPU.getProcessCpuTime() - begin) / 1e9);
      if (settles) {
        rocks.settle();
      }
    }
  }

  private RawRocks fill(RocksSetup setup, long cacheBytes, Path data)
      throws IOException, RocksDBException {
    RawRocks rocks = RawRocks.of(setup, cacheBytes, Files.createDirectories(data));
    for (long i = 0; i < scale.entries(); i++) {
      rocks.put(bytes(i), scale.value(i).getBytes(StandardCharsets.UTF_8));
    }
    return rocks;
  }

  private static byte[] bytes(long number) {
    return Key.of(number).bytes();
  }

  private interface Read {
    double nanos(RawRocks rocks) throws Exception;
  }

  private void print() {
    Map<String, List<Double>> any = rounds(rocks -> read(rocks, 0, scale.entries()));
    Map<String, List<Double>> hot = rounds(rocks -> read(rocks, 0, Math.min(HOT, scale.entries())));
    Map<String, List<Double>> missing =
        rounds(rocks -> read(rocks, scale.entries(), scale.entries()));
    System.out.printf(
        "%n" + LINE,
        "",
        "ns, any of all",
        "ratio",
        "ns, hot ones",
        "ns, missing",
        "bytes/entry",
        "CPU s");
    List<Double> base = any.get(RocksSetup.MEMO.toString());
    for (RocksSetup setup : open.keySet()) {
      String name = setup.toString();
      System.out.printf(
          LINE,
          name,
          Spread.of(any.getOrDefault(name, List.of())),
          Spread.ofRatios(any.get(name), base),
          Spread.of(hot.getOrDefault(name, List.of())),
          Spread.of(missing.getOrDefault(name, List.of())),
          Spread.number((double) DiskUsage.bytes(folder.resolve(setup.name())) / scale.entries()),
          Spread.number(fillSeconds.getOrDefault(setup, 0.0)));
    }
  }

  private Map<String, List<Double>> rounds(Read read) {
    Rounds<Read, Double> rounds = new Rounds<>(new Selection(new String[0]));
    open.forEach(
        (setup, rocks) ->
            rounds.add(
                setup.toString(),
                asked -> {
                  try {
                    return asked.nanos(rocks);
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }));
    return rounds.run(read);
  }

  private double read(RawRocks rocks, long first, long limit) throws Exception {
    long measurement = ++measurements;
    boolean wanted = first < scale.entries();
    return meter
        .measure(
            1,
            TURN_MILLIS,
            (thread, i) -> {
              byte[] found = rocks.get(bytes(first + Uniform.below(limit, measurement, thread, i)));
              if ((found != null) != wanted) {
                throw new IllegalStateException("found: " + (found != null));
              }
            })
        .nanosPerCall();
  }
}
