package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.failure.DirectoryException;
import dev.memo.store.ChildJvm;
import dev.memo.store.Commands;
import dev.memo.store.StoreSeams;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without space: a small one that a child process mounts for itself. */
@Tag("heavy")
final class FullDiskTest {
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));

  /** Succeeds where a user may, even without being root. */
  private static final String[] OWN_MOUNTS = {"unshare", "--mount", "--map-root-user", "true"};

  private final Path disk;

  FullDiskTest(@TempDir Path disk) {
    this.disk = disk;
  }

  @Test
  @DisplayName("P3, P4, P5: a full disk costs no value, loses nothing, and is used again later")
  void callsGoOnAndStoringResumes() throws Exception {
    Map<String, Integer> seen = seenOnASmallDisk("");
    assertThat(seen)
        .containsEntry("lost while full", 0)
        .containsEntry("lost after opening a full disk", 0)
        .containsEntry("lost after opening it again", 0)
        .containsEntry("resumed", 1)
        .containsEntry("lost at last", 0)
        .containsEntry("warnings while full", 1);
    assertThat(seen.get("stored before")).isGreaterThan(200);
    assertThat(seen.get("unstored while full")).isGreaterThan(40);
  }

  @Test
  @DisplayName("P4, twin: without its ballast, a directory cannot be opened on a full disk")
  void withoutABallastAFullDiskCannotBeOpened() throws Exception {
    assertThat(seenOnASmallDisk("no ballast"))
        .containsEntry("lost while full", 0)
        .containsEntry("cannot be opened", 1);
  }

  @Test
  @DisplayName("P4: whoever dies or fails while the ballast is given up, a full disk can be opened")
  void theBallastOutlivesAnOpeningThatDoesNotEnd() throws Exception {
    Map<String, Integer> seen = seenOnASmallDisk("broken openings");
    assertThat(seen)
        .containsEntry("openings with space for a database", 1)
        .containsEntry("openings without", 1)
        .containsEntry("lost at last", 0);
    assertThat(seen.get("KiB taken back by a failed opening")).isGreaterThan(7 << 10);
  }

  @Test
  @DisplayName("P4, twin: without the emptied file, the ballast of a killed opening is forgotten")
  void withoutTheEmptiedFileTheBallastIsForgotten() throws Exception {
    assertThat(seenOnASmallDisk("broken openings, ballast deleted"))
        .containsEntry("openings with space for a database", 1)
        .containsEntry("openings without", 0);
  }

  @Test
  @DisplayName("P4, twin: with a large write buffer, storing does not resume")
  void withALargeWriteBufferStoringDoesNotResume() throws Exception {
    assumeTrue(SOAK, "this one waits for what does not happen: only in a soak");
    assertThat(seenOnASmallDisk("large write buffer"))
        .containsEntry("lost while full", 0)
        .containsEntry("resumed", 0);
  }

  private Map<String, Integer> seenOnASmallDisk(String mode) throws Exception {
    assumeTrue(Commands.succeeds(OWN_MOUNTS), "no process may mount a disk of its own here");
    Map<String, Integer> seen = new TreeMap<>();
    try (ChildJvm child =
        ChildJvm.of(Scenario.class, disk, mode)
            .prefix("unshare", "--mount", "--map-root-user")
            .prefix("sh", "-c", "mount -t tmpfs -o size=160m tmpfs \"$0\" && exec \"$@\"")
            .prefix(disk.toString())
            .start()) {
      List<String> lines = child.awaitEnd();
      for (String line : lines) {
        if (line.startsWith("seen ")) {
          String[] words = line.split(": ", -1);
          seen.put(words[0].substring("seen ".length()), Integer.valueOf(words[1]));
        }
      }
      assertThat(lines).as("what the child said").contains("done");
    }
    return seen;
  }

  /** Runs in a process of its own and says what it has seen. */
  static final class Scenario {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int VALUE_BYTES = 64 << 10;

    private final Path disk;
    private final Path directory;
    private final Path filler;
    private final List<Integer> stored = new ArrayList<>();
    private final CapturedLog log = CapturedLog.of("");
    private int next;

    private Scenario(Path disk) {
      this.disk = disk;
      this.directory = disk.resolve("d");
      this.filler = disk.resolve("filler");
    }

    public static void main(String[] arguments) throws IOException {
      String mode = arguments[1];
      if (mode.equals("large write buffer")) {
        StoreSeams.writeOutEvery(100 << 20);
      }
      Scenario scenario = new Scenario(Path.of(arguments[0]));
      if (mode.startsWith("broken openings")) {
        scenario.breakOpenings(mode.endsWith("ballast deleted"));
      } else {
        scenario.run(!mode.equals("no ballast"));
      }
      System.out.println("done");
    }

    /** Openings of a full disk that end between giving up the ballast and taking it back. */
    @SuppressWarnings("try") // what is done is done by the handler
    private void breakOpenings(boolean deletesBallast) throws IOException {
      try (Memo memo = Memo.open(directory)) {
        assertThat(call(noise(memo))).isTrue();
      }
      fillUpTo(0);
      Path ballast = directory.resolve("ballast");

      try (WhenGivenUp failing = WhenGivenUp.does(Scenario::fail)) {
        assertThatThrownBy(() -> Memo.open(directory)).hasMessageContaining("fails here");
      }
      say("KiB taken back by a failed opening", (int) (Files.size(ballast) >> 10));

      try (ChildJvm killed = ChildJvm.of(KilledOpening.class, directory).start()) {
        killed.awaitEnd();
        assertThat(killed.process().exitValue()).isEqualTo(KilledOpening.EXIT_CODE);
      }
      if (deletesBallast) {
        Files.delete(ballast);
      }
      fillUpTo(12 << 20); // enough for a database and its ballast, far from plenty
      say("openings with space for a database", opens());
      fillUpTo(0);
      say("openings without", opens());
    }

    private static void fail() {
      throw new IllegalStateException("fails here");
    }

    private int opens() {
      try (Memo memo = Memo.open(directory)) {
        say("lost at last", lost(noise(memo)));
        return 1;
      } catch (DirectoryException e) {
        return 0;
      }
    }

    private void run(boolean withBallast) throws IOException {
      try (Memo memo = Memo.open(directory)) {
        CachedFunction<Integer, byte[], RuntimeException> noise = noise(memo);
        fillUpTo(40 << 20);
        while (call(noise)) {
          assertThat(next).as("calls until the disk is full").isLessThan(5_000);
        }
        say("stored before", stored.size());
        if (!withBallast) {
          Files.delete(directory.resolve("ballast"));
        }
        fillUpTo(0);
        callWhileFull(noise);
        say("unstored while full", (int) noise.stats().unstored());
        say("lost while full", lost(noise));
        say("warnings while full", log.warnings().size());
      }
      for (String opening : List.of("opening a full disk", "opening it again")) {
        fillUpTo(0);
        try (Memo memo = Memo.open(directory)) {
          CachedFunction<Integer, byte[], RuntimeException> noise = noise(memo);
          say("lost after " + opening, lost(noise));
          callWhileFull(noise);
        } catch (DirectoryException e) {
          say("cannot be opened", 1);
          return;
        }
      }
      fillUpTo(0);
      try (Memo memo = Memo.open(directory)) {
        CachedFunction<Integer, byte[], RuntimeException> noise = noise(memo);
        callWhileFull(noise);
        Files.delete(filler);
        long begin = System.nanoTime();
        while (!call(noise) && System.nanoTime() - begin < PATIENCE.toNanos()) {
          LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        say(
            "millis until stored again",
            (int) Duration.ofNanos(System.nanoTime() - begin).toMillis());
        say("resumed", call(noise) ? 1 : 0);
      }
      try (Memo memo = Memo.open(directory)) {
        say("lost at last", lost(noise(memo)));
      }
    }

    private void callWhileFull(CachedFunction<Integer, byte[], RuntimeException> noise) {
      for (int i = 0; i < 50; i++) {
        boolean unused = call(noise);
      }
    }

    private static CachedFunction<Integer, byte[], RuntimeException> noise(Memo memo) {
      return memo.function("noise", "1", Integer.class, byte[].class, Scenario::noise);
    }

    private static byte[] noise(Integer n) {
      byte[] bytes = new byte[VALUE_BYTES];
      new Random(n).nextBytes(bytes);
      return bytes;
    }

    private boolean call(CachedFunction<Integer, byte[], RuntimeException> noise) {
      FunctionStats before = noise.stats();
      int n = next++;
      assertThat(noise.call(n)).isEqualTo(noise(n));
      FunctionStats after = noise.stats();
      assertThat(after.computations()).isEqualTo(before.computations() + 1);
      boolean kept = after.unstored() == before.unstored();
      if (kept) {
        stored.add(n);
      }
      return kept;
    }

    private int lost(CachedFunction<Integer, byte[], RuntimeException> noise) {
      int lost = 0;
      for (int n : stored) {
        byte[] found = noise.isCached(n) ? noise.peek(n).value() : new byte[0];
        lost += Arrays.equals(found, noise(n)) ? 0 : 1;
      }
      return lost;
    }

    private void fillUpTo(int left) throws IOException {
      long bytes = Files.getFileStore(disk).getUsableSpace() - left;
      if (bytes < 0) {
        try (FileChannel channel = FileChannel.open(filler, StandardOpenOption.WRITE)) {
          channel.truncate(channel.size() + bytes);
        }
      }
      byte[] block = new byte[4096];
      try (OutputStream out =
          Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        for (long written = 0; written < bytes; written += block.length) {
          out.write(block);
        }
      }
    }

    private static void say(String what, int count) {
      System.out.println("seen " + what + ": " + count);
    }
  }

  /** Does something at the moment when a ballast was given up: its warning is the sign. */
  private static final class WhenGivenUp extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("dev.memo.process"); // loggers are kept weakly
    private final Runnable action;

    private WhenGivenUp(Runnable action) {
      this.action = action;
    }

    static WhenGivenUp does(Runnable action) {
      WhenGivenUp handler = new WhenGivenUp(action);
      handler.logger.addHandler(handler);
      return handler;
    }

    @Override
    public void publish(@Nullable LogRecord entry) {
      if (entry != null && entry.getMessage().contains("are given up")) {
        action.run();
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  /** Opens a directory, and dies when the ballast is given up. */
  static final class KilledOpening {
    static final int EXIT_CODE = 137;

    private KilledOpening() {}

    @SuppressWarnings("try") // as above
    public static void main(String[] arguments) {
      try (WhenGivenUp dying = WhenGivenUp.does(() -> Runtime.getRuntime().halt(EXIT_CODE));
          Memo memo = Memo.open(Path.of(arguments[0]))) {
        throw new AssertionError("opened without giving up the ballast");
      }
    }
  }
}
