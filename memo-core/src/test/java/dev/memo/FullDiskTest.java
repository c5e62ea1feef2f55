package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.failure.DirectoryException;
import dev.memo.store.ChildJvm;
import dev.memo.store.StoreSeams;
import java.io.IOException;
import java.io.OutputStream;
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
  @DisplayName("P4, twin: with a large write buffer, storing does not resume")
  void withALargeWriteBufferStoringDoesNotResume() throws Exception {
    assumeTrue(SOAK, "this one waits for what does not happen: only in a soak");
    assertThat(seenOnASmallDisk("large write buffer"))
        .containsEntry("lost while full", 0)
        .containsEntry("resumed", 0);
  }

  private Map<String, Integer> seenOnASmallDisk(String mode) throws Exception {
    Process unshare = new ProcessBuilder(OWN_MOUNTS).start();
    assumeTrue(unshare.waitFor() == 0, "no process may mount a disk of its own here");
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
      if (arguments[1].equals("large write buffer")) {
        StoreSeams.writeOutEvery(100 << 20);
      }
      new Scenario(Path.of(arguments[0])).run(!arguments[1].equals("no ballast"));
      System.out.println("done");
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
}
