package dev.memo.benchmarks;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
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
 * <p>The arguments are how many calls there are, a tenth of it for misses, how many bytes a value
 * has, and how many threads there are; 1,000,000, 100 and 2 without. Hits are asked for in the
 * order of their keys, where neighbours lie in one block, and shuffled. Values are arrays of bytes,
 * which the heap tier does not keep. The rows take turns in every round; a figure is the median of
 * the rounds and, in brackets, the least and the most of them. A ratio compares round by round.
 */
public final class BatchTable {
  private final int threads;
  private final CachedFunction<Long, byte[], RuntimeException> function;
  private long nextMiss = ProcessHandle.current().pid() * 1_000_000_000L;

  private BatchTable(Memo memo, Size size) {
    this.threads = size.threads();
    int bytes = size.bytes(); // the same in all processes
    this.function =
        memo.function("bytes", "1", TypeRef.of(Long.class), TypeRef.of(byte[].class))
            .capturesNothing()
            .calls(key -> Work.bytes(key, bytes));
  }

  /**
   * What is measured.
   *
   * @param bytes of each value
   */
  private record Size(long calls, int bytes, int threads) {
    static Size of(String[] args) {
      boolean isAsked = args.length > 0 && !args[0].isEmpty();
      return new Size(
          isAsked ? Long.parseLong(args[0]) : 1_000_000,
          args.length > 1 ? Integer.parseInt(args[1]) : 100,
          args.length > 2 ? Integer.parseInt(args[2]) : 2);
    }
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
    if (args.length == 5) {
      serve(Path.of(args[4]), Size.of(args));
      return;
    }
    Size size = Size.of(args);
    System.out.printf(
        Locale.ROOT,
        "JDK %s, %d cores, %,d calls on %s, values of %,d bytes%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        size.calls(),
        size.threads() == 1 ? "one thread" : size.threads() + " threads",
        size.bytes());
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Path directory = folder.path().resolve("d");
      try (Child first = start(directory, size, List.of())) {
        first.ask("BULK " + size.calls()); // stores all; who opens it next writes them into tables
      }
      Map<String, Child> children = new LinkedHashMap<>();
      try {
        children.put("primary", start(directory, size, List.of()));
        children.put("secondary", start(directory, size, List.of()));
        children.put("socket", start(directory, size, List.of("-Dmemo.reads=socket")));
        Bars bars = new Bars();
        children.forEach((name, child) -> print(name, child, size.calls(), bars));
        System.out.print(bars);
      } finally {
        List<Child> started = new ArrayList<>(children.values());
        for (int i = started.size() - 1; i >= 0; i--) {
          started.get(i).close();
        }
      }
    }
  }

  private static Child start(Path directory, Size size, List<String> options) {
    List<String> all = new ArrayList<>(options);
    long results = (size.calls() * size.bytes()) >> 20; // all at once, in MB
    all.add("-Xmx" + (1_024 + 2 * results) + "m");
    return Child.start(
        BatchTable.class, all, size.calls(), size.bytes(), size.threads(), "serve", directory);
  }

  private static void serve(Path directory, Size size) throws Exception {
    Child.becomeQuiet();
    try (Memo memo = Memo.open(directory)) {
      BatchTable table = new BatchTable(memo, size);
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
        Parallel.map(calls.isBulk() ? function : new Single(function), inputs, threads);
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
