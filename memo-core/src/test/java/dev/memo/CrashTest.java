package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.Lookup;
import dev.memo.call.ThrowingFunction;
import dev.memo.store.ChildJvm;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import dev.memo.store.StoreSeams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed at any moment: while they open or close the directory, store results,
 * write them out into tables, or move a damaged database aside. What a call returned is there for
 * the next process.
 */
@Tag("heavy")
@SuppressWarnings("try") // bindings are for their end only
final class CrashTest {
  private static final int SEEDS = "soak".equals(System.getProperty("memo.test.size")) ? 500 : 6;

  /** Processes that are killed in one directory, one after the other. */
  private static final int KILLS_PER_DIRECTORY = 20;

  /** Calls of one process; no process lives long enough for so many. */
  private static final int CALLS = 100_000;

  /** Calls between opening and closing, where that is what is to be killed. */
  private static final int FEW_CALLS = 10;

  private static final int THREADS = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path natives;

  CrashTest(@TempDir Path folder) {
    this.folder = folder;
    this.natives = folder.resolve("native");
  }

  @BeforeEach
  void makeFolderOfTheLibrary() throws IOException {
    Files.createDirectory(natives);
  }

  @Test
  @DisplayName(
      "P3: whenever a process is killed, what its calls had returned is there for the next")
  void everyReturnedResultSurvives() throws IOException {
    int returned = 0;
    for (int first = 0; first < SEEDS; first += KILLS_PER_DIRECTORY) {
      Path directory = folder.resolve("d" + first);
      Path returns = folder.resolve("returns" + first);
      for (int seed = first; seed < Math.min(SEEDS, first + KILLS_PER_DIRECTORY); seed++) {
        killOne(directory, returns, seed);
        assertThat(lost(directory, returned(returns))).as("lost after seed " + seed).isEmpty();
      }
      assertEveryEntryDecodes(directory, returned(returns));
      returned += returned(returns).size();
    }
    assertThat(returned).as("results that were returned").isGreaterThan(SEEDS * 50);
    assertThat(libraries()).as("copies of the native library").hasSize(1);
    System.out.println(SEEDS + " processes were killed, " + returned + " results are there");
  }

  @Test
  @DisplayName("P3, twin: without the write-ahead log, results are lost that were returned")
  void withoutALogReturnedResultsAreLost() throws IOException {
    Path directory = folder.resolve("d");
    Path returns = Files.createFile(folder.resolve("returns"));
    try (ChildJvm caller = start(directory, returns, 0, CALLS, false)) {
      await("500 returned results", () -> size(returns) >= 500L * Return.BYTES);
      caller.kill();
    }
    assertThat(lost(directory, returned(returns))).isNotEmpty();
  }

  @Test
  @DisplayName("P3, P4: a process killed while it moves a database aside leaves both in order")
  void whatIsMovedAsideIsWhole() throws IOException {
    for (int seed = 0; seed < SEEDS / 5; seed++) {
      Path directory = folder.resolve("d" + seed);
      Path returns = Files.createFile(folder.resolve("returns" + seed));
      try (Functions functions = Functions.open(directory, Scene::of, CrashTest::weigh)) {
        assertThat(functions.call(new Return(true, 1))).isEqualTo(Scene.of(1));
      }
      Path log = onlyFile(directory.resolve("data"), "*.log");
      byte[] old = Files.readAllBytes(log);
      Files.delete(directory.resolve("data/CURRENT"));
      Set<String> files = state(directory);

      try (ChildJvm caller = start(directory, returns, seed, CALLS, true)) {
        awaitChanges(1 + new Random(seed).nextInt(12), directory, files, "seed " + seed);
        caller.kill();
      }

      assertThat(lost(directory, returned(returns))).as("lost after seed " + seed).isEmpty();
      assertThat(onlyFile(directory, "data.corrupt-*").resolve(log.getFileName()))
          .as("moved aside after seed " + seed)
          .hasBinaryContent(old);
    }
  }

