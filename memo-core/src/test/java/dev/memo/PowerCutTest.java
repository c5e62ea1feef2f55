package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.Lookup;
import dev.memo.codec.TypeRef;
import dev.memo.store.Durability;
import dev.memo.store.RocksStore;
import dev.memo.store.StoreSeams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power cuts: the directory is copied as it is at some moment, without what was only in the memory
 * of the machine. That is what was appended to the database's log since it was last forced to the
 * medium, and memo's own control page. RocksDB forces its other files before it relies on them.
 *
 * <p>A sync forces what earlier operations left behind too: so the logs are looked at after each.
 */
@Tag("heavy")
final class PowerCutTest {
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  private static final int CUTS = SOAK ? 100 : 8;
  private static final int CUTS_OF_TWINS = 8;
  private static final int OPERATIONS_PER_CUT = 60;
  private static final int CALLS = 300;

  private final Path folder;
  private final Random random = new Random(6);

  /** What each function's calls have to return; a call without a value has to compute. */
  private final Map<Integer, Photo> expected = new HashMap<>();

  private int versions;

  PowerCutTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void restoreSeams() {
    StoreSeams.restore();
  }

  @Test
  @DisplayName("P3, P6: with POWER_LOSS, what was acknowledged holds after a power cut")
  void whatWasAcknowledgedHolds() throws IOException {
    assertThat(seen(Durability.POWER_LOSS, CUTS)).isEqualTo(new Seen(0, 0));
    assertThat(folder.resolve("d/data"))
        .as("tables are written out between the cuts")
        .isDirectoryContaining("glob:**.sst");
  }

  @Test
  @DisplayName("P3, twin: with PROCESS_CRASH, power cuts take acknowledged results")
  void withoutSyncsResultsAreLost() throws IOException {
    assertThat(seen(Durability.PROCESS_CRASH, CUTS_OF_TWINS).wrong).isPositive();
  }

  @Test
  @DisplayName("P3, P6, twin: an operation that does not force its batch is seen")
  void operationThatLeavesABatchUnforcedIsSeen() throws IOException {
    StoreSeams.leaveBatchesUnforced();
    assertThat(seen(Durability.POWER_LOSS, 1).unforced).isPositive();
  }

  /**
   * What must not be.
   *
   * @param unforced operations that returned before all of the log was forced
   * @param wrong calls that did not find after a cut what they had to
   */
  private record Seen(int unforced, int wrong) {}

  private Seen seen(Durability durability, int cuts) throws IOException {
    int unforced = 0;
    int wrong = 0;
    LongSupplier syncs = StoreSeams.countSyncs();
    Path directory = folder.resolve("d");
    try (Memo memo = Memo.at(directory).durability(durability).open()) {
      CachedFunction<Integer, Photo, RuntimeException> photo = photo(memo);
      Medium medium = new Medium(directory.resolve("data"), syncs);
      for (int cut = 0; cut < cuts; cut++) {
        int operations = 1 + random.nextInt(2 * OPERATIONS_PER_CUT);
        for (int i = 0; i < operations; i++) {
          operate(photo);
          // not worth a wait where nothing is forced
          boolean forced =
              durability == Durability.POWER_LOSS ? medium.isForced() : medium.isAllForced();
          unforced += forced ? 0 : 1;
        }
        wrong += wrong(medium.copy(directory, folder, random.nextBoolean()));
      }
    }
    return new Seen(unforced, wrong);
  }

  private CachedFunction<Integer, Photo, RuntimeException> photo(Memo memo) {
    return memo.function("photo", "1", TypeRef.of(Integer.class), TypeRef.of(Photo.class))
        .capturesNothing()
        .calls(this::take);
  }

  private Photo take(int n) {
    List<Long> pixels = random.longs(random.nextInt(6_000)).boxed().toList();
    Photo photo = new Photo(n, ++versions, pixels);
    expected.put(n, photo);
    return photo;
  }

