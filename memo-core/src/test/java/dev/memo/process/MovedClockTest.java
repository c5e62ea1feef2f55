package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes whose wall clock is set while they share a directory. The machine's own clock stays as
 * it is: libfaketime (of Debian's package faketime) stands between the JVM and it, and reads what
 * it is to say from a file that the test writes. That it does is asserted of every process each
 * time.
 */
@Tag("heavy")
@Timeout(180)
final class MovedClockTest {
  private static final Times SOON = Openings.SOON_WITH_LONG_GRACE;
  private static final long HOUR = Duration.ofHours(1).toSeconds();

  private final Path path;
  private final Path clock;
  private Path library;

  MovedClockTest(@TempDir Path folder) {
    path = folder.resolve("d");
    clock = folder.resolve("clock");
  }

  @BeforeEach
  void findLibrary() throws IOException {
    List<Path> places =
        List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"));
    library = places.stream().filter(Files::isReadable).findFirst().orElse(null);
    assumeTrue(library != null, "libfaketime is needed to move the clock: install faketime");
    move(0);
  }

  /** From now on the clock is so far from the machine's. */
  private void move(long seconds) throws IOException {
    Path unfinished = clock.resolveSibling("clock.new");
    Files.writeString(unfinished, (seconds < 0 ? "" : "+") + seconds + "\n");
    Files.move(
        unfinished, clock, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void giveTheClock(ChildJvm.Builder child) {
    child.prefix(
        "env",
        "LD_PRELOAD=" + library,
        "FAKETIME_TIMESTAMP_FILE=" + clock,
        "FAKETIME_NO_CACHE=1",
        // else it changes how long threads wait
        "FAKETIME_FORCE_MONOTONIC_FIX=0",
        "DONT_FAKE_MONOTONIC=1");
  }

  private Peer open() {
    return Peer.open(path, SOON, this::giveTheClock);
  }

  private static long wallSeconds(Peer peer) {
    long millis = Long.parseLong(peer.get("now")) - System.currentTimeMillis();
    return Math.round(millis / 1000.0);
  }

  private void assertMoved(long seconds, Peer... peers) {
    for (Peer peer : peers) {
      assertThat(wallSeconds(peer))
          .as("what the process sees")
          .isBetween(seconds - 30, seconds + 30);
    }
  }

  private static void let(Duration pass) {
    long begin = System.nanoTime();
    Openings.await(pass + " have passed", () -> System.nanoTime() - begin > pass.toNanos());
  }

  @Test
  @DisplayName("P1, P4: setting the wall clock forward and back ends no claim, wait or connection")
  void theWallClockIsSet() throws IOException {
    try (Peer primary = open();
        Peer holder = open();
        Peer waiter = open()) {
      assertMoved(0, primary, holder, waiter);
      Peer.Asked slow = holder.ask("call", "f", 1);
      holder.await("computes f 1");
      Peer.Asked waits = waiter.ask("call", "f", 1);
      Peer.Asked waitsToo = primary.ask("call", "f", 1);
      awaitWaiter(waiter);
      awaitWaiter(primary);
      String before = primary.get("call", "quick", 1);
      int key = 100;
      long former = 0;
      for (long seconds : new long[] {HOUR, -2 * HOUR, 24 * HOUR}) {
        move(seconds);
        assertMoved(seconds, primary, holder, waiter);
        // forward, what looked at the wall clock would be over at once; back, it would be missed
        let(seconds > former ? SOON.silence() : SOON.lease().plus(SOON.silence()));
        former = seconds;
        assertThat(primary.get("role")).isEqualTo("leads");
        assertThat(holder.get("role")).isEqualTo("follows");
        assertThat(waiter.get("role")).isEqualTo("follows");
        assertThat(holder.get("call", "quick", 1)).isEqualTo(before);
        key++;
        assertThat(waiter.get("call", "quick", key)).isEqualTo(holder.get("call", "quick", key));
        assertThat(slow.isAnswered() || waits.isAnswered() || waitsToo.isAnswered()).isFalse();
      }
      move(-HOUR);
      primary.kill();
      Openings.await("another one leads", () -> leads(holder) || leads(waiter));
      assertThat(waits.isAnswered()).isFalse();
      holder.get("open", "f", 1);
      assertThat(waits.value()).isEqualTo(slow.value());
      assertThat(holder.computations("f", 1)).isEqualTo(1);
      assertThat(waiter.computations("f", 1)).isZero();
      for (Peer peer : List.of(holder, waiter)) {
        for (String reason : List.of("MAX_WAIT", "NO_PRIMARY", "ABANDONED", "CYCLE")) {
          assertThat(peer.get("misses", reason)).as(reason).isEqualTo("0");
        }
        assertThat(peer.get("spooled")).isEqualTo("0");
      }
      for (Peer peer : List.of(primary, holder, waiter)) {
        assertThat(peer.mentions("does not answer")).as("who detached").isEmpty();
        assertThat(peer.mentions("is silent")).as("whose claims ended").isEmpty();
      }
    }
  }

  private static void awaitWaiter(Peer peer) {
    Openings.await("it waits", () -> peer.get("waiters").equals("1"));
  }

  private static boolean leads(Peer peer) {
    return peer.get("role").equals("leads");
  }
}
