package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Computations in several processes that need each other. */
@Tag("heavy")
@Timeout(120)
final class CyclesOfProcessesTest {
  private static final Duration FOR_EVER = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final Path path;

  CyclesOfProcessesTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private Peer peer(Duration maxWait, boolean reportsWaits) {
    Peer peer = Peer.start(path, Times.DEFAULT, maxWait, reportsWaits);
    peer.await("opened");
    return peer;
  }

  @Test
  @DisplayName("P4: f needs g in one process, g needs f in another: one of them computes anyway")
  void twoProcessesThatNeedEachOther() {
    try (OpenDirectory primary = Openings.open(path, Times.DEFAULT);
        Peer a = peer(FOR_EVER, true);
        Peer b = peer(FOR_EVER, true)) {
      assertThat(Openings.role(primary)).isEqualTo("leads");
      crossTheirCalls(a, b);
    }
  }

  @Test
  @DisplayName("P4: the same where one of the two is the primary")
  void aMemberAndThePrimaryThatNeedEachOther() {
    try (Peer a = peer(FOR_EVER, true);
        Peer b = peer(FOR_EVER, true)) {
      assertThat(a.get("role")).isEqualTo("leads");
      crossTheirCalls(a, b);
    }
  }

  private static void crossTheirCalls(Peer a, Peer b) {
    Peer.Asked f = a.ask("call", "f", 1);
    a.await("computes f 1");
    Peer.Asked g = b.ask("call", "g", 1);
    b.await("computes g 1");
    a.get("open", "g", 1);
    b.get("open", "f", 1);
    a.get("open", "f", 1, "g");
    b.get("open", "g", 1, "f");
    f.value();
    g.value();
    long cycles = Long.parseLong(a.get("cycles")) + Long.parseLong(b.get("cycles"));
    assertThat(cycles).as("cycle breaks").isEqualTo(1);
    assertThat(a.get("misses", "MAX_WAIT")).isEqualTo("0");
    assertThat(b.get("misses", "MAX_WAIT")).isEqualTo("0");
    assertThat(a.get("call", "f", 1)).isEqualTo(b.get("call", "f", 1));
    assertThat(a.get("call", "g", 1)).isEqualTo(b.get("call", "g", 1));
  }

  @Test
  @DisplayName("P4: a cycle through a flight inside one process is broken too")
  void aCycleThroughAFlight() {
    try (OpenDirectory primary = Openings.open(path, Times.DEFAULT);
        Peer a = peer(FOR_EVER, true);
        Peer b = peer(FOR_EVER, true)) {
      assertThat(Openings.role(primary)).isEqualTo("leads");
      waitThroughAFlight(a, b);
      long cycles = Long.parseLong(a.get("cycles")) + Long.parseLong(b.get("cycles"));
      // if g is told not to wait for h, it computes h, which needs f and is told the same
      assertThat(cycles).as("cycle breaks").isBetween(1L, 2L);
      assertThat(a.get("misses", "MAX_WAIT")).isEqualTo("0");
      assertThat(b.get("misses", "MAX_WAIT")).isEqualTo("0");
    }
  }

  @Test
  @DisplayName("twin: where waits inside a process are not reported, only maxWait ends that cycle")
  void twinWithoutReports() {
    try (OpenDirectory primary = Openings.open(path, Times.DEFAULT);
        Peer a = peer(SHORT, false);
        Peer b = peer(SHORT, false)) {
      assertThat(Openings.role(primary)).isEqualTo("leads");
      waitThroughAFlight(a, b);
      long given =
          Long.parseLong(a.get("misses", "MAX_WAIT")) + Long.parseLong(b.get("misses", "MAX_WAIT"));
      assertThat(given).as("calls that gave up waiting").isPositive();
      assertThat(a.get("cycles")).isEqualTo("0");
      assertThat(b.get("cycles")).isEqualTo("0");
    }
  }

  /** f in a needs g, which b computes and which needs h, whose flight in b needs f. */
  private static void waitThroughAFlight(Peer a, Peer b) {
    Peer.Asked f = a.ask("call", "f", 1);
    a.await("computes f 1");
    Peer.Asked h = b.ask("call", "h", 1);
    b.await("computes h 1");
    Peer.Asked g = b.ask("call", "g", 1);
    b.await("computes g 1");
    a.get("open", "g", 1);
    b.get("open", "f", 1);
    b.get("open", "h", 1, "f");
    b.get("open", "g", 1, "h");
    a.get("open", "f", 1, "g");
    f.value();
    g.value();
    h.value();
  }
}
