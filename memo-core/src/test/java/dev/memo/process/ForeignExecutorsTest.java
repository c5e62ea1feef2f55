package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Computations that need each other, or themselves, through threads that memo did not make: it
 * cannot know for whom those wait, so only {@code maxWait} ends the cycle.
 */
@Tag("heavy")
@Timeout(180)
final class ForeignExecutorsTest {
  private static final Duration FOR_EVER = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(500);

  private final Path path;

  ForeignExecutorsTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private Peer peer(Duration maxWait) {
    Peer peer = Peer.start(path, Times.DEFAULT, maxWait, true);
    peer.await("opened");
    return peer;
  }

  private static long misses(Peer peer, String reason) {
    return Long.parseLong(peer.get("misses", reason));
  }

  private static long cycles(Peer peer) {
    return Long.parseLong(peer.get("cycles"));
  }

  @Test
  @DisplayName("P4: a cycle through executors that memo does not know ends after maxWait")
  void maxWaitEndsTheCycle() {
    try (OpenDirectory primary = Openings.open(path, Times.DEFAULT);
        Peer a = peer(SHORT);
        Peer b = peer(SHORT)) {
      assertThat(Openings.role(primary)).isEqualTo("leads");
      crossTheirCalls(a, b, GatedFunctions.ELSEWHERE);
      assertThat(misses(a, "MAX_WAIT") + misses(b, "MAX_WAIT")).as("given up").isBetween(1L, 2L);
      assertThat(cycles(a) + cycles(b)).isZero();
    }
  }

  @Test
  @DisplayName("P4: the same where one of the two is the primary")
  void aMemberAndThePrimary() {
    try (Peer a = peer(SHORT);
        Peer b = peer(SHORT)) {
      assertThat(a.get("role")).isEqualTo("leads");
      crossTheirCalls(a, b, GatedFunctions.ELSEWHERE);
      assertThat(misses(a, "MAX_WAIT") + misses(b, "MAX_WAIT")).as("given up").isBetween(1L, 2L);
      assertThat(cycles(a) + cycles(b)).isZero();
    }
  }

  @Test
  @DisplayName("twin: where the threads are told for whom they call, the cycle is seen at once")
  void twinWithChains() {
    try (Peer a = peer(FOR_EVER);
        Peer b = peer(FOR_EVER)) {
      crossTheirCalls(a, b, GatedFunctions.TOLD);
      assertThat(cycles(a) + cycles(b)).as("cycle breaks").isEqualTo(1);
      assertThat(misses(a, "MAX_WAIT") + misses(b, "MAX_WAIT")).isZero();
    }
  }

  @Test
  @DisplayName("P4: a function of a member that needs itself so computes again after maxWait")
  void aMemberNeedsItself() {
    try (OpenDirectory primary = Openings.open(path, Times.DEFAULT);
        Peer member = peer(SHORT)) {
      assertThat(Openings.role(primary)).isEqualTo("leads");
      callItself(member, GatedFunctions.ELSEWHERE);
      assertThat(misses(member, "MAX_WAIT")).as("given up").isEqualTo(1);
      assertThat(cycles(member)).isZero();
    }
  }

  @Test
  @DisplayName("P4: the same in the primary")
  void thePrimaryNeedsItself() {
    try (Peer primary = peer(SHORT)) {
      assertThat(primary.get("role")).isEqualTo("leads");
      callItself(primary, GatedFunctions.ELSEWHERE);
      assertThat(misses(primary, "MAX_WAIT")).as("given up").isEqualTo(1);
      assertThat(cycles(primary)).isZero();
    }
  }

  @Test
  @DisplayName("twin: where the thread is told for whom it calls, it computes again at once")
  void twinThatNeedsItself() {
    try (Peer peer = peer(FOR_EVER)) {
      callItself(peer, GatedFunctions.TOLD);
      assertThat(cycles(peer)).as("cycle breaks").isEqualTo(1);
      assertThat(misses(peer, "MAX_WAIT")).isZero();
    }
  }

  /** f needs itself by a thread of its own; the second computation needs nothing. */
  private static void callItself(Peer peer, String how) {
    Peer.Asked outer = peer.ask("call", "f", 1);
    peer.await("computes f 1");
    peer.get("open", "f", 1, GatedFunctions.ONCE + how + "f");
    Openings.await("it computes again", () -> peer.computations("f", 1) == 2);
    assertThat(outer.isAnswered()).as("it needs the inner call").isFalse();
    peer.get("open", "f", 1);
    String value = outer.value(); // only after the inner call has returned
    assertThat(peer.get("peek", "f", 1)).isEqualTo(value);
    assertThat(peer.get("call", "f", 1)).isEqualTo(value);
    assertThat(peer.computations("f", 1)).isEqualTo(2);
  }

  /** f in a needs g, g in b needs f, both by threads of their own. */
  private static void crossTheirCalls(Peer a, Peer b, String how) {
    Peer.Asked f = a.ask("call", "f", 1);
    a.await("computes f 1");
    Peer.Asked g = b.ask("call", "g", 1);
    b.await("computes g 1");
    a.get("open", "g", 1);
    b.get("open", "f", 1);
    a.get("open", "f", 1, how + "g");
    b.get("open", "g", 1, how + "f");
    String fValue = f.value();
    String gValue = g.value();
    assertThat(b.get("call", "f", 1)).isEqualTo(fValue);
    assertThat(a.get("call", "g", 1)).isEqualTo(gValue);
  }
}
