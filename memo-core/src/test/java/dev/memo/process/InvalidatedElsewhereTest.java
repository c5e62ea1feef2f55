package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.DelegatingPrimary;
import dev.memo.call.HitSource;
import dev.memo.claims.Epochs;
import dev.memo.claims.FrozenEpochs;
import dev.memo.claims.Primary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is invalidated in one process is gone in all. */
@Timeout(120)
@Tag("heavy")
final class InvalidatedElsewhereTest {
  private final Path path;
  private final List<String> begun = new CopyOnWriteArrayList<>();

  InvalidatedElsewhereTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  /** What one process does to a call of which another has the result on its heap. */
  private enum Mutation {
    INVALIDATE,
    INVALIDATE_ALL,
    PUT,
    REFRESH;

    void of(Peer peer, int key) {
      switch (this) {
        case INVALIDATE -> peer.get("invalidate", "quick", key);
        case INVALIDATE_ALL -> peer.get("invalidateAll", "quick");
        case PUT -> peer.get("put", "quick", key, "another");
        case REFRESH -> peer.get("refresh", "quick", key);
      }
    }
  }

  @Test
  @DisplayName("P6: heap hits of the primary end with a mutation in another process")
  void heapHitsOfThePrimaryEnd() {
    try (OpenDirectory directory = Openings.open(path, Times.DEFAULT);
        Peer other = Peer.open(path, Times.DEFAULT)) {
      assertThat(Openings.role(directory)).isEqualTo("leads");
      assertHeapHitsEnd(directory, other);
    }
  }

  @Test
  @DisplayName("P6: heap hits of a member end with a mutation in another process")
  void heapHitsOfAMemberEnd() {
    try (Peer other = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      assertThat(Openings.role(directory)).isEqualTo("follows");
      assertHeapHitsEnd(directory, other);
    }
  }

  private void assertHeapHitsEnd(OpenDirectory directory, Peer other) {
    int key = 0;
    for (Mutation mutation : Mutation.values()) {
      key++;
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      String old = other.get("call", "quick", key);
      assertThat(here.call("quick", key)).isEqualTo(old);
      assertThat(here.call("quick", key)).isEqualTo(old);
      assertThat(here.stats().hitsBySource().get(HitSource.HEAP)).isEqualTo(1);
      mutation.of(other, key);
      String now = here.call("quick", key);
      assertThat(now).as("after %s", mutation).isNotEqualTo(old);
      assertThat(other.get("call", "quick", key)).isEqualTo(now);
    }
  }

  private GatedFunctions frozen(OpenDirectory directory, Consumer<String> told) {
    Primary primary =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public Epochs epochs() {
            return new FrozenEpochs(directory.primary().epochs());
          }
        };
    return new GatedFunctions(primary, directory.primary().waits(), Duration.ofMinutes(1), told);
  }

  @Test
  @DisplayName("twin: with epochs that stand still an invalidated value stays on the heap")
  void twinOfTheHeap() {
    try (Peer other = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      GatedFunctions here = frozen(directory, begun::add);
      String old = here.call("quick", 1);
      other.get("invalidate", "quick", 1);
      assertThat(here.call("quick", 1)).isEqualTo(old);
    }
  }

  @Test
  @DisplayName("P6: a flight that began before an invalidation elsewhere is not joined after it")
  void flightsAreNotJoined() throws Exception {
    try (Peer other = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      CompletableFuture<String> early = CompletableFuture.supplyAsync(() -> here.call("f", 1));
      Openings.await("it computes", () -> begun.size() == 1);
      other.get("invalidate", "f", 1);
      CompletableFuture<String> late = CompletableFuture.supplyAsync(() -> here.call("f", 1));
      Openings.await("the later call computes too", () -> begun.size() == 2);
      here.open("f", 1);
      String fresh = late.get(30, TimeUnit.SECONDS);
      // the earlier call may return either, but what it computed is not stored
      assertThat(early.get(30, TimeUnit.SECONDS)).isNotNull();
      assertThat(other.get("call", "f", 1)).isEqualTo(fresh);
      assertThat(here.call("f", 1)).isEqualTo(fresh);
    }
  }

  @Test
  @DisplayName("twin: with epochs that stand still the old flight is joined")
  void twinOfFlights() throws Exception {
    try (Peer other = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      GatedFunctions here = frozen(directory, begun::add);
      CompletableFuture<String> early = CompletableFuture.supplyAsync(() -> here.call("f", 1));
      Openings.await("it computes", () -> begun.size() == 1);
      other.get("invalidate", "f", 1);
      Thread late = new Thread(() -> here.call("f", 1));
      late.start();
      Openings.await("the later call waits", () -> late.getState() == Thread.State.TIMED_WAITING);
      here.open("f", 1);
      early.get(30, TimeUnit.SECONDS);
      late.join(30_000);
      assertThat(begun).hasSize(1);
      assertThat(here.stats().hitsBySource().get(HitSource.FLIGHT)).isEqualTo(1);
    }
  }
}
