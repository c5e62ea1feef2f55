package dev.memo.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.memo.Memo;
import dev.memo.call.BulkCalls;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionIdentity;
import dev.memo.claims.CallKey;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.parallel.Parallel;
import dev.memo.parallel.Plan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;

/**
 * Prints what the plan of a batch costs, an input, beside what no plan can do without: encoding the
 * arguments, and one {@code multiGet} of RocksDB for the keys of 256 inputs. Both on two threads:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=PlanTable
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=PlanTable -Dargs="100000"
 * </pre>
 *
 * <p>The argument is how many inputs there are; 200,000 without. Hits are arrays of 100 bytes,
 * which the heap tier does not keep, and small records, which it would if they were called. The
 * rows take turns in every round; a figure is the median of the rounds and, in brackets, the least
 * and the most of them. A ratio compares round by round. It is processor time that counts, of both
 * threads, so that what else the machine does counts less.
 */
public final class PlanTable {
  private static final int THREADS = 2;
  private static final int WARM_UPS = 5; // each is short, and a plan is compiled after the first
  private static final int ROUNDS = 25;

  private final List<Long> inputs;
  private final Memo memo;
  private final RawRocks raw;

  private PlanTable(List<Long> inputs, Memo memo, RawRocks raw) {
    this.inputs = inputs;
    this.memo = memo;
    this.raw = raw;
  }

  /** What a geocoder might return. */
  record Spot(String name, double latitude, double longitude, List<String> tags) {}

  /** What is asked for: functions by what they return, and the share of it that is stored. */
  @SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing
  private enum Asked {
    BYTES(1, byte[].class, key -> Work.bytes(key, 100)),
    RECORDS(1, Spot.class, key -> new Spot("at " + key, key, -key, List.of("a", "b"))),
    HALF(2, byte[].class, key -> Work.bytes(key, 100)),
    NOTHING(0, byte[].class, key -> Work.bytes(key, 100));

    private final int every; // so many inputs one is stored; 0: none is
    private final Class<?> type;
    private final LongFunction<Object> function;

    <R> Asked(int every, Class<R> type, LongFunction<R> function) {
      this.every = every;
      this.type = type;
      this.function = function::apply;
    }

    @SuppressWarnings("unchecked") // the function returns what the type says
    CachedFunction<Long, ?, RuntimeException> in(Memo memo) {
      TypeRef<Object> result = TypeRef.of((Class<Object>) type);
      return memo.function(name(), "1", TypeRef.of(Long.class), result)
          .capturesNothing()
          .calls(function::apply);
    }

    List<Long> stored(List<Long> inputs) {
      return inputs.stream().filter(key -> every > 0 && key % every == 0).toList();
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static void main(String[] args) throws Exception {
    Child.becomeQuiet();
    int keys = args.length == 0 || args[0].isEmpty() ? 200_000 : Integer.parseInt(args[0]);
    System.out.printf(
        Locale.ROOT,
        "JDK %s, %d cores, %,d inputs on %d threads%n",
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        keys,
        THREADS);
    List<Long> inputs = LongStream.range(0, keys).boxed().toList();
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Path directory = folder.path().resolve("d");
      try (Memo memo = Memo.open(directory)) {
        for (Asked asked : Asked.values()) {
          Parallel.forEach(asked.in(memo)::call, asked.stored(inputs), THREADS);
        }
      }
      Memo.open(directory).close(); // writes what is in the log into tables
      Path copy = folder.path().resolve("copy");
      copy(directory.resolve("data"), copy);
      try (Memo memo = Memo.open(directory);
          RawRocks raw = RawRocks.primary(copy)) {
        PlanTable table = new PlanTable(inputs, memo, raw);
        for (Asked asked : Asked.values()) {
          table.print(asked);
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private void print(Asked asked) {
    Rounds<PlanTable, Double> rounds = new Rounds<>(new Selection(new String[0]));
    CachedFunction<Long, ?, RuntimeException> function = asked.in(memo);
    rounds.add("plan", table -> table.plan(asked, function));
    rounds.add("raw", table -> table.multiGet(asked));
    Map<String, List<Double>> results = rounds.run(this, WARM_UPS, ROUNDS);
    List<Double> plan = results.getOrDefault("plan", List.of());
    List<Double> multiGet = results.getOrDefault("raw", List.of());
    System.out.printf(
        "%-8s plan %s ns, multiGet %s ns, ratio %s%n",
        asked, Spread.of(plan), Spread.of(multiGet), Spread.ratios(plan, multiGet));
  }

  private double plan(Asked asked, CachedFunction<Long, ?, RuntimeException> function) {
    long begin = cpuNanos();
    Plan plan = Parallel.plan(function, inputs, THREADS);
    double nanos = cpuNanos() - begin;
    require(plan.hits() == asked.stored(inputs).size());
    return nanos / inputs.size();
  }

  private double multiGet(Asked asked) {
    ArgumentsFormat<Long> arguments = ArgumentsFormat.ofOne(Long.class);
    long functionId = new FunctionIdentity(asked.name(), "1").functionId();
    int variant = ResultFormat.of(asked.type, List.of()).variant();
    int chunks = (inputs.size() - 1) / BulkCalls.CHUNK + 1;
    AtomicInteger next = new AtomicInteger();
    AtomicInteger found = new AtomicInteger();
    long begin = cpuNanos();
    try (Meter meter = new Meter()) {
      meter.inThreads(
          THREADS,
          thread -> {
            for (int i = next.getAndIncrement(); i < chunks; i = next.getAndIncrement()) {
              int to = Math.min((i + 1) * BulkCalls.CHUNK, inputs.size());
              List<byte[]> keys = new ArrayList<>(BulkCalls.CHUNK);
              for (Long input : inputs.subList(i * BulkCalls.CHUNK, to)) {
                EncodedArguments encoded = new EncodedArguments(arguments.encode(input));
                keys.add(CallKey.of(functionId, encoded).entryKey(0, variant));
              }
              found.addAndGet(found(keys));
            }
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    double nanos = cpuNanos() - begin;
    require(found.get() == asked.stored(inputs).size());
    return nanos / inputs.size();
  }

  /** Of all threads, those of the JVM included. */
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private int found(List<byte[]> keys) throws RocksDBException {
    int found = 0;
    for (byte[] value : raw.multiGet(keys)) {
      found += value == null ? 0 : 1;
    }
    return found;
  }

  private static void require(boolean told) {
    if (!told) {
      throw new IllegalStateException("that is not what is stored");
    }
  }
}
