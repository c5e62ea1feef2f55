package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes wait for one computation, which throws. */
@Timeout(180)
@Tag("heavy")
final class FailuresOfProcessesTest {
  private static final String FAILURE = "threw java.lang.IllegalStateException: f 1 has failed";

  private final Path path;
  private OpenDirectory directory;
  private List<Peer> peers;
  private List<Peer.Asked> calls;

  FailuresOfProcessesTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  /** The first one computes, the others wait for it in their order. */
  @BeforeEach
  void begin() {
    directory = Openings.open(path, Times.DEFAULT);
    peers = List.of(start(), start(), start());
    peers.forEach(peer -> peer.await("opened"));
    Peer.Asked first = peers.get(0).ask("call", "f", 1);
    peers.get(0).await("computes f 1");
    Peer.Asked second = peers.get(1).ask("call", "f", 1);
    awaitWaits(1);
    Peer.Asked third = peers.get(2).ask("call", "f", 1);
    awaitWaits(2);
    calls = List.of(first, second, third);
  }

  private Peer start() {
    return Peer.start(path, Times.DEFAULT);
  }

  @AfterEach
  void end() {
    peers.forEach(Peer::close);
    directory.close();
  }

  /** One process computes and so many wait for it. */
  private void awaitWaits(long count) {
    Openings.awaitState(
        directory, count + " wait", state -> state.claims() == 1 && state.waits() == count);
  }

  private void open(int peer, String what) {
    peers.get(peer).get("open", "f", 1, what);
  }

  /** How often each process has computed. */
  private List<Long> computations() {
    return peers.stream().map(peer -> peer.computations("f", 1)).toList();
  }

  @Test
  @DisplayName("P1: a failure reaches its own caller; one of those that waited computes, for all")
  void oneFails() {
    open(0, GatedFunctions.THROWS);
    assertThat(calls.get(0).answer()).isEqualTo(FAILURE);
    peers.get(1).await("computes f 1");
    awaitWaits(1);
    assertThat(computations()).containsExactly(1L, 1L, 0L);
    open(1, "");
    String value = calls.get(1).value();
    assertThat(calls.get(2).value()).isEqualTo(value);
    assertThat(computations()).containsExactly(1L, 1L, 0L);
    assertThat(peers.get(0).get("call", "f", 1)).as("what failed counts no more").isEqualTo(value);
    assertNobodyLostPatience();
  }

  @Test
  @DisplayName("P1: if all fail, they do so one after the other, each with its own exception")
  void allFail() {
    for (int peer = 0; peer < peers.size(); peer++) {
      peers.get(peer).await("computes f 1");
      int waiting = peers.size() - 1 - peer;
      awaitWaits(waiting);
      assertThat(computations().stream().mapToLong(Long::longValue).sum()).isEqualTo(peer + 1);
      assertThat(calls.subList(peer, peers.size())).noneMatch(Peer.Asked::isAnswered);
      open(peer, GatedFunctions.THROWS);
      assertThat(calls.get(peer).answer()).isEqualTo(FAILURE);
    }
    assertThat(computations()).containsExactly(1L, 1L, 1L);
    Openings.awaitState(directory, "no claim is left", state -> state.claims() == 0);
    assertThat(peers.get(0).get("peek", "f", 1)).as("nothing is stored").isEqualTo("null");
    assertNobodyLostPatience();
  }

  private void assertNobodyLostPatience() {
    assertThat(peers).allMatch(peer -> peer.get("misses", "MAX_WAIT").equals("0"));
  }
}
