package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.parallel.Parallel;
import dev.memo.process.DirectorySettings;
import dev.memo.process.LocalReadCounts;
import dev.memo.process.OpenDirectory;
import dev.memo.process.ReadPath;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How much a process reads without asking the primary, while the primary goes on storing and
 * replacing. Round trips are counted at the primary. Results are arrays, which the heap tier does
 * not keep.
 */
@Tag("heavy")
final class LocalShareTest {
  private static final long SEED = Long.getLong("memo.test.seed", 20261128L);
  private static final Duration MEASURED =
      Duration.ofSeconds("soak".equals(System.getProperty("memo.test.size")) ? 60 : 5);

  /** What is to be local, in one of a few measurements. */
  private static final double ENOUGH = 0.99;

  private static final int TRIES = 5;

  /** From the opening to where measuring begins. */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEYS = 100_000;
  private static final int FEW_KEYS = 2_000;
  private static final int THREADS = 2;
  private static final int INSERTS_PER_SECOND = 100;
  private static final int REFRESHES_PER_SECOND = 10;

  /** Fewer than one opening of the database takes. */
  private static final int FEW = 5;

  private final Path folder;
  private final LongAdder reads = new LongAdder();
  private volatile boolean stopped;

  LocalShareTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  @DisplayName(
      "P7: of 100 reads 99 do not ask the primary, whatever it stores, on a machine with time")
  void almostAllReadsAreLocal() throws Exception {
    Figures figures = measure(ReadPath.SECONDARY, KEYS, MEASURED);
    System.out.println(figures);
    assertThat(figures.localShare()).as("%s", figures).isGreaterThanOrEqualTo(ENOUGH);
    assertThat((double) figures.openings())
        .as("openings in %s s", figures.seconds())
        .isPositive()
        .isLessThanOrEqualTo(Math.ceil(figures.seconds()));
  }

  @Test
  @DisplayName("twin: over the socket no read is local")
  void twinOverTheSocket() throws Exception {
    Figures figures = measure(ReadPath.SOCKET, FEW_KEYS, Duration.ofSeconds(1));
    System.out.println(figures);
    assertThat(figures.reads()).isGreaterThan(THREADS);
    assertThat(figures.reads() - figures.asked())
        .as("reads that had asked before, and returned when they were counted: %s", figures)
        .isLessThanOrEqualTo(THREADS);
    assertThat(figures.openings()).isZero();
  }

  /** What happened while it was measured. */
  private record Figures(
      double seconds,
      long reads,
      long asked,
      long openings,
      long catchUps,
      int inserts,
      int refreshes,
      int descriptors,
      int threads) {

    boolean isGood() {
      return openings > 0 && localShare() >= ENOUGH;
    }

    double localShare() {
      return Math.max(0, 1 - (double) asked / reads); // a few more may have asked than returned
    }

    @Override
    public String toString() {
      return ("%.1f s, %d reads, %d asked of the primary: %.3f %% local; %d openings, %d catch-ups,"
              + " %d inserts, %d refreshes, %d descriptors, %d threads")
          .formatted(
              seconds,
              reads,
              asked,
              100 * localShare(),
              openings,
              catchUps,
              inserts,
              refreshes,
              descriptors,
              threads);
    }
  }

  private Figures measure(ReadPath path, int keys, Duration measured) throws Exception {
    Path shared = folder.resolve("shared.memo");
    Board board = Board.open(folder.resolve("board"), keys);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (ChildJvm primary =
        ChildJvm.of(Writer.class, shared, folder.resolve("board"), keys).start()) {
      primary.awaitLine("filled");
      Figures figures = read(shared, path, board, measured, threads);
      primary.process().getOutputStream().close();
      assertThat(primary.awaitEnd()).noneMatch(line -> line.contains("Exception"));
      return figures;
    } finally {
      threads.shutdown();
    }
  }

  private Figures read(
      Path shared, ReadPath path, Board board, Duration measured, ExecutorService threads)
      throws Exception {
    try (OpenDirectory open = OpenDirectory.open(shared, DirectorySettings.DEFAULT.with(path))) {
      SharedDirectory directory = new SharedDirectory(open);
      List<Future<?>> readers = startReading(directory, board, threads);
      if (path == ReadPath.SECONDARY) {
        pause(SETTLING);
      }
      Figures figures = watch(open, directory, board, measured);
      // what a busy machine takes long to open is opened less often, and asked for more
      for (int more = 1; path == ReadPath.SECONDARY && more < TRIES && !figures.isGood(); more++) {
        System.out.println(figures);
        figures = watch(open, directory, board, measured);
      }
      stopped = true;
      for (Future<?> reader : readers) {
        reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      return figures;
    } finally {
      stopped = true;
    }
  }

  private Figures watch(
      OpenDirectory open, SharedDirectory directory, Board board, Duration measured) {
    int descriptors = count("fd");
    int threads = count("task");
    long begin = System.nanoTime();
    int inserts = board.keys();
    int refreshes = board.refreshes();
    long openings = LocalReadCounts.of(open).openings();
    long catchUps = LocalReadCounts.of(open).catchUps();
    // in this order, so that no read counts as local that has asked
    long asked = asked(directory);
    long readsBefore = reads.sum();
    pause(measured);
    await( // on a busy machine it is late, and makes up for that
        "a writer that keeps up",
        () -> {
          double seconds = (System.nanoTime() - begin) / 1e9;
          return board.keys() - inserts > seconds * INSERTS_PER_SECOND * 0.95
              && board.refreshes() - refreshes > seconds * REFRESHES_PER_SECOND * 0.95;
        });
    long readsAfter = reads.sum();
    Figures figures =
        new Figures(
            (System.nanoTime() - begin) / 1e9,
            readsAfter - readsBefore,
            asked(directory) - asked,
            LocalReadCounts.of(open).openings() - openings,
            LocalReadCounts.of(open).catchUps() - catchUps,
            board.keys() - inserts,
            board.refreshes() - refreshes,
            count("fd"),
            count("task"));
    // one opening may be beside another just now
    await(
        "as few descriptors as before, %d, not %d".formatted(descriptors, count("fd")),
        () -> count("fd") <= descriptors + FEW);
    await(
        "as few threads as before, %d, not %d".formatted(threads, count("task")),
        () -> count("task") <= threads + FEW);
    return figures;
  }

  private static long asked(SharedDirectory directory) {
    return directory.stats().shared().asked();
  }

  private static int count(String folder) {
    String[] names = Path.of("/proc/self", folder).toFile().list();
    return names == null ? 0 : names.length;
  }

  private List<Future<?>> startReading(
      SharedDirectory directory, Board board, ExecutorService threads) {
    CachedFunction<Integer, int[], RuntimeException> rows =
        rows(
            directory,
            key -> {
              throw new AssertionError("not stored: " + key);
            });
    List<Future<?>> readers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      readers.add(threads.submit(() -> read(rows, board, random)));
    }
    return readers;
  }

