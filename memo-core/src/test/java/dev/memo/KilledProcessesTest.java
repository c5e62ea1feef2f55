package dev.memo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.Lookup;
import dev.memo.call.MissReason;
import dev.memo.codec.TypeRef;
import dev.memo.process.ChosenReads;
import dev.memo.process.DirectorySettings;
import dev.memo.process.ObservedReads;
import dev.memo.process.ReadPath;
import dev.memo.process.reads.LocalReads;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that share a directory and are killed, the primary among them, at any moment. */
@Tag("heavy")
final class KilledProcessesTest {
  private static final long SEED = Long.getLong("memo.test.seed", 20261121L);
  private static final int KILLS = "soak".equals(System.getProperty("memo.test.size")) ? 250 : 3;
  private static final int PROCESSES = 3;
  private static final int THREADS = 16;
  private static final int CALLS_BETWEEN_KILLS = 60;

  /** What the processes have to find in their own views before they are told to stop. */
  private static final long READS_HERE = 200;

  /** After each call. */
  private static final int LOOKS = 4;

  /** Who was silent for 5 s is left, and with it what only it could have shown. */
  private static final Duration NO_PRIMARY = Duration.ofSeconds(4);

  private static final Duration LONGEST_CALL = Duration.ofMillis(200 + 5_000 + 10_000);

  private static final Pattern EXCEPTIONS = Pattern.compile("^ended, exceptions (\\d+) of ");

  private final Path folder;
  private final Path directory;
  private final List<ChildJvm> children = new ArrayList<>();
  private final Map<ChildJvm, Integer> numbers = new HashMap<>();
  private final Set<Integer> victims = new HashSet<>();
  private int started;
  private long exceptionsOfAll;

  KilledProcessesTest(@TempDir Path folder) {
    this.folder = folder;
    this.directory = folder.resolve("shared.memo");
  }

