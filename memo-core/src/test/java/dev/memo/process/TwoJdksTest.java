package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.store.InstalledJdks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes of different JDKs that share a directory. */
@Tag("heavy")
@Timeout(180)
final class TwoJdksTest {
  private static final int KEYS = 200;

  private final Path path;
  private final InstalledJdks jdks;

  TwoJdksTest(@TempDir Path folder) throws IOException {
    path = folder.resolve("d");
    jdks = InstalledJdks.require("17", "25");
  }

  private Peer open(String version) {
    Peer peer =
        Peer.open(
            path,
            Openings.SOON,
            child -> {
              child.java(jdks.java(version));
              if (Integer.parseInt(version) >= 24) {
                child.option("--enable-native-access=ALL-UNNAMED").option("-Dkryo.unsafe=false");
              }
            });
    assertThat(peer.get("jdk")).isEqualTo(version);
    return peer;
  }

  private static void awaitRole(Peer peer, String role) {
    Openings.await("it " + role, () -> peer.get("role").equals(role));
  }

  private static void requireOnce(List<Peer> peers, int from) {
    List<List<Peer.Asked>> asked = new ArrayList<>();
    for (int key = from; key < from + KEYS; key++) {
      int each = key;
      asked.add(peers.stream().map(peer -> peer.ask("call", "quick", each)).toList());
    }
    for (int i = 0; i < KEYS; i++) {
      int key = from + i;
      assertThat(asked.get(i).stream().map(Peer.Asked::value).distinct()).hasSize(1);
      assertThat(peers.stream().mapToLong(peer -> peer.computations("quick", key)).sum())
          .as("computations of %s", key)
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"17, 25", "25, 17"})
  @DisplayName("P1, P3: processes of JDK 17 and 25 share a directory, and each takes over")
  void shareADirectory(String one, String other) {
    try (Peer first = open(one);
        Peer second = open(other);
        Peer third = open(one)) {
      awaitRole(second, "follows");
      awaitRole(third, "follows");
      assertThat(first.get("role")).isEqualTo("leads");
      requireOnce(List.of(first, second, third), 0);
      String value = first.get("call", "quick", 0);
      Peer.Asked slow = second.ask("call", "f", 1);
      second.await("computes f 1");
      third.leave();

      first.kill();
      awaitRole(second, "leads");
      assertThat(second.get("call", "quick", 0)).isEqualTo(value);
      try (Peer fourth = open(one)) {
        awaitRole(fourth, "follows");
        Peer.Asked waits = fourth.ask("call", "f", 1);
        second.get("open", "f", 1);
        assertThat(waits.value()).isEqualTo(slow.value());
        assertThat(fourth.computations("f", 1)).isZero();
        requireOnce(List.of(second, fourth), KEYS);

        second.leave();
        awaitRole(fourth, "leads");
        for (int key = 0; key < KEYS; key++) {
          assertThat(fourth.get("call", "quick", key)).isEqualTo(valueOf(first, key));
          assertThat(fourth.computations("quick", key)).isZero();
        }
      }
    }
  }

  /** What a process that has ended returned for a key when it was asked first. */
  private static String valueOf(Peer ended, int key) {
    // its first command was "jdk", the second "role"; then the keys in their order
    return ended.await("#" + (key + 3) + " returned ").split(" ", -1)[2];
  }
}