  private static Path onlyFile(Path folder, String glob) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
      List<Path> all = new ArrayList<>();
      files.forEach(all::add);
      assertThat(all).as(glob).hasSize(1);
      return all.get(0);
    }
  }

  private ChildJvm start(Path directory, Path returns, int seed, int callsPerOpening, boolean log) {
    return ChildJvm.of(Caller.class, directory, returns, seed * CALLS, callsPerOpening, log)
        .option("-Dmemo.native.dir=" + natives)
        .shortLived()
        .start();
  }

  /** Kills a process at a point that the seed chooses. */
  private void killOne(Path directory, Path returns, int seed) throws IOException {
    if (!Files.exists(returns)) {
      Files.createFile(returns);
    }
    Random random = new Random(seed);
    long before = size(returns);
    Set<String> tables = tables(directory);
    Set<String> files = state(directory);
    boolean closes = seed % 5 == 2;
    try (ChildJvm caller = start(directory, returns, seed, closes ? FEW_CALLS : CALLS, true)) {
      switch (seed % 5) {
        case 0 -> { // while it loads the library, or opens or makes the directory
          awaitChanges(1 + random.nextInt(12), directory, files, "seed " + seed);
        }
        case 1 -> { // while it writes out a table
          int flushes = 1 + random.nextInt(2);
          await(
              flushes + " new tables, seed " + seed,
              () -> tables(directory).stream().filter(t -> !tables.contains(t)).count() >= flushes);
        }
        case 2 -> { // while it closes the directory, or opens it again
          for (int closings = 1 + random.nextInt(3); closings > 0; closings--) {
            caller.awaitLine("closes");
          }
          awaitChanges(random.nextInt(4), directory, state(directory), "seed " + seed);
        }
        default -> {
          long target = before + (1 + random.nextInt(1_000)) * (long) Return.BYTES;
          await("results up to " + target + ", seed " + seed, () -> size(returns) >= target);
        }
      }
      caller.kill();
    }
  }

  /** Which of these calls have no value, or have to compute. */
  private static List<Return> lost(Path directory, List<Return> returned) {
    List<Return> lost = new ArrayList<>();
    try (Functions stored = Functions.thatMustNotRun(directory)) {
      for (Return call : returned) {
        try {
          assertThat(stored.call(call)).isEqualTo(call.expected());
        } catch (Lost e) {
          lost.add(call);
        }
      }
    }
    return lost;
  }

  /** A row that no call can read would be missing among the calls that find something. */
  private static void assertEveryEntryDecodes(Path directory, List<Return> returned) {
    TreeSet<Integer> calls = new TreeSet<>();
    for (Return call : returned) {
      // the last calls of each process may be stored without having returned
      for (int n = call.n(); n <= call.n() + 2 * THREADS; n++) {
        calls.add(n);
      }
    }
    for (int seed = 0; seed < SEEDS; seed++) {
      for (int n = 0; n < 2 * THREADS; n++) {
        calls.add(seed * CALLS + n);
      }
    }
    long found = 0;
    try (Functions stored = Functions.thatMustNotRun(directory)) {
      for (int n : calls) {
        for (boolean scene : new boolean[] {true, false}) {
          Return call = new Return(scene, n);
          if (stored.peek(call) instanceof Lookup.Present<?> present) {
            assertThat(present.value()).isEqualTo(call.expected());
            found++;
          }
        }
      }
    }
    AtomicLong rows = new AtomicLong();
    try (RocksStore store = RocksStore.open(directory.resolve("data"), Durability.PROCESS_CRASH)) {
      store.scan(Family.ENTRIES, new byte[0], (key, value) -> rows.incrementAndGet() > 0);
    }
    assertThat(found).as("entries that can be read").isEqualTo(rows.get());
  }

  /** A function runs that should not. */
  private static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private List<Path> libraries() throws IOException {
    try (Stream<Path> files = Files.walk(natives)) {
      return files.filter(f -> Files.isRegularFile(f) && !f.endsWith("lock")).toList();
    }
  }

  /** Names and sizes of all that a starting process touches. */
  private Set<String> state(Path directory) {
    Set<String> state = new TreeSet<>();
    for (Path root : List.of(natives, directory)) {
      try (Stream<Path> files = Files.walk(root)) {
        files.forEach(file -> state.add(file + " " + size(file)));
      } catch (IOException | UncheckedIOException e) {
        state.add("being changed"); // a file vanished meanwhile
      }
    }
    return state;
  }

  private static Set<String> tables(Path directory) {
    try (Stream<Path> files = Files.list(directory.resolve("data"))) {
      return new TreeSet<>(files.map(Path::toString).filter(f -> f.endsWith(".sst")).toList());
    } catch (IOException e) {
      return new TreeSet<>(); // not made yet
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return -1;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for " + what).isLessThan(deadline);
      LockSupport.parkNanos(100_000);
    }
  }

  /** Waits until what a starting process touches has changed so many times. */
  private void awaitChanges(int changes, Path directory, Set<String> before, String seed) {
    Set<String> last = before;
    for (int change = 1; change <= changes; change++) {
      Set<String> known = last;
      await("change " + change + " of a file, " + seed, () -> !state(directory).equals(known));
      last = state(directory);
    }
  }

  private static List<Return> returned(Path returns) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(returns));
    List<Return> all = new ArrayList<>();
    while (bytes.remaining() >= Return.BYTES) {
      all.add(Return.read(bytes));
    }
    return all;
  }

  /** A call that has returned, as its process wrote it down. */
  private record Return(boolean scene, int n) {
    static final int BYTES = 1 + Integer.BYTES;

    static Return read(ByteBuffer bytes) {
      return new Return(bytes.get() == 1, bytes.getInt());
    }

    ByteBuffer bytes() {
      return ByteBuffer.allocate(BYTES).put((byte) (scene ? 1 : 0)).putInt(n).flip();
    }

    Object expected() {
      return scene ? Scene.of(n) : weigh(n);
    }
  }

  /** A result of up to 16 KiB, so that the database has to write tables. */
  record Scene(String name, List<Long> points) {
    static Scene of(int n) {
      Random random = new Random(n);
      List<Long> points = random.longs(random.nextInt(1_600)).boxed().toList();
      return new Scene("scene " + n, points);
    }
  }

  static Long weigh(Integer n) {
    return new Random(n).nextLong();
  }

  /** A function registered by hand and an annotated method, in one directory. */
  private record Functions(
      Memo memo,
      Binding binding,
      CachedFunction<Integer, Scene, RuntimeException> scene,
      CachedFunction<Integer, Long, RuntimeException> weight)
      implements AutoCloseable {

    static Functions open(
        Path directory,
        ThrowingFunction<Integer, Scene, RuntimeException> scene,
        ThrowingFunction<Integer, Long, RuntimeException> weight) {
      Memo memo = Memo.open(directory);
      return new Functions(
          memo,
          Memo.bind("crash.memo", directory),
          memo.function("scene", "1", Integer.class, Scene.class, scene),
          CachedMethod.in("crash.memo", CrashTest.class, "weigh", Integer.class).calls(weight));
    }

    static Functions thatMustNotRun(Path directory) {
      return open(
          directory,
          n -> {
            throw new Lost();
          },
          n -> {
            throw new Lost();
          });
    }

    Object call(Return call) {
      return call.scene ? scene.call(call.n) : weight.call(call.n);
    }

    Lookup<?> peek(Return call) {
      return call.scene ? scene.peek(call.n) : weight.peek(call.n);
    }

    @Override
    public void close() {
      binding.close();
      memo.close();
    }
  }

  /** Calls from several threads and writes down what has returned, until it is killed. */
  static final class Caller {
    private Caller() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      if (!Boolean.parseBoolean(arguments[4])) {
        StoreSeams.loseWhatIsNotFlushed();
      }
      Path directory = Path.of(arguments[0]);
      FileChannel returns = FileChannel.open(Path.of(arguments[1]), StandardOpenOption.APPEND);
      int callsPerOpening = Integer.parseInt(arguments[3]);
      for (int n = Integer.parseInt(arguments[2]); true; n += callsPerOpening) {
        try (Functions functions = Functions.open(directory, Scene::of, CrashTest::weigh)) {
          call(functions, n, n + callsPerOpening, returns);
          System.out.println("closes");
        }
      }
    }

    private static void call(Functions functions, int first, int end, FileChannel returns)
        throws InterruptedException {
      AtomicInteger next = new AtomicInteger(first);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Thread thread = new Thread(() -> callUntil(end, functions, next, returns));
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    private static void callUntil(
        int end, Functions functions, AtomicInteger next, FileChannel returns) {
      for (int n = next.getAndIncrement(); n < end; n = next.getAndIncrement()) {
        Return call = new Return(n % 4 != 0, n);
        Object unused = functions.call(call);
        try {
          returns.write(call.bytes());
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }
  }
}
