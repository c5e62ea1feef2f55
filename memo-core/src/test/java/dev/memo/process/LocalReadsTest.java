package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Paces;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that does not lead reads for itself, and what it reads is what the primary has. */
final class LocalReadsTest {
  private static final int KEYS = 50;

  private final Path path;

  LocalReadsTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private OpenDirectory open(LocalReads reads) {
    return OpenDirectory.open(
        path,
        DirectorySettings.DEFAULT,
        Times.DEFAULT,
        new Leadership.Rules(stored -> true, Outdating.STARTED_BEFORE),
        reads);
  }

  private static long asked(OpenDirectory directory) {
    return directory.state().counts().getOrDefault(DirectoryState.ASKED, 0L);
  }

  private static void storeAll(Peer peer) {
    for (int key = 0; key < KEYS; key++) {
      peer.get("call", "quick", key);
    }
  }

  /** Reads this key until the primary is not asked for it. */
  private static void awaitLocal(OpenDirectory directory, GatedFunctions here, int key) {
    Openings.await(
        "the key " + key + " is read here",
        () -> {
          long before = asked(directory);
          boolean found = here.peek("quick", key) != null;
          return found && asked(directory) == before;
        });
  }

  @Test
  void whatIsStoredIsReadWithoutAskingThePrimary() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(Paces.eager(Meta::generations))) {
      storeAll(primary);
      GatedFunctions here = GatedFunctions.of(directory);
      awaitLocal(directory, here, KEYS - 1);
      long before = asked(directory);
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.peek("quick", key)).isEqualTo(primary.get("peek", "quick", key));
        assertThat(here.call("quick", key)).isEqualTo(primary.get("peek", "quick", key));
      }
      assertThat(asked(directory)).isEqualTo(before);
      assertThat(here.stats().computations()).isZero();
      assertThat(Openings.reads(directory).openings()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("twin: over the socket the primary is asked for everything")
  void twinOverTheSocket() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(LocalReads.NONE)) {
      storeAll(primary);
      GatedFunctions here = GatedFunctions.of(directory);
      long before = asked(directory);
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.peek("quick", key)).isEqualTo(primary.get("peek", "quick", key));
      }
      assertThat(asked(directory)).isEqualTo(before + KEYS);
    }
  }

  @Test
  void whatIsStoredLaterIsCaughtUpWith() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(Paces.eager(Meta::generations))) {
      storeAll(primary);
      GatedFunctions here = GatedFunctions.of(directory);
      awaitLocal(directory, here, 0);
      primary.get("call", "quick", KEYS);
      awaitLocal(directory, here, KEYS);
      assertThat(Openings.reads(directory).openings()).isEqualTo(1);
      assertThat(Openings.reads(directory).catchUps()).isPositive();
    }
  }

  @Test
  void whatIsStoredWhileAnOpeningHasToWaitIsCaughtUpWith() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(Paces.opensOnce(Meta::generations))) {
      storeAll(primary);
      GatedFunctions here = GatedFunctions.of(directory);
      awaitLocal(directory, here, 0);
      primary.get("put", "quick", 7, "put"); // from now on an opening is wanted
      for (int key = KEYS; key < KEYS + 20; key++) {
        assertThat(here.peek("quick", 7)).isEqualTo("put");
        primary.get("call", "quick", key);
        awaitLocal(directory, here, key);
      }
      assertThat(Openings.reads(directory).openings()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("P6: what was put, refreshed or removed elsewhere is never read here again")
  void changesElsewhereAreSeenAtOnce() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(Paces.eager(Meta::generations))) {
      storeAll(primary);
      GatedFunctions here = GatedFunctions.of(directory);
      awaitLocal(directory, here, 7);
      for (int round = 0; round < 20; round++) {
        primary.get("put", "quick", 7, "put" + round);
        assertThat(here.peek("quick", 7)).isEqualTo("put" + round);
        String refreshed = primary.get("refresh", "quick", 7);
        assertThat(here.peek("quick", 7)).isEqualTo(refreshed);
        primary.get("invalidate", "quick", 7);
        assertThat(here.peek("quick", 7)).isNull();
        String computed = primary.get("call", "quick", 7);
        assertThat(here.peek("quick", 7)).isEqualTo(computed);
        if (round % 5 == 4) {
          primary.get("invalidateAll", "quick");
          assertThat(here.peek("quick", 7)).isNull();
          assertThat(here.peek("quick", 8)).isNull();
          primary.get("call", "quick", 7);
          primary.get("call", "quick", 8);
        }
        if (round % 3 == 2) {
          awaitLocal(directory, here, 7); // and so on, with another opening
        }
      }
      assertThat(Openings.reads(directory).openings()).isGreaterThan(3);
      assertThat(Openings.reads(directory).failures()).isZero();
    }
  }

  @Test
  void readsGoOnWithoutAPrimaryAndWithTheNext() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(Paces.eager(Meta::generations));
        Peer next = Peer.open(path, Times.DEFAULT)) {
      storeAll(primary);
      GatedFunctions here = GatedFunctions.of(directory);
      awaitLocal(directory, here, KEYS - 1);
      primary.stop();
      long begin = System.nanoTime();
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.peek("quick", key)).isNotNull();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("nobody waits for the primary that stands still")
          .isLessThan(Times.DEFAULT.silence());
      primary.kill();
      String stored = next.get("call", "quick", KEYS);
      assertThat(here.peek("quick", KEYS)).isEqualTo(stored);
      if (Openings.role(directory).equals("follows")) {
        awaitLocal(directory, here, KEYS);
        awaitLocal(directory, here, 0);
      }
    }
  }

  @Test
  void aDatabaseThatNobodyReadsIsLetGo() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(Paces.letsGo(Meta::generations, Duration.ofMillis(300)))) {
      storeAll(primary);
      GatedFunctions here = GatedFunctions.of(directory);
      awaitLocal(directory, here, 0);
      Openings.await("nothing of it is left", () -> views().isEmpty());
      awaitLocal(directory, here, 0);
      assertThat(Openings.reads(directory).openings()).isGreaterThanOrEqualTo(2);
    }
  }

  /** The folders of databases that are open in secondaries. */
  private List<String> views() {
    return Openings.names(path.resolve("secondaries")).stream()
        .flatMap(member -> Openings.names(path.resolve("secondaries").resolve(member)).stream())
        .filter(name -> name.startsWith("view-"))
        .toList();
  }
}
