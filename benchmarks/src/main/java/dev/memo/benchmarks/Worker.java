package dev.memo.benchmarks;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.call.ThrowingFunction;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One process of a directory, as {@link Workers} starts it. Answers with lines of numbers. A
 * measurement that did not do what its name says ends the process: a miss that was none, a hit from
 * elsewhere.
 */
final class Worker {
  /** A call that starts this long after the kill was not answered by the dead. */
  private static final long AFTER_KILL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long NOT_KILLED = Long.MAX_VALUE;

  private final Memo memo;
  private final Map<Work, CachedFunction<Long, ?, RuntimeException>> functions =
      new EnumMap<>(Work.class);
  private final Meter meter;
  private final AtomicLong nextFreshKey;
  private volatile long killedNanos = NOT_KILLED;

  private Worker(Memo memo, Meter meter, int number) {
    this.memo = memo;
    this.meter = meter;
    this.nextFreshKey = new AtomicLong((number + 1L) << 40);
    for (Work work : Work.values()) {
      functions.put(work, work.in(memo));
    }
  }

  /** Takes the directory and a number that no other worker has. */
  public static void main(String[] args) throws Exception {
    Child.becomeQuiet();
    try (Memo memo = Memo.open(Path.of(args[0]));
        Meter meter = new Meter()) {
      Child.serve(new Worker(memo, meter, Integer.parseInt(args[1]))::answer);
    }
  }