  @ParameterizedTest
  @EnumSource(ReadPath.class)
  @DisplayName("P1, P3: whoever is killed, calls are computed once and no result is lost")
  void computesOnceAndLosesNothing(ReadPath readPath) throws IOException {
    Random random = new Random(SEED);
    int primaries = 0;
    long exceptions = 0;
    try {
      while (children.size() < PROCESSES) {
        startOne(readPath);
      }
      for (int kill = 0; kill < KILLS; kill++) {
        int enough = computed().size() + CALLS_BETWEEN_KILLS;
        await(() -> computed().size() >= enough);
        ChildJvm primary = primary();
        boolean aimed = kill % 2 == 0 && primary != null;
        ChildJvm victim = aimed ? primary : children.get(random.nextInt(children.size()));
        primaries += victim == primary ? 1 : 0;
        victim.kill();
        victims.add(numbers.get(victim));
        children.remove(victim);
        startOne(readPath);
      }
      if (readPath == ReadPath.SECONDARY) {
        await(() -> readHere() >= READS_HERE);
      }
      int limit = 1 + computed().stream().mapToInt(Integer::parseInt).max().orElseThrow();
      Files.writeString(folder.resolve("unfinished"), Integer.toString(limit));
      Files.move(folder.resolve("unfinished"), folder.resolve("stop"));
      for (ChildJvm child : children) {
        exceptions += exceptions(child.awaitLine("ended", "failed"));
      }
      for (ChildJvm child : children) {
        child.awaitEnd();
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
    assertThat(primaries).isGreaterThanOrEqualTo(KILLS / 3);
    assertThat(lines("wrong-")).as("seed %s", SEED).isEmpty();
    List<String> computed = computed();
    Set<String> keys = new HashSet<>(computed);
    Set<Integer> stored = requireAcknowledged();
    // what a killed process had not told is missing in what all tell, of the others nothing
    long ofAll = Math.max(exceptions, exceptionsOfAll);
    System.out.println(
        ("%s: %d computations of %d keys, %d kills, %d of them of the primary, %d exceptions of P1,"
                + " %d of them of processes that were not killed; read here: %d")
            .formatted(
                readPath,
                computed.size(),
                keys.size(),
                KILLS,
                primaries,
                ofAll,
                exceptions,
                readHere()));
    assertThat(readHere() > 0).isEqualTo(readPath == ReadPath.SECONDARY);
    assertThat((long) computed.size()).isLessThanOrEqualTo(keys.size() + THREADS * KILLS + ofAll);
    List<String> twice = computedTwice();
    assertThat((long) twice.size())
        .as("seed %s: computed again though nobody was killed who computed it: %s", SEED, twice)
        .isLessThanOrEqualTo(exceptions);
    assertThat(keys.stream().map(Integer::valueOf)).as("every key ends stored").isSubsetOf(stored);
  }

  /**
   * Keys, once for each of their computations that neither the first one nor a kill explains. What
   * a killed process computed under an exception of P1 needs no other explanation either.
   */
  private List<String> computedTwice() {
    List<String> unexplained = computed();
    for (String key : Set.copyOf(unexplained)) {
      unexplained.remove(key);
    }
    for (int victim : victims) {
      Path file = folder.resolve("computed-" + victim);
      if (Files.exists(file)) { // else it was killed before it began
        // of each key once: a process does not compute it twice
        Set.copyOf(wholeLines(file)).forEach(unexplained::remove);
      }
    }
    return unexplained;
  }

  /** How many calls of a process that was not killed computed under an exception of P1. */
  private static long exceptions(String line) {
    Matcher matcher = EXCEPTIONS.matcher(line);
    assertThat(matcher.find()).as(line).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  /** The process that says it is the primary; null while there is none. */
  private ChildJvm primary() throws IOException {
    Map<String, String> owner = new HashMap<>();
    for (String line : Files.readAllLines(directory.resolve("owner"))) {
      String[] parts = line.split("=", 2);
      owner.put(parts[0], parts[parts.length - 1]);
    }
    return children.stream()
        .filter(child -> Long.toString(child.process().pid()).equals(owner.get("pid")))
        .findFirst()
        .orElse(null);
  }

  private void startOne(ReadPath readPath) {
    ChildJvm child =
        ChildJvm.of(Worker.class, directory, folder, started, readPath).shortLived().start();
    numbers.put(child, started++);
    children.add(child);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("seed %s goes on", SEED).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /** How often a process has found what it looked for in its own view. */
  private long readHere() {
    return lines("here-").size();
  }

  private List<String> computed() {
    return lines("computed-");
  }

  private List<String> lines(String prefix) {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(prefix)) {
          lines.addAll(wholeLines(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  /** The last line of a killed process may be cut. */
  private static List<String> wholeLines(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that was returned is stored; returns the keys. */
  private Set<Integer> requireAcknowledged() {
    Map<Integer, String> values = new HashMap<>();
    for (String line : lines("returned-")) {
      String[] parts = line.split(" ", -1);
      String other = values.putIfAbsent(Integer.parseInt(parts[0]), parts[1]);
      assertThat(other).as("seed %s: all get one value: %s", SEED, line).isIn(null, parts[1]);
      assertThat(Long.parseLong(parts[2])).as(line).isLessThan(LONGEST_CALL.toMillis());
    }
    assertThat(values).isNotEmpty();
    try (Memo memo = Memo.open(directory)) {
      exceptionsOfAll = Worker.exceptions(memo.stats().shared().total());
      CachedFunction<Integer, String, RuntimeException> stored =
          Worker.function(
              memo,
              key -> {
                throw new AssertionError("lost: " + key);
              });
      values.forEach((key, value) -> assertThat(stored.call(key)).isEqualTo(value));
    }
    return values.keySet();
  }

  /**
   * Calls for one key after the other from many threads, and looks at what it has had before, until
   * it is killed or told to stop.
   */
  static final class Worker {
    private final Path folder;
    private final Path computed;
    private final Path returned;
    private final Path here;
    private final Path wrong;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, String> had = new ConcurrentHashMap<>();

    private Worker(Path folder, String number) throws IOException {
      this.folder = folder;
      this.computed = Files.createFile(folder.resolve("computed-" + number));
      this.returned = Files.createFile(folder.resolve("returned-" + number));
      this.here = Files.createFile(folder.resolve("here-" + number));
      this.wrong = Files.createFile(folder.resolve("wrong-" + number));
    }

    static CachedFunction<Integer, String, RuntimeException> function(
        Memo memo, java.util.function.Function<Integer, String> body) {
      return memo.function("slow", "1", TypeRef.of(Integer.class), TypeRef.of(String.class))
          .capturesNothing()
          .calls(body::apply);
    }

    public static void main(String[] arguments) throws Exception {
      Worker worker = new Worker(Path.of(arguments[1]), arguments[2]);
      DirectorySettings settings = DirectorySettings.DEFAULT.with(ReadPath.valueOf(arguments[3]));
      // as Memo.open does, but for what is seen and how often it looks
      SharedDirectory directory =
          new SharedDirectory(
              ChosenReads.open(Path.of(arguments[0]), settings, worker.reads(settings)));
      try {
        CachedFunction<Integer, String, RuntimeException> slow =
            new FunctionBuilder<>(
                    () -> directory,
                    "slow",
                    "1",
                    TypeRef.of(Integer.class),
                    TypeRef.of(String.class))
                .capturesNothing()
                .calls(worker::compute);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          Thread thread = new Thread(() -> worker.callAll(slow));
          threads.add(thread);
          thread.start();
        }
        for (Thread thread : threads) {
          thread.join();
        }
        long exceptions = exceptions(slow.stats());
        System.out.println("ended, exceptions " + exceptions + " of " + slow.stats());
      } catch (Throwable e) {
        System.out.println("failed: " + e);
        throw e;
      } finally {
        directory.close();
      }
    }

    private LocalReads reads(DirectorySettings settings) {
      return settings.readPath() == ReadPath.SOCKET
          ? LocalReads.NONE
          : new ObservedReads(ChosenReads.eager(), () -> append(here, "x"));
    }

    /** Calls that looked for no computation of others, or did not find it. */
    static long exceptions(FunctionStats stats) {
      return stats.missesByReason().entrySet().stream()
          .filter(entry -> entry.getKey() != MissReason.ABSENT)
          .mapToLong(Map.Entry::getValue)
          .sum();
    }

    private String compute(Integer key) {
      append(computed, key.toString());
      LockSupport.parkNanos(Duration.ofMillis(50 + key * 31 % 151).toNanos());
      return UUID.randomUUID().toString();
    }

    private void callAll(CachedFunction<Integer, String, RuntimeException> slow) {
      Random random = new Random(SEED);
      int limit = Integer.MAX_VALUE;
      for (int key = next.getAndIncrement(); key < limit; key = next.getAndIncrement()) {
        long begin = System.nanoTime();
        String value = slow.call(key);
        long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
        append(returned, key + " " + value + " " + millis);
        had.put(key, value);
        for (int i = 0; i < LOOKS; i++) {
          int older = random.nextInt(key + 1);
          String before = had.get(older);
          if (before != null) {
            look(slow, older, before);
          }
        }
        limit = limit();
      }
    }

    /** What is stored, which is not asked of the heap. */
    private void look(
        CachedFunction<Integer, String, RuntimeException> slow, int key, String value) {
      long begin = System.nanoTime();
      Lookup<String> found = slow.peek(key);
      boolean excused = System.nanoTime() - begin > NO_PRIMARY.toNanos();
      if (found instanceof Lookup.Present<String> stored
          ? !stored.value().equals(value)
          : !excused) {
        append(wrong, key + " is " + found + " instead of " + value);
      }
    }

    private int limit() {
      Path stop = folder.resolve("stop");
      try {
        return Files.exists(stop) ? Integer.parseInt(Files.readString(stop)) : Integer.MAX_VALUE;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void append(Path file, String line) {
      try {
        Files.write(file, (line + "\n").getBytes(UTF_8), StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