  private void read(
      CachedFunction<Integer, int[], RuntimeException> rows, Board board, SplittableRandom random) {
    while (!stopped) {
      int key = random.nextInt(board.keys());
      int version = board.version(key);
      int[] row = rows.peek(key).value(); // a call could be answered by that of the other thread
      if (row[0] != key || row[1] < version) {
        throw new AssertionError(
            "seed %d: key %d, version %d or later, is not %d, version %d"
                .formatted(SEED, key, version, row[0], row[1]));
      }
      reads.increment();
    }
  }

  private static CachedFunction<Integer, int[], RuntimeException> rows(
      SharedDirectory directory, IntFunction<int[]> body) {
    return new FunctionBuilder<>(
            () -> directory, "rows", "1", TypeRef.of(Integer.class), TypeRef.of(int[].class))
        .capturesNothing()
        .calls(body::apply);
  }

  private static void pause(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came to %s", what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /** What the writer has stored and told, in memory that readers share. */
  private static final class Board {
    private static final VarHandle INT =
        MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final int KEYS_AT = 0;
    private static final int REFRESHES_AT = Integer.BYTES;
    private static final int VERSIONS_AT = 2 * Integer.BYTES;
    private static final int ROOM = 100_000; // for keys that are inserted

    private final MappedByteBuffer ints;

    private Board(MappedByteBuffer ints) {
      this.ints = ints;
    }

    static Board open(Path file, int keys) throws IOException {
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long size = VERSIONS_AT + (long) Integer.BYTES * (keys + ROOM);
        return new Board(channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
      }
    }

    /** So many keys are stored: all below this. */
    int keys() {
      return (int) INT.getAcquire(ints, KEYS_AT);
    }

    void setKeys(int keys) {
      INT.setRelease(ints, KEYS_AT, keys);
    }

    int refreshes() {
      return (int) INT.getAcquire(ints, REFRESHES_AT);
    }

    /** No older version than this is stored of the key. */
    int version(int key) {
      return (int) INT.getAcquire(ints, VERSIONS_AT + Integer.BYTES * key);
    }

    void refreshed(int key, int version) {
      INT.setRelease(ints, VERSIONS_AT + Integer.BYTES * key, version);
      INT.setRelease(ints, REFRESHES_AT, refreshes() + 1);
    }
  }

  /** Leads the directory: fills it, then inserts and refreshes until its input ends. */
  static final class Writer {
    private final AtomicInteger nextVersion = new AtomicInteger();
    private final CachedFunction<Integer, int[], RuntimeException> rows;
    private final Board board;
    private volatile boolean stopped;

    private Writer(SharedDirectory directory, Board board) {
      this.rows = rows(directory, key -> new int[] {key, nextVersion.incrementAndGet()});
      this.board = board;
    }

    /** The arguments: directory, board, keys. */
    public static void main(String[] arguments) throws Exception {
      int keys = Integer.parseInt(arguments[2]);
      Board board = Board.open(Path.of(arguments[1]), keys);
      try (OpenDirectory open =
          OpenDirectory.open(Path.of(arguments[0]), DirectorySettings.DEFAULT)) {
        Writer writer = new Writer(new SharedDirectory(open), board);
        Parallel.forEach(writer.rows::call, IntStream.range(0, keys).boxed().toList(), THREADS);
        board.setKeys(keys);
        System.out.println("filled");
        Thread writing = new Thread(writer::write);
        writing.start();
        while (System.in.read() >= 0) {}
        writer.stopped = true;
        writing.join();
      }
    }

    /** What is late is made up for. */
    private void write() {
      SplittableRandom random = new SplittableRandom(SEED);
      long begin = System.nanoTime();
      int inserts = 0;
      int refreshes = 0;
      while (!stopped) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        for (; inserts < seconds * INSERTS_PER_SECOND; inserts++) {
          rows.call(board.keys());
          board.setKeys(board.keys() + 1);
        }
        for (; refreshes < seconds * REFRESHES_PER_SECOND; refreshes++) {
          int key = random.nextInt(board.keys());
          board.refreshed(key, rows.refresh(key)[1]);
        }
        LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
      }
    }
  }
}