  private String answer(String[] words) throws Exception {
    return switch (words[0]) {
      case "plain" -> plain(Work.valueOf(words[1]), number(words[2]), number(words[3]));
      case "miss" -> miss(Work.valueOf(words[1]), number(words[2]), number(words[3]));
      case "hit" -> hit(Work.valueOf(words[1]), number(words[2]), number(words[3]));
      case "shared" ->
          shared(Work.valueOf(words[1]), number(words[2]), Long.parseLong(words[3]), words[4]);
      case "fill" -> fill(Long.parseLong(words[1]));
      case "takeover" -> takeover(Long.parseLong(words[1]));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private String plain(Work work, int threadCount, int millis) throws Exception {
    return measure(work.plain(), i -> i, threadCount, millis);
  }

  private String miss(Work work, int threadCount, int millis) throws Exception {
    CachedFunction<Long, ?, RuntimeException> function = cached(work);
    FunctionStats before = function.stats();
    String answer = measure(function, i -> nextFreshKey.getAndIncrement(), threadCount, millis);
    FunctionStats after = function.stats();
    require(
        after.computations() - before.computations() == after.calls() - before.calls()
            && after.misses() - before.misses() == after.calls() - before.calls()
            && after.unstored() == before.unstored()
            && after.spooled() == before.spooled(),
        after);
    return answer;
  }

  private String hit(Work work, int threadCount, int millis) throws Exception {
    CachedFunction<Long, ?, RuntimeException> function = cached(work);
    for (long key = 0; key < work.storedKeys(); key++) {
      function.call(key);
    }
    FunctionStats before = function.stats();
    String answer = measure(function, i -> i % work.storedKeys(), threadCount, millis);
    FunctionStats after = function.stats();
    long fromHeap = fromHeap(after) - fromHeap(before);
    boolean keptInHeap = work == Work.TEXT_100 || work == Work.TEXT_64K;
    require(
        after.misses() == before.misses()
            && fromHeap == (keptInHeap ? after.calls() - before.calls() : 0),
        after);
    return answer;
  }

  /** Calls as the keys say until the time is over; answers with calls, and nanoseconds per call. */
  private String measure(
      ThrowingFunction<Long, ?, RuntimeException> function, Keys keys, int threadCount, int millis)
      throws Exception {
    Meter.Measured measured =
        meter.measure(
            threadCount,
            millis,
            (thread, i) -> {
              if (function.call(keys.key(thread * 37L + i)) == null) {
                throw new IllegalStateException("no result");
              }
            });
    return measured.calls() + " " + measured.nanosPerCall();
  }

  /** Calls each of the keys once, in an order of its own; answers with how many it computed. */
  private String shared(Work work, int threadCount, long firstKey, String count) throws Exception {
    CachedFunction<Long, ?, RuntimeException> function = cached(work);
    List<Long> keys = new ArrayList<>();
    for (long i = 0; i < number(count); i++) {
      keys.add(firstKey + i);
    }
    Collections.shuffle(keys, new Random(nextFreshKey.get()));
    AtomicInteger next = new AtomicInteger();
    long before = function.stats().computations();
    meter.inThreads(
        threadCount,
        thread -> {
          for (int i = next.getAndIncrement(); i < keys.size(); i = next.getAndIncrement()) {
            function.call(keys.get(i));
          }
        });
    return "" + (function.stats().computations() - before);
  }

  /** Stores values of 1 KiB until the logs of the database hold that many bytes. */
  private String fill(long bytes) throws IOException {
    for (long key = 0; key < Work.BYTES_100.storedKeys(); key++) {
      cached(Work.BYTES_100).call(key);
    }
    CachedFunction<Long, ?, RuntimeException> function = cached(Work.BYTES_1K);
    int calls = 0;
    while (logBytes() < bytes && calls < 200_000) {
      for (int i = 0; i < 50; i++, calls++) {
        function.call(nextFreshKey.getAndIncrement());
      }
    }
    return "" + calls;
  }

  /**
   * Calls in two threads, what is not stored and what is, and kills the primary meanwhile. Answers
   * with the bytes of the logs then, the time until a call that is not stored returns, that until
   * one is a hit, and the results that were spooled.
   */
  private String takeover(long primary) throws Exception {
    Future<Long> cold = meter.begin(this::untilComputed);
    Future<Long> hit = meter.begin(this::untilHit);
    TimeUnit.MILLISECONDS.sleep(200);
    long logBytes = logBytes();
    ProcessHandle process = ProcessHandle.of(primary).orElseThrow();
    long now = System.nanoTime();
    process.destroyForcibly();
    killedNanos = now;
    return logBytes
        + " "
        + cold.get()
        + " "
        + hit.get()
        + " "
        + (cached(Work.NOTHING).stats().spooled() + cached(Work.BYTES_100).stats().spooled());
  }

  private long untilComputed() {
    while (true) {
      boolean counts = isAfterKill();
      cached(Work.NOTHING).call(nextFreshKey.getAndIncrement());
      if (counts) {
        return System.nanoTime() - killedNanos;
      }
    }
  }

  private long untilHit() {
    CachedFunction<Long, ?, RuntimeException> function = cached(Work.BYTES_100);
    for (long i = 0; ; i++) {
      boolean counts = isAfterKill();
      long before = counts ? function.stats().computations() : 0;
      function.call(i % Work.BYTES_100.storedKeys());
      if (counts && function.stats().computations() == before) {
        return System.nanoTime() - killedNanos;
      }
    }
  }

  private boolean isAfterKill() {
    long killed = killedNanos;
    return killed != NOT_KILLED && System.nanoTime() - killed > AFTER_KILL_NANOS;
  }

  private long logBytes() throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> logs =
        Files.newDirectoryStream(memo.directory().resolve("data"), "*.log")) {
      for (Path log : logs) {
        bytes += log.toFile().length(); // 0 if it went meanwhile
      }
    }
    return bytes;
  }

  @SuppressWarnings("NullAway") // has all
  private CachedFunction<Long, ?, RuntimeException> cached(Work work) {
    return functions.get(work);
  }

  @SuppressWarnings("NullAway") // has all
  private static long fromHeap(FunctionStats stats) {
    return stats.hitsBySource().get(HitSource.HEAP);
  }

  private static int number(String word) {
    return Integer.parseInt(word);
  }

  private static void require(boolean condition, Object found) {
    if (!condition) {
      throw new IllegalStateException("not what was to be measured: " + found);
    }
  }

  /** The key of a thread's next call. */
  private interface Keys {
    long key(long i);
  }
}
