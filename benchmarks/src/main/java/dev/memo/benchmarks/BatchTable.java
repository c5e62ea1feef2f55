package dev.memo.benchmarks;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.parallel.Parallel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Prints what a batch of calls costs, a call, if all are stored and if none is: by the handle,
 * which looks them up in bulk and asks for claims and stores results together, and call by call. In
 * the process that leads, in one that reads by itself, and in one that asks the primary for
 * everything:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=BatchTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=BatchTable -Dargs="100000"
 * </pre>
 *
 * <p>The argument is how many calls there are; 1,000,000 without, and a tenth of misses. Hits are
 * asked for in the order of their keys, where neighbours lie in one block, and shuffled. Values are
 * arrays of 100 bytes, which the heap tier does not keep. The rows take turns in every round; a
 * figure is the median of the rounds and, in brackets, the least and the most of them. A ratio
 * compares round by round.
 */
public final class BatchTable {
  private static final int THREADS = 2;

  private final CachedFunction<Long, byte[], RuntimeException> function;
  private long nextMiss = ProcessHandle.current().pid() * 1_000_000_000L;

  private BatchTable(Memo memo) {
    this.function =
        memo.function("bytes", "1", Long.class, byte[].class, key -> Work.bytes(key, 100));
  }

  /** What a batch is of. */
  private enum Calls {
    BULK,
    SINGLE,
    SHUFFLED_BULK,
    SHUFFLED_SINGLE,
    BULK_MISSES,
    SINGLE_MISSES;

    boolean isBulk() {
      return this == BULK || this == SHUFFLED_BULK || this == BULK_MISSES;
    }

    boolean isStored() {
      return this != BULK_MISSES && this != SINGLE_MISSES;
    }

    boolean isShuffled() {
      return this == SHUFFLED_BULK || this == SHUFFLED_SINGLE;
    }
  }

  /** A function of which a batch does not know that it is cached. */
  private record Single(CachedFunction<Long, byte[], RuntimeException> cached)
      implements ThrowingFunction<Long, byte[], RuntimeException> {
    @Override
    public byte[] call(Long key) {
      return cached.call(key);
    }
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      serve(Path.of(args[1]));
      return;
    }
    long keys = args.length == 0 || args[0].isEmpty() ? 1_000_000 : Long.parseLong(args[0]);
    System.out.printf(
        Locale.ROOT,
        "JDK %s, %d cores, %,d calls on %d threads%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        keys,
        THREADS);
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Path directory = folder.path().resolve("d");
      try (Child first = start(directory, List.of())) {
        first.ask("BULK " + keys); // stores all; who opens it next writes them into tables
      }
      Map<String, Child> children = new LinkedHashMap<>();
      try {
        children.put("primary", start(directory, List.of()));
        children.put("secondary", start(directory, List.of()));
        children.put("socket", start(directory, List.of("-Dmemo.reads=socket")));
        Bars bars = new Bars();
        children.forEach((name, child) -> print(name, child, keys, bars));
        System.out.print(bars);
      } finally {
        List<Child> started = new ArrayList<>(children.values());
        for (int i = started.size() - 1; i >= 0; i--) {
          started.get(i).close();
        }
      }
    }
  }

  private static Child start(Path directory, List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.add("-Xmx1g");
    return Child.start(BatchTable.class, all, "serve", directory);
  }

  private static void serve(Path directory) throws Exception {
    Child.becomeQuiet();
    try (Memo memo = Memo.open(directory)) {
      BatchTable table = new BatchTable(memo);
      Child.serve(
          words -> {
            double nanos = table.nanos(Calls.valueOf(words[0]), Long.parseLong(words[1]));
            return String.valueOf(nanos);
          });
    }
  }

  private double nanos(Calls calls, long keys) {
    long first = calls.isStored() ? 0 : nextMiss;
    nextMiss += calls.isStored() ? 0 : keys;
    List<Long> inputs = new ArrayList<>(LongStream.range(first, first + keys).boxed().toList());
    if (calls.isShuffled()) {
      Collections.shuffle(inputs, new Random(keys));
    }
    long begin = System.nanoTime();
    List<byte[]> results =
        Parallel.map(calls.isBulk() ? function : new Single(function), inputs, THREADS);
    double nanos = System.nanoTime() - begin;
    if (results.size() != keys) {
      throw new IllegalStateException("not all have a result");
    }
    return nanos / keys;
  }

  private static void print(String name, Child child, long keys, Bars bars) {
    Rounds<Child, Double> rounds = new Rounds<>(new Selection(new String[0]));
    for (Calls calls : Calls.values()) {
      long count = calls.isStored() ? keys : keys / 10;
      rounds.add(calls.name(), asked -> asked.askNumber(calls + " " + count));
    }
    Map<String, List<Double>> results = rounds.run(child);
    print(name + " hits", results, Calls.BULK, Calls.SINGLE);
    print(name + " hits, shuffled", results, Calls.SHUFFLED_BULK, Calls.SHUFFLED_SINGLE);
    print(name + " misses", results, Calls.BULK_MISSES, Calls.SINGLE_MISSES);
    addBar(bars, name, results, Calls.BULK, Calls.SINGLE);
    addBar(bars, name + ", shuffled", results, Calls.SHUFFLED_BULK, Calls.SHUFFLED_SINGLE);
  }

  private static void addBar(
      Bars bars, String name, Map<String, List<Double>> results, Calls bulk, Calls single) {
    bars.add(
        "hits in bulk, beside single ones, " + name,
        0.7,
        results.get(bulk.name()),
        results.get(single.name()));
  }

  private static void print(
      String name, Map<String, List<Double>> results, Calls together, Calls alone) {
    List<Double> bulk = results.getOrDefault(together.name(), List.of());
    List<Double> single = results.getOrDefault(alone.name(), List.of());
    System.out.printf(
        "%-25s bulk %s ns, single %s ns, ratio %s%n",
        name, Spread.of(bulk), Spread.of(single), Spread.ratios(bulk, single));
  }
}
