package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.store.Footprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What processes and openings leave behind that come and go in any order. */
@Timeout(120)
@Tag("heavy")
final class NothingLeftBehindTest {
  private static final long SEED = 20261121;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path path;

  NothingLeftBehindTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private void openAndCloseInAnyOrder(Random random) {
    List<OpenDirectory> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      OpenDirectory directory = Openings.open(path, Openings.SOON);
      open.add(directory);
      assertThat(GatedFunctions.of(directory).call("quick", i)).isNotNull();
    }
    Collections.shuffle(open, random);
    open.forEach(OpenDirectory::close);
  }

  private List<String> content(String folder) {
    return Openings.names(path.resolve(folder));
  }

  private void assertSwept() {
    assertThat(content("s")).isEmpty();
    assertThat(content("secondaries")).isEmpty();
    assertThat(content("spool")).isEmpty();
  }

  @Test
  @DisplayName("openings that close in any order leave no file, descriptor, mapping or thread")
  void openingsOfOneJvm() {
    Random random = new Random(SEED);
    openAndCloseInAnyOrder(random); // what a JVM makes once
    Footprint before = Footprint.now();
    for (int round = 0; round < 5; round++) {
      openAndCloseInAnyOrder(random);
      assertSwept();
    }
    assertThat(Footprint.keptSince(before, PATIENCE)).as("seed %s", SEED).isEmpty();
  }

  @Test
  @DisplayName("processes that leave in any order leave no file")
  void processesThatLeave() {
    Random random = new Random(SEED);
    List<Peer> peers = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        peers.add(Peer.open(path, Openings.SOON));
      }
      peers.get(1).get("call", "quick", 1);
      Collections.shuffle(peers, random);
      peers.forEach(Peer::leave);
      assertSwept();
    } finally {
      peers.forEach(Peer::close);
    }
  }

  @Test
  @DisplayName("what killed processes leave is swept by those that live, and by the next")
  void processesThatAreKilled() {
    try (Peer first = Peer.open(path, Openings.SOON);
        Peer second = Peer.open(path, Openings.SOON);
        OpenDirectory directory = Openings.open(path, Openings.SOON)) {
      assertThat(content("secondaries")).hasSize(3);
      first.kill();
      second.kill();
      Openings.awaitRole(directory, "leads");
      Openings.await("they are swept", () -> content("secondaries").size() == 1);
      assertThat(content("s")).hasSize(1);
    }
    assertSwept();
    try (Peer last = Peer.open(path, Openings.SOON)) {
      last.kill();
      assertThat(content("secondaries")).hasSize(1);
    }
    try (OpenDirectory directory = Openings.open(path, Openings.SOON)) {
      assertThat(Openings.role(directory)).isEqualTo("leads");
      assertThat(content("secondaries")).hasSize(1);
    }
    assertSwept();
  }

  @Test
  @DisplayName("what a process spooled is not left behind by a polite close without a primary")
  void aSpoolThatCannotBeReplayedStays() {
    try (Peer primary = Peer.open(path, Openings.SOON)) {
      String value;
      try (OpenDirectory directory = Openings.open(path, Openings.SOON)) {
        primary.stop();
        value = GatedFunctions.of(directory).call("quick", 1);
      }
      assertThat(content("spool")).hasSize(1);
      primary.resume();
      Openings.await("it is stored", () -> value.equals(primary.get("peek", "quick", 1)));
    }
  }
}
