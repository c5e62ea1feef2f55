package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.process.reads.Paces;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that only reads a directory, beside primaries that come and go. */
@Timeout(300)
@Tag("heavy")
final class ReadOnlyBesideOthersTest {
  private static final int KEYS = 50;

  private final Path path;
  private final Queue<String> begun = new ConcurrentLinkedQueue<>();

  ReadOnlyBesideOthersTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  void whatOthersStoreIsServedAtOnce() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      for (int key = 0; key < 4 * KEYS; key++) {
        String stored = primary.get("call", "quick", key);
        assertThat(here.call("quick", key)).isEqualTo(stored);
      }
      assertThat(begun).isEmpty();
    }
  }

  @Test
  @DisplayName("twin: who does not look again computes what others have stored")
  void twinWithoutAnotherLook() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory =
            ReadOnlyOpenings.open(
                path,
                (generations, seesAgain) -> Paces.eager(generations),
                ReadOnlyOpenings.PATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      for (int key = 0; key < 4 * KEYS; key++) {
        String unused = primary.get("call", "quick", key);
        unused = here.call("quick", key);
      }
      assertThat(begun).isNotEmpty();
    }
  }

  @Test
  @DisplayName("P6: what was put, refreshed or removed elsewhere is never read here again")
  void changesElsewhereAreSeenAtOnce() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      for (int round = 0; round < 10; round++) {
        primary.get("put", "quick", 7, "put" + round);
        assertThat(here.peek("quick", 7)).isEqualTo("put" + round);
        String refreshed = primary.get("refresh", "quick", 7);
        assertThat(here.call("quick", 7)).isEqualTo(refreshed);
        assertThat(here.call("quick", 7)).as("from memory").isEqualTo(refreshed);
        primary.get("invalidate", "quick", 7);
        assertThat(here.peek("quick", 7)).isNull();
        String own = here.call("quick", 7);
        assertThat(own).isNotEqualTo(refreshed);
        String computed = primary.get("refresh", "quick", 7);
        assertThat(here.call("quick", 7)).as("not its own any more").isEqualTo(computed);
        if (round % 3 == 2) {
          primary.get("invalidateAll", "quick");
          assertThat(here.peek("quick", 7)).isNull();
          assertThat(here.call("quick", 7)).isNotEqualTo(computed);
        }
      }
    }
  }

  @Test
  @DisplayName("P6, twin: who does not see epochs move serves what was removed")
  void twinWithoutEpochs() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory =
            ReadOnlyOpenings.open(
                path,
                (generations, seesAgain) ->
                    DeceivedReads.withFrozenEpochs(Paces.patient(generations, seesAgain)),
                ReadOnlyOpenings.PATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      String stored = primary.get("call", "quick", 7);
      assertThat(here.peek("quick", 7)).isEqualTo(stored);
      primary.get("invalidate", "quick", 7);
      assertThat(here.peek("quick", 7)).isEqualTo(stored);
    }
  }

  @Test
  @DisplayName("P6: what is computed while the call is invalidated elsewhere is not served later")
  void computationsThatWereOvertakenAreForgotten() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      CompletableFuture<String> before =
          CompletableFuture.supplyAsync(() -> here.call("f", 1), task -> new Thread(task).start());
      Openings.await("it computes", () -> begun.size() == 1);
      primary.get("invalidate", "f", 1);
      CompletableFuture<String> after =
          CompletableFuture.supplyAsync(() -> here.call("f", 1), task -> new Thread(task).start());
      Openings.await("the later call does not join it", () -> begun.size() == 2);
      here.open("f", 1);
      assertThat(after.join()).isNotEqualTo(before.join());
      assertThat(here.call("f", 1)).isNotEqualTo(before.join());
    }
  }

  /**
   * Puts ever larger numbers while others read; returns how often one was older than acknowledged.
   */
  private static long staleReads(OpenDirectory writing, OpenDirectory reading, Duration time) {
    int keys = 100; // each of them stands still for long enough to be read
    GatedFunctions writer = GatedFunctions.of(writing);
    GatedFunctions reader = GatedFunctions.of(reading);
    AtomicLongArray acknowledged = new AtomicLongArray(keys);
    long end = System.nanoTime() + time.toNanos();
    CompletableFuture<Void> puts =
        CompletableFuture.runAsync(
            () -> {
              for (int number = 1; System.nanoTime() < end; number++) {
                int key = number % keys;
                writer.put("quick", key, Integer.toString(number));
                acknowledged.set(key, number);
                LockSupport.parkNanos(100_000);
              }
            },
            task -> new Thread(task).start());
    long stale = 0;
    long found = 0;
    while (!puts.isDone()) {
      for (int key = 0; key < keys; key++) {
        long atLeast = acknowledged.get(key);
        String value = reader.peek("quick", key);
        if (value != null) {
          found++;
          stale += Integer.parseInt(value) < atLeast ? 1 : 0;
        }
      }
    }
    puts.join();
    System.out.println(
        found + " reads beside puts up to " + acknowledged.get(0) + ", stale " + stale);
    assertThat(found).as("reads that found something").isPositive();
    return stale;
  }

  @Test
  @DisplayName("P6: what is read is never older than what was acknowledged before")
  void nothingOldIsRead() {
    try (OpenDirectory writing = Openings.open(path, Times.DEFAULT);
        OpenDirectory reading = ReadOnlyOpenings.open(path)) {
      assertThat(staleReads(writing, reading, Duration.ofSeconds(3))).isZero();
    }
  }

  @Test
  @DisplayName("P6, twin: without epochs it is")
  void twinOldIsRead() {
    try (OpenDirectory writing = Openings.open(path, Times.DEFAULT);
        OpenDirectory reading =
            ReadOnlyOpenings.open(
                path,
                (generations, seesAgain) ->
                    DeceivedReads.withFrozenEpochs(Paces.patient(generations, seesAgain)),
                ReadOnlyOpenings.PATIENT)) {
      assertThat(staleReads(writing, reading, Duration.ofSeconds(1))).isPositive();
    }
  }

  @Test
  @DisplayName("P4: a primary that stands still, or is killed, disturbs no read")
  void aPrimaryThatIsStoppedAndKilled() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      String[] stored = new String[KEYS];
      for (int key = 0; key < KEYS; key++) {
        stored[key] = primary.get("call", "quick", key);
      }
      primary.stop();
      assertServes(here, stored);
      assertThat(here.call("quick", KEYS)).as("computed without waiting").isNotNull();
      primary.kill();
      assertServes(here, stored);
    }
    // and who comes after that
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 0)).isNotNull();
    }
  }

  private static void assertServes(GatedFunctions here, String[] stored) {
    for (int key = 0; key < stored.length; key++) {
      assertThat(here.peek("quick", key)).isEqualTo(stored[key]);
    }
  }

  @Test
  @DisplayName("P6: reads go on with the next primary, and obey it")
  void theNextPrimary() {
    try (Peer first = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = ReadOnlyOpenings.open(path);
        Peer second = Peer.open(path, Times.DEFAULT)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      String one = first.get("call", "quick", 1);
      String two = first.get("call", "quick", 2);
      assertThat(here.peek("quick", 1)).isEqualTo(one);
      first.kill();
      second.get("invalidate", "quick", 1); // when it leads
      assertThat(here.peek("quick", 1)).isNull();
      assertThat(here.peek("quick", 2)).isEqualTo(two);
      String three = second.get("call", "quick", 3);
      assertThat(here.call("quick", 3)).isEqualTo(three);
      second.leave();
      assertThat(here.peek("quick", 1)).isNull();
      assertThat(here.peek("quick", 3)).isEqualTo(three);
      assertThat(begun).isEmpty();
    }
  }

  @Test
  @DisplayName("P6: a primary that begins after the directory was opened is followed")
  void aPrimaryThatComesLater() {
    String[] stored = ReadOnlyOpenings.store(path, KEYS).toArray(String[]::new);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      assertServes(here, stored);
      try (Peer primary = Peer.open(path, Times.DEFAULT)) {
        assertServes(here, stored);
        primary.get("invalidate", "quick", 1);
        stored[1] = primary.get("call", "quick", 1);
        assertThat(here.call("quick", 1)).isEqualTo(stored[1]);
        String more = primary.get("call", "quick", KEYS);
        assertThat(here.call("quick", KEYS)).isEqualTo(more);
        primary.leave();
      }
      assertServes(here, stored);
      assertThat(begun).isEmpty();
    }
  }

  @Test
  @DisplayName("P1: who only reads takes no lock away, in the same JVM either")
  void theLockOfAnOwnerInThisJvm() {
    try (OpenDirectory owner = Openings.open(path, Times.DEFAULT)) {
      String stored = GatedFunctions.of(owner).call("quick", 1);
      for (int i = 0; i < 3; i++) {
        try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
          assertThat(GatedFunctions.of(directory).peek("quick", 1)).isEqualTo(stored);
        }
      }
      try (Peer other = Peer.open(path, Times.DEFAULT)) {
        assertThat(other.get("role")).isEqualTo("follows");
      }
    }
  }

  @Test
  void processesThatReadAndOneThatWrites() {
    String[] stored = ReadOnlyOpenings.store(path, KEYS).toArray(String[]::new);
    try (Peer reader = Peer.openToRead(path);
        Peer other = Peer.openToRead(path);
        Peer primary = Peer.open(path, Times.DEFAULT)) {
      assertThat(primary.get("role")).as("nobody else has the lock").isEqualTo("leads");
      for (int key = 0; key < KEYS; key++) {
        assertThat(reader.get("call", "quick", key)).isEqualTo(stored[key]);
        assertThat(other.get("call", "quick", key)).isEqualTo(stored[key]);
      }
      primary.get("invalidate", "quick", 1);
      assertThat(reader.get("peek", "quick", 1)).isEqualTo("null");
      assertThat(other.get("peek", "quick", 1)).isEqualTo("null");
      assertThat(other.ask("put", "quick", 1, "x").answer())
          .startsWith("threw java.lang.UnsupportedOperationException");
    }
  }
}