  private void operate(CachedFunction<Integer, Photo, RuntimeException> photo) {
    int n = random.nextInt(CALLS);
    switch (random.nextInt(100)) {
      case 0 -> {
        photo.invalidateAll();
        expected.clear();
      }
      case 1, 2, 3, 4, 5 -> {
        photo.invalidate(n);
        expected.remove(n);
      }
      case 6, 7, 8, 9, 10 -> photo.put(n, take(n));
      case 11, 12, 13, 14, 15 -> photo.refresh(n);
      default -> photo.call(n);
    }
  }

  /** How many calls do not find what they have to, or find what they must not. */
  private int wrong(Path copy) {
    int wrong = 0;
    try (Memo memo = Memo.open(copy)) {
      CachedFunction<Integer, Photo, RuntimeException> photo = photo(memo);
      for (int n = 0; n < CALLS; n++) {
        Photo value = expected.get(n);
        Lookup<Photo> right = value == null ? new Lookup.Absent<>() : new Lookup.Present<>(value);
        wrong += photo.peek(n).equals(right) ? 0 : 1;
      }
    }
    return wrong;
  }

  /** A result that is another one each time. */
  record Photo(int n, int version, List<Long> pixels) {}

  /** What is on the medium of a database's logs, when one thread writes at a time. */
  private static final class Medium {
    private final Path data;
    private final LongSupplier syncs;
    private final Map<Path, Long> forced = new HashMap<>();
    private long seen = -1;

    Medium(Path data, LongSupplier syncs) {
      this.data = data;
      this.syncs = syncs;
    }

    /**
     * To be called after each operation: a sync forces all that was appended before. The counters
     * are written every second by another thread, which may be between its write and its sync.
     */
    boolean isForced() throws IOException {
      boolean forced = isAllForced();
      while (!forced && isOtherWriting()) {
        forced = isAllForced();
      }
      return forced || isAllForced(); // it may have ended just before it was looked for
    }

    /** However long a slow medium takes. */
    private static boolean isOtherWriting() {
      return Thread.getAllStackTraces().values().stream()
          .anyMatch(stack -> Arrays.stream(stack).anyMatch(Medium::isWrite));
    }

    private static boolean isWrite(StackTraceElement frame) {
      return frame.getClassName().equals(RocksStore.class.getName())
          && frame.getMethodName().equals("write");
    }

    private boolean isAllForced() throws IOException {
      long now = syncs.getAsLong();
      boolean synced = now != seen;
      seen = now;
      boolean all = true;
      for (Path log : logs()) {
        long length = log.toFile().length(); // 0: deleted by now
        if (synced) {
          forced.put(log.getFileName(), length);
        }
        all &= length <= forced.getOrDefault(log.getFileName(), 0L);
      }
      return all;
    }

    private List<Path> logs() throws IOException {
      try (Stream<Path> files = Files.list(data)) {
        return files.filter(Medium::isLog).toList();
      }
    }

    private static boolean isLog(Path file) {
      return file.getFileName().toString().endsWith(".log");
    }

    /** Copies what a power cut now would leave; tables may be written out at the same time. */
    Path copy(Path directory, Path copies, boolean withControlPage) throws IOException {
      while (true) {
        Path copy = Files.createTempDirectory(copies, "cut").resolve("d");
        try {
          Set<String> before = state(directory);
          copyFiles(directory, copy, withControlPage);
          if (state(directory).equals(before)) {
            return copy;
          }
        } catch (NoSuchFileException | UncheckedIOException e) {
          // a file was deleted meanwhile: once more
        }
      }
    }

    private void copyFiles(Path directory, Path copy, boolean withControlPage) throws IOException {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.toList()) {
          Path target = copy.resolve(directory.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(target);
          } else if (Files.isRegularFile(file) && (withControlPage || !file.endsWith("control"))) {
            Files.copy(file, target);
          }
          if (isLog(file)) {
            cut(target, forced.getOrDefault(file.getFileName(), 0L));
          }
        }
      }
    }

    private static void cut(Path log, long bytes) throws IOException {
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        channel.truncate(bytes);
      }
    }

    private static Set<String> state(Path directory) throws IOException {
      Set<String> state = new HashSet<>();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.toList()) {
          state.add(file + " " + file.toFile().length());
        }
      }
      return state;
    }
  }
}
