package dev.memo.benchmarks;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.memo.benchmarks.stores.Key;
import dev.memo.benchmarks.stores.KeyValueStore;
import dev.memo.benchmarks.stores.Scale;
import dev.memo.benchmarks.stores.StoreKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One store in a process of its own. Answers with numbers. A read that does not find the value that
 * was put ends the process.
 */
final class StoreProcess {
  private static final int FILLING_THREADS = 2;

  /** All, or so many that each block of a store with short values has some of them. */
  private static final long WARM_KEYS = 300_000;

  private final StoreKind kind;
  private final Path folder;
  private final Scale scale;
  private final Meter meter;
  private KeyValueStore store;
  private long measurements;
  private long nextNew; // number of a key that nobody has put

  /**
   * @param firstNew the number of a key from which on nobody else puts any
   */
  private StoreProcess(StoreKind kind, Path folder, Scale scale, Meter meter, long firstNew) {
    this.kind = kind;
    this.folder = folder;
    this.scale = scale;
    this.meter = meter;
    this.store = kind.open(folder, scale);
    this.nextNew = firstNew;
  }

  static Child start(StoreKind store, Path folder, Scale scale, String heap) {
    List<String> options = new ArrayList<>(store.jvmOptions());
    options.add("-Xmx" + heap);
    return Child.start(
        StoreProcess.class,
        options,
        store.name(),
        folder,
        scale.entries(),
        scale.valueChars(),
        scale.functions());
  }

  /** Takes a name of {@link StoreKind}, its folder, and the {@link Scale}. */
  public static void main(String[] args) throws Exception {
    Child.becomeSilent();
    Scale scale =
        new Scale(Long.parseLong(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    try (Meter meter = new Meter()) {
      long firstNew = ProcessHandle.current().pid() << Integer.SIZE; // of others in its directory
      StoreProcess process =
          new StoreProcess(StoreKind.valueOf(args[0]), Path.of(args[1]), scale, meter, firstNew);
      Child.serve(process::answer);
      process.store.close();
    }
  }

  private String answer(String[] words) throws Exception {
    return switch (words[0]) {
      case "fill" -> fill();
      case "warm" -> warm();
      case "read" ->
          read(Long.parseLong(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "miss" ->
          miss(
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              words.length < 4 ? Long.MAX_VALUE : MILLISECONDS.toNanos(Long.parseLong(words[3])));
      case "reopen" -> reopen();
      case "memory" -> Memory.of(store.holder()).toString();
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  /** Answers with the seconds that it took to put all. */
  private String fill() throws Exception {
    long begin = System.nanoTime();
    meter.inThreads(
        FILLING_THREADS,
        thread -> {
          for (long number = thread; number < scale.entries(); number += FILLING_THREADS) {
            store.put(Key.of(number), scale.value(number));
          }
        });
    double seconds = (double) (System.nanoTime() - begin) / TimeUnit.SECONDS.toNanos(1);
    store.settle();
    return "" + seconds;
  }

  /** Reads most of what there is, so that what a store keeps in memory is there. */
  private String warm() throws Exception {
    long step = Math.max(1, scale.entries() / WARM_KEYS);
    meter.inThreads(
        FILLING_THREADS,
        thread -> {
          for (long i = thread; i * step < scale.entries(); i += FILLING_THREADS) {
            String unused = value(i * step);
          }
        });
    return "";
  }

  private String value(long number) {
    String value = store.get(Key.of(number));
    if (value == null || value.length() != scale.valueChars()) {
      throw new IllegalStateException("value of " + number + ": " + value);
    }
    return value;
  }

  /**
   * Has so many new keys computed by each thread, or fewer when the time is over; answers as {@link
   * Latencies} does.
   */
  private String miss(int keys, int threads, long mostNanos) throws Exception {
    String value = scale.value(0);
    long first = nextNew;
    nextNew += (long) keys * threads;
    long[][] nanos = new long[threads][keys];
    meter.inThreads(
        threads,
        thread -> {
          long start = System.nanoTime();
          long begin = start;
          int i = 0;
          for (; i < keys && begin - start < mostNanos; i++) {
            String computed = store.compute(Key.of(first + (long) thread * keys + i), value);
            if (computed.length() != value.length()) {
              throw new IllegalStateException(computed);
            }
            long end = System.nanoTime();
            nanos[thread][i] = end - begin;
            begin = end;
          }
          nanos[thread] = Arrays.copyOf(nanos[thread], i);
        });
    return Latencies.of(Arrays.stream(nanos).flatMapToLong(Arrays::stream).toArray()).toString();
  }

  /** Reads values of numbers below the limit; answers with nanoseconds per read. */
  private String read(long limit, int threads, int millis) throws Exception {
    long measurement = ++measurements;
    Meter.Measured measured =
        meter.measure(
            threads,
            millis,
            (thread, i) -> {
              String unused = value(Uniform.below(limit, measurement, thread, i));
            });
    return "" + measured.nanosPerCall();
  }

  /**
   * Answers with the nanoseconds that it takes to close it, and to open it until a value is read.
   */
  private String reopen() {
    long begin = System.nanoTime();
    store.close();
    long closed = System.nanoTime();
    store = kind.open(folder, scale);
    String value = store.get(Key.of(0));
    if (value == null) {
      throw new IllegalStateException("lost when closed");
    }
    return (closed - begin) + " " + (System.nanoTime() - closed);
  }
}
