package dev.memo.benchmarks;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.parallel.Parallel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * One process of a directory that is read. Answers with lines of numbers. A measurement that did
 * not do what its name says ends the process: a call that was no hit, a hit from elsewhere.
 */
final class ReadWorker {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int THREADS = 2;
  private static final long CHUNK = 100_000;

  /** Reads that ask though they should not, because the database is opened anew meanwhile. */
  private static final double MAX_STRAY = 0.01;

  private final Memo memo;
  private final Meter meter;
  private final LagBoard board;
  private final CachedFunction<Long, byte[], RuntimeException> function;
  private final AtomicLong measurements = new AtomicLong();

  /** Where hits come from. */
  enum From {
    /** This process. */
    HERE,
    /** The primary in another process. */
    SOCKET,
    /** Whichever. */
    ANYWHERE
  }

  private ReadWorker(Memo memo, Meter meter, LagBoard board) {
    this.memo = memo;
    this.meter = meter;
    this.board = board;
    // arrays can change, so the heap tier does not keep them
    this.function = memo.function("bytes", "1", Long.class, byte[].class, ReadWorker::bytes);
  }

  private static byte[] bytes(long key) {
    return Work.bytes(key, 100);
  }

  /** Takes the directory and the file of a {@link LagBoard}. */
  public static void main(String[] args) throws Exception {
    Child.becomeQuiet();
    try (Memo memo = Memo.open(Path.of(args[0]));
        Meter meter = new Meter()) {
      Child.serve(new ReadWorker(memo, meter, LagBoard.open(Path.of(args[1])))::answer);
    }
  }

  private String answer(String[] words) throws Exception {
    return switch (words[0]) {
      case "fill" -> fill(Long.parseLong(words[1]), Long.parseLong(words[2]));
      case "fillLog" -> fillLog(Long.parseLong(words[1]));
      case "read" ->
          read(
              From.valueOf(words[1]),
              Long.parseLong(words[2]),
              Integer.parseInt(words[3]),
              Integer.parseInt(words[4]));
      case "store" -> store(Long.parseLong(words[1]));
      case "lag" -> lag(From.valueOf(words[1]), Long.parseLong(words[2]));
      case "batch" -> batch(Long.parseLong(words[1]));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  /** Stores results of as many keys as the second number, from the first on. */
  private String fill(long first, long count) {
    for (long from = first; from < first + count; from += CHUNK) {
      Parallel.forEach(function::call, keys(from, Math.min(CHUNK, first + count - from)), THREADS);
    }
    return "filled";
  }

  /** Stores until the logs of the database hold that many bytes, or some do not grow any more. */
  private String fillLog(long bytes) {
    Path data = memo.directory().resolve("data");
    long first = 1L << 40;
    for (int i = 0; i < 1_000 && ReadProcesses.bytes(data, "*.log") < bytes; i++, first += 100) {
      String unused = fill(first, 100);
    }
    return "filled";
  }

  private static List<Long> keys(long first, long count) {
    return LongStream.range(first, first + count).boxed().toList();
  }

  /** Calls with keys at random, of those below the number; answers with nanoseconds per call. */
  private String read(From from, long keys, int threads, int millis) throws Exception {
    if (from == From.HERE) {
      awaitLocal(keys);
    }
    FunctionStats before = function.stats();
    long asked = asked();
    long measurement = measurements.incrementAndGet();
    Meter.Measured measured =
        meter.measure(
            threads,
            millis,
            (thread, i) -> function.call(Uniform.below(keys, measurement, thread, i)));
    long asking = asked() - asked;
    FunctionStats after = function.stats();
    require(after.misses() == before.misses(), after);
    require(of(HitSource.HEAP, after) == of(HitSource.HEAP, before), after);
    // the hit of a thread that joins the flight of the other is of neither kind
    long joined = of(HitSource.FLIGHT, after) - of(HitSource.FLIGHT, before);
    long stray = from == From.HERE ? asking : measured.calls() - asking - joined;
    require(stray <= measured.calls() * MAX_STRAY, asking + " of " + measured + " asked");
    return "" + measured.nanosPerCall();
  }

  /** Reads until this process need not ask. */
  private void awaitLocal(long keys) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long before;
    do {
      require(System.nanoTime() < deadline, "reads that ask, " + PATIENCE + " long");
      before = asked();
      long measurement = measurements.incrementAndGet();
      for (int i = 0; i < 100; i++) {
        function.call(Uniform.below(keys, measurement, 0, i));
      }
    } while (asked() > before);
  }

  private long asked() {
    return memo.stats().shared().asked();
  }

  private String store(long key) {
    function.call(key);
    board.write(key, System.nanoTime());
    return "stored";
  }

  /** Says when it waits; answers with the nanoseconds from the store to the first hit. */
  private String lag(From from, long key) {
    System.out.println("waiting");
    long stored = board.await(key);
    long found;
    boolean isHit;
    do {
      long before = from == From.HERE ? asked() : 0;
      isHit = function.isCached(key);
      found = System.nanoTime();
      isHit &= from != From.HERE || asked() == before;
    } while (!isHit);
    return "" + (found - stored);
  }

  /** Answers with the nanoseconds, and with how often the primary was asked. */
  private String batch(long count) {
    List<Long> keys = keys(0, count);
    long asked = asked();
    long begin = System.nanoTime();
    int results = Parallel.map(function, keys, THREADS).size();
    long nanos = System.nanoTime() - begin;
    FunctionStats stats = function.stats();
    require(results == count && stats.misses() == 0, stats);
    return nanos + " " + (asked() - asked);
  }

  @SuppressWarnings("NullAway") // has all
  private static long of(HitSource source, FunctionStats stats) {
    return stats.hitsBySource().get(source);
  }

  private static void require(boolean condition, Object found) {
    if (!condition) {
      throw new IllegalStateException("not what was to be measured: " + found);
    }
  }
}
