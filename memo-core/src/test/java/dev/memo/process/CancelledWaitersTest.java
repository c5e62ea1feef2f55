package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.MissReason;
import dev.memo.parallel.Parallel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is cancelled while all its inputs wait for computations of others. */
@Tag("heavy")
@Timeout(240)
final class CancelledWaitersTest {
  private static final List<Integer> INPUTS = IntStream.range(0, 500).boxed().toList();
  private static final int SEEN = 7;

  /** So many threads take their time on a busy machine; nobody is to give up meanwhile. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(10);

  private final Path path;
  private final List<String> begun = new CopyOnWriteArrayList<>();

  CancelledWaitersTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private static Peer open(Path path) {
    Peer peer = Peer.start(path, Times.DEFAULT, MAX_WAIT, true);
    peer.await("opened");
    return peer;
  }

  private GatedFunctions functions(OpenDirectory directory) {
    return new GatedFunctions(
        directory.primary(), directory.primary().waits(), MAX_WAIT, begun::add);
  }

  @Test
  @DisplayName("P1: 500 cancelled waiters of a member run nothing and disturb no claim")
  void waitersOfAMember() throws Exception {
    try (Peer holder = open(path);
        OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      assertThat(Openings.role(directory)).isEqualTo("follows");
      cancelWaitersFor(holder, directory);
    }
  }

  @Test
  @DisplayName("P1: 500 cancelled waiters of the primary run nothing and disturb no claim")
  void waitersOfThePrimary() throws Exception {
    try (OpenDirectory directory = Openings.open(path, Times.DEFAULT);
        Peer holder = open(path)) {
      assertThat(Openings.role(directory)).isEqualTo("leads");
      cancelWaitersFor(holder, directory);
    }
  }

  private void cancelWaitersFor(Peer holder, OpenDirectory directory) throws Exception {
    GatedFunctions here = functions(directory);
    List<Peer.Asked> slow = new ArrayList<>();
    INPUTS.forEach(key -> slow.add(holder.ask("call", "f", key)));
    awaitAll(() -> holder.mentions("computes f").size());
    CompletableFuture<String> other = CompletableFuture.supplyAsync(() -> here.call("f", SEEN));
    Openings.await("it waits", () -> Openings.waiters() == 1);

    cancelABatchThatWaits(here, 1);

    assertThat(begun).as("computations of the cancelled batch").isEmpty();
    assertThat(other).isNotDone();
    INPUTS.forEach(key -> holder.ask("open", "f", key));
    for (int key : INPUTS) {
      assertThat(here.call("f", key)).isEqualTo(slow.get(key).value());
      assertThat(holder.computations("f", key)).isEqualTo(1);
    }
    assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(slow.get(SEEN).value());
    assertThat(begun).isEmpty();
  }

  @Test
  @DisplayName("P1: 500 cancelled waiters for flights of their own process run nothing")
  void waitersForFlights() throws Exception {
    try (OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      GatedFunctions here = functions(directory);
      List<CompletableFuture<String>> slow = new ArrayList<>();
      for (int key : INPUTS) {
        slow.add(
            CompletableFuture.supplyAsync(
                () -> here.call("f", key), task -> new Thread(task).start()));
      }
      awaitAll(begun::size);

      cancelABatchThatWaits(here, 0);

      assertThat(begun).as("computations").hasSize(INPUTS.size());
      INPUTS.forEach(key -> here.open("f", key));
      for (int key : INPUTS) {
        assertThat(here.call("f", key)).isEqualTo(slow.get(key).get(60, TimeUnit.SECONDS));
      }
      assertThat(begun).hasSize(INPUTS.size());
    }
  }

  private static void awaitAll(IntSupplier count) {
    Openings.await("all are being computed", () -> count.getAsInt() == INPUTS.size());
  }

  /**
   * @param others how many wait that are not of the batch
   */
  private static void cancelABatchThatWaits(GatedFunctions here, int others) throws Exception {
    CompletableFuture<Boolean> flagIsKept = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                assertThatThrownBy(
                        () -> Parallel.map(key -> here.call("f", key), INPUTS, INPUTS.size()))
                    .isInstanceOf(CancellationException.class);
                flagIsKept.complete(Thread.interrupted());
              } catch (Throwable e) {
                flagIsKept.completeExceptionally(e);
              }
            });
    caller.start();
    Openings.await("all wait", () -> Openings.waiters() == INPUTS.size() + others);
    caller.interrupt();
    assertThat(flagIsKept.get(60, TimeUnit.SECONDS)).isTrue();
    Openings.await("none of them waits", () -> Openings.waiters() == others);
    Openings.await("all are counted", () -> interrupted(here) == INPUTS.size());
  }

  private static long interrupted(GatedFunctions here) {
    return here.stats().missesByReason().get(MissReason.INTERRUPTED);
  }

  @Test
  @DisplayName("twin: interrupted waiters that memo does not own compute")
  void twinOutsideABatch() throws Exception {
    try (Peer holder = open(path);
        OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      GatedFunctions here = functions(directory);
      Peer.Asked slow = holder.ask("call", "f", 1);
      holder.await("computes f 1");
      List<Thread> waiters = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Thread waiter = new Thread(() -> here.call("f", 1));
        waiters.add(waiter);
        waiter.start();
      }
      Openings.await("all wait", () -> Openings.waiters() == waiters.size());
      waiters.forEach(Thread::interrupt);
      Openings.await("they compute", () -> begun.size() == waiters.size());
      here.open("f", 1); // not before, or who is interrupted late might get what another computed
      assertThat(slow.isAnswered()).isFalse();
    }
  }
}
