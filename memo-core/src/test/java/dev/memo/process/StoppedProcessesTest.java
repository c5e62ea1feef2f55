package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.DirectoryUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are stopped, as SIGSTOP does, and go on later. */
@Tag("heavy")
@Timeout(120)
final class StoppedProcessesTest {
  private static final Times SOON = Openings.SOON;

  private final Path path;
  private final List<String> begun = new CopyOnWriteArrayList<>();

  StoppedProcessesTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  @DisplayName("P3, P4: while the primary is stopped calls compute and spool; then all have it")
  void aStoppedPrimaryHoldsNobodyUp() {
    Times patient =
        new Times(SOON.beat(), Duration.ofMillis(2_500), Duration.ofSeconds(5), SOON.grace());
    try (Peer primary = Peer.open(path, patient);
        OpenDirectory directory = Openings.open(path, patient);
        Peer other = Peer.open(path, patient)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      String before = here.call("quick", 1);
      primary.stop();

      String spooled = here.call("quick", 2);
      assertThat(here.stats().spooled()).isEqualTo(1);
      assertThat(Openings.role(directory)).isEqualTo("none");
      for (int key = 3; key < 10; key++) {
        // from now on nobody waits for the primary any more
        long began = System.nanoTime();
        String value = here.call("quick", key);
        assertThat(System.nanoTime() - began).isLessThan(patient.silence().toNanos());
        assertThat(here.call("quick", key)).as("found again here").isEqualTo(value);
      }
      assertThat(begun).doesNotHaveDuplicates();
      assertThat(here.call("quick", 1)).as("what is on the heap still counts").isEqualTo(before);
      assertMutationsAreRefused(here);
      String theirs = other.get("call", "quick", 20);
      assertThat(other.get("call", "quick", 20)).isEqualTo(theirs);
      assertThat(other.get("spooled")).isEqualTo("1");

      primary.resume();
      Openings.awaitRole(directory, "follows");
      Openings.await("the other is back too", () -> other.get("role").equals("follows"));
      Openings.await("the spool is empty", () -> primary.get("peek", "quick", 2).equals(spooled));
      assertThat(other.get("call", "quick", 2)).isEqualTo(spooled);
      Openings.await("so is theirs", () -> primary.get("peek", "quick", 20).equals(theirs));
      assertThat(here.call("quick", 20)).isEqualTo(theirs);
      here.invalidate("quick", 2);
      assertThat(primary.get("peek", "quick", 2)).isEqualTo("null");
      other.leave();
      primary.leave();
    }
    assertThat(Openings.names(path.resolve("spool"))).isEmpty();
  }

  @Test
  @DisplayName("P3: what a process computes that never reached the stopped primary is stored later")
  void whoComesWhileThePrimaryIsStopped() {
    try (Peer primary = Peer.open(path, SOON)) {
      primary.stop();
      try (OpenDirectory directory = Openings.open(path, SOON)) {
        assertThat(Openings.role(directory)).isEqualTo("none");
        GatedFunctions here = GatedFunctions.of(directory, begun::add);
        String value = here.call("quick", 1);
        assertThat(here.call("quick", 1)).as("found again here").isEqualTo(value);
        assertThat(here.stats().spooled()).isEqualTo(1);
        primary.resume();
        Openings.await("it is stored", () -> primary.get("peek", "quick", 1).equals(value));
      }
    }
  }

  private static void assertMutationsAreRefused(GatedFunctions here) {
    for (Runnable mutation :
        List.<Runnable>of(
            () -> here.invalidate("quick", 1),
            () -> here.invalidateAll("quick"),
            () -> here.put("quick", 1, "put"),
            () -> here.refresh("quick", 1))) {
      assertThatThrownBy(mutation::run)
          .isInstanceOf(DirectoryUnavailableException.class)
          .hasMessageContaining("try again later");
    }
  }

  @Test
  @DisplayName("P4: a call that waits for a stopped process's claim computes after the silence")
  void whoWaitsForAStoppedPrimarysComputationComputes() {
    try (Peer primary = Peer.open(path, SOON);
        OpenDirectory directory = Openings.open(path, SOON);
        Peer other = Peer.open(path, SOON)) {
      Peer.Asked slow = primary.ask("call", "f", 1);
      primary.await("computes f 1");
      Peer.Asked waiting = other.ask("call", "f", 1);
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      primary.stop();
      other.await("computes f 1");
      other.ask("open", "f", 1);
      String spooled = waiting.value();
      primary.resume();
      Openings.await("it is stored", () -> spooled.equals(here.peek("f", 1)));
      primary.ask("open", "f", 1);
      assertThat(slow.value()).as("the late result loses").isEqualTo(spooled);
    }
  }

  @Test
  @DisplayName("P1: a claim holder that is stopped for less than its lease keeps its claim")
  void aShortStopKeepsTheClaim() {
    Times patient = new Times(SOON.beat(), SOON.silence(), Duration.ofSeconds(30), SOON.grace());
    try (OpenDirectory directory = Openings.open(path, patient);
        Peer holder = Peer.open(path, patient)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      Peer.Asked slow = holder.ask("call", "f", 1);
      holder.await("computes f 1");
      holder.stop();
      long stopped = System.nanoTime();
      long silence = patient.silence().toNanos();
      Openings.await("beats are missing", () -> System.nanoTime() - stopped > silence);
      holder.resume();
      here.open("f", 1);
      Thread waiter = new Thread(() -> here.call("f", 1));
      waiter.start();
      holder.ask("open", "f", 1);
      assertThat(slow.value()).isEqualTo(here.call("f", 1));
      assertThat(begun).isEmpty();
    }
  }

  @Test
  @DisplayName("P1, P4: one other computes for a holder that is stopped for long; its result wins")
  void aLongStopEndsTheClaim() {
    try (OpenDirectory directory = Openings.open(path, SOON);
        Peer holder = Peer.open(path, SOON);
        Peer other = Peer.open(path, SOON)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      Peer.Asked slow = holder.ask("call", "f", 1);
      holder.await("computes f 1");
      holder.stop();
      Peer.Asked elsewhere = other.ask("call", "f", 1);
      here.open("f", 1);
      other.ask("open", "f", 1);
      String first = here.call("f", 1);
      assertThat(elsewhere.value()).isEqualTo(first);
      assertThat(begun.size() + other.computations("f", 1)).as("computations").isEqualTo(1);
      holder.resume();
      holder.ask("open", "f", 1);
      assertThat(slow.value()).as("the late result loses").isEqualTo(first);
    }
  }

  @Test
  @DisplayName("twin: where a lease is shorter than the stop, the claim is not kept")
  void twinWithoutALease() {
    Times impatient = new Times(SOON.beat(), SOON.silence(), Duration.ofMillis(300), SOON.grace());
    try (OpenDirectory directory = Openings.open(path, impatient);
        Peer holder = Peer.open(path, SOON)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      Peer.Asked slow = holder.ask("call", "f", 1);
      holder.await("computes f 1");
      holder.stop();
      here.open("f", 1);
      String ours = here.call("f", 1);
      assertThat(begun).hasSize(1);
      holder.resume();
      holder.ask("open", "f", 1);
      assertThat(slow.value()).isEqualTo(ours);
    }
  }
}
