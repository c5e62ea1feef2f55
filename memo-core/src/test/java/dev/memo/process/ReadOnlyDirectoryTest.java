package dev.memo.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.call.HitSource;
import dev.memo.call.MissReason;
import dev.memo.call.UnstoredReason;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.FunctionClashException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that only reads a directory, without a primary: what it serves and what it refuses. */
@Timeout(180)
@Tag("heavy")
final class ReadOnlyDirectoryTest {
  private static final int KEYS = 50;

  private final Path path;
  private final Queue<String> begun = new ConcurrentLinkedQueue<>();

  ReadOnlyDirectoryTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  void whatIsStoredIsServedFromTheFirstCallOn() {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.call("quick", key)).isEqualTo(values.get(key));
        assertThat(here.peek("quick", key)).isEqualTo(values.get(key));
        assertThat(here.call("quick", key)).isEqualTo(values.get(key));
      }
      assertThat(here.stats().computations()).isZero();
      assertThat(here.stats().hitsBySource())
          .containsEntry(HitSource.DISK, (long) KEYS)
          .containsEntry(HitSource.HEAP, (long) KEYS);
    }
  }

  @Test
  void nothingIsWritten() {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    Map<String, String> before = ReadOnlyOpenings.content(path);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      for (int key = 0; key < 2 * KEYS; key++) {
        String value = here.call("quick", key);
        assertThat(values.contains(value)).isEqualTo(key < KEYS);
      }
      assertThat(ReadOnlyOpenings.content(path)).isEqualTo(before);
    }
    assertThat(ReadOnlyOpenings.content(path)).isEqualTo(before);
  }

  @Test
  @DisplayName("P5: what is not stored is computed once and counted")
  void missesAreComputedAndNotStored() {
    ReadOnlyOpenings.store(path, 1);
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      for (int key = 1; key <= KEYS; key++) {
        String value = here.call("quick", key);
        assertThat(here.call("quick", key)).as("kept in memory").isEqualTo(value);
        assertThat(here.peek("quick", key)).as("not stored").isNull();
      }
      assertThat(begun).hasSize(KEYS);
      assertThat(here.stats().missesByReason()).containsEntry(MissReason.ABSENT, (long) KEYS);
      assertThat(here.stats().unstoredByReason())
          .containsEntry(UnstoredReason.READ_ONLY, (long) KEYS);
      assertThat(log.warnings()).isEmpty();
    }
    try (OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      assertThat(GatedFunctions.of(directory).peek("quick", 1)).isNull();
    }
  }

  @Test
  @DisplayName("P1: threads that ask at the same time run the function once")
  void threadsShareOneComputation() {
    ReadOnlyOpenings.store(path, 1);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      List<CompletableFuture<String>> calls =
          Stream.generate(
                  () ->
                      CompletableFuture.supplyAsync(
                          () -> here.call("f", 1), task -> new Thread(task).start()))
              .limit(8)
              .toList();
      Openings.await("seven wait for one", () -> Openings.waiters() == 7);
      here.open("f", 1);
      assertThat(calls.stream().map(CompletableFuture::join).distinct()).hasSize(1);
      assertThat(begun).containsExactly("f 1");
    }
  }

  @Test
  @DisplayName("P4: a function that calls others, and itself in the end, is computed")
  void cyclesEnd() {
    ReadOnlyOpenings.store(path, 1);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      here.open("f", 1, "g");
      here.open("g", 1, "h");
      here.open("h", 1, GatedFunctions.ONCE + "f");
      CompletableFuture<String> call =
          CompletableFuture.supplyAsync(() -> here.call("f", 1), task -> new Thread(task).start());
      Openings.await("the cycle is closed", () -> begun.size() == 6);
      here.open("h", 1);
      assertThat(call.join()).isNotNull();
      assertThat(here.stats().cycleBreaks()).isPositive();
    }
  }

  @Test
  @DisplayName("P1: without a page threads share one computation too, and its result stays here")
  void withoutAPage() throws IOException {
    ReadOnlyOpenings.store(path, 1);
    Files.delete(path.resolve("control"));
    try (OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      List<CompletableFuture<String>> calls =
          Stream.generate(
                  () ->
                      CompletableFuture.supplyAsync(
                          () -> here.call("f", 1), task -> new Thread(task).start()))
              .limit(4)
              .toList();
      Openings.await("three wait for one", () -> Openings.waiters() == 3);
      here.open("f", 1);
      String value = calls.get(0).join();
      assertThat(calls.stream().map(CompletableFuture::join).distinct()).containsExactly(value);
      assertThat(here.call("f", 1)).isEqualTo(value);
      assertThat(begun).containsExactly("f 1");
      assertThat(here.stats().missesByReason()).containsEntry(MissReason.NO_PRIMARY, 1L);
    }
  }

  @Test
  @DisplayName("P1: what was computed while nothing could be read does not hide what is stored")
  void computedBlindly() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, 2);
    Path current = path.resolve("data").resolve("CURRENT");
    Path aside = Files.move(current, path.resolve("aside"));
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      String computed = here.call("quick", 0);
      assertThat(computed).isNotEqualTo(values.get(0));
      assertThat(here.call("quick", 0)).as("kept meanwhile").isEqualTo(computed);
      Files.move(aside, current);
      Openings.await("it is read again", () -> values.get(1).equals(here.peek("quick", 1)));
      assertThat(here.call("quick", 0)).isEqualTo(values.get(0));
    }
  }

  @Test
  void theFunctionsOwnFailuresReachItsCallers() {
    ReadOnlyOpenings.store(path, 1);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      here.open("f", 1, GatedFunctions.THROWS);
      assertThatThrownBy(() -> here.call("f", 1)).hasMessage("f 1 has failed");
      assertThat(here.stats().unstored()).isZero();
    }
  }

  @Test
  void mutatorsSayThatTheDirectoryIsOnlyRead() {
    List<String> values = ReadOnlyOpenings.store(path, 1);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      assertUnsupported("put", () -> here.put("quick", 0, "another"));
      assertUnsupported("refresh", () -> here.refresh("quick", 0));
      assertUnsupported("invalidate", () -> here.invalidate("quick", 0));
      assertUnsupported("invalidateAll", () -> here.invalidateAll("quick"));
      assertThat(begun).as("nothing is paid for").isEmpty();
      assertThat(here.stats().calls()).isZero();
      assertThat(here.call("quick", 0)).isEqualTo(values.get(0));
    }
  }

  private void assertUnsupported(String action, Runnable mutation) {
    assertThatThrownBy(mutation::run)
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith(action + " is not possible")
        .hasMessageContaining(path.toString())
        .hasMessageContaining("open with readOnly()");
  }

  @Test
  @DisplayName("P2: results of another function with the same id are not served")
  void functionsWithTheSameId() {
    CallKey key = CallKey.of(7, new byte[] {1});
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      directory.primary().register(7, "one\n1");
      OpenDirectoryTest.store(directory, key, "result");
    }
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      directory.primary().register(7, "two\n1"); // nothing is known of the directory yet
      assertThat(directory.primary().read(key, 1)).isNull();
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("one version 1", "two version 1");
    }
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      directory.primary().register(7, "one\n1");
      assertThat(directory.primary().read(key, 1)).isNotNull();
      assertThatThrownBy(() -> directory.primary().register(7, "two\n1"))
          .isInstanceOf(FunctionClashException.class)
          .hasMessageContaining("one version 1");
    }
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      directory.primary().register(8, "eight\n1");
      assertThat(directory.primary().read(key, 1)).isNotNull();
      assertThatThrownBy(() -> directory.primary().register(7, "two\n1"))
          .isInstanceOf(FunctionClashException.class);
    }
  }

  @Test
  void nothingIsLeftBehind() {
    ReadOnlyOpenings.store(path, 1);
    List<String> before = ReadOnlyOpenings.temporaryFolders();
    OpenDirectory directory = ReadOnlyOpenings.open(path);
    GatedFunctions here = GatedFunctions.of(directory);
    assertThat(here.call("quick", 0)).isNotNull();
    assertThat(ReadOnlyOpenings.temporaryFolders()).hasSize(before.size() + 1);
    directory.close();
    directory.close();
    assertThat(ReadOnlyOpenings.temporaryFolders()).isEqualTo(before);
    Openings.await(
        "its threads end",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().contains(path.toString())));
  }

  @Test
  void refusesUseAfterClose() {
    ReadOnlyOpenings.store(path, 1);
    OpenDirectory directory = ReadOnlyOpenings.open(path);
    GatedFunctions here = GatedFunctions.of(directory);
    directory.close();
    CallKey key = CallKey.of(7, new byte[] {1});
    assertThatThrownBy(() -> here.call("quick", 0)).isInstanceOf(DirectoryClosedException.class);
    assertThatThrownBy(() -> here.peek("quick", 0)).isInstanceOf(DirectoryClosedException.class);
    assertThatThrownBy(() -> here.put("quick", 0, "")).isInstanceOf(DirectoryClosedException.class);
    assertThatThrownBy(() -> directory.primary().claim(key, 1, 0, Chain.root()))
        .isInstanceOf(DirectoryClosedException.class);
    assertThat(directory.state()).isNull();
  }

  @Test
  @DisplayName("P4: a call that waits when the directory is closed does not wait for ever")
  void closingEndsWaits() throws IOException {
    ReadOnlyOpenings.store(path, 1);
    Files.delete(path.resolve("owner"));
    OpenDirectory directory = ReadOnlyOpenings.open(path);
    GatedFunctions here = GatedFunctions.of(directory);
    CompletableFuture<Object> call =
        CompletableFuture.supplyAsync(
            () -> requireNonNull(here.peek("quick", 0), "nothing"),
            task -> new Thread(task).start());
    Openings.await(
        "it waits",
        () ->
            Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getMethodName().equals("awaitOwner")));
    directory.close();
    assertThatThrownBy(call::join).hasRootCauseMessage("nothing");
  }

  @Test
  void theIdIsThatOfTheDatabase() throws IOException {
    ReadOnlyOpenings.store(path, 1);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      assertThat(directory.id())
          .isEqualTo(requireNonNull(Owner.read(path.resolve("owner"))).directoryId());
    }
    Files.delete(path.resolve("owner"));
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      assertThatThrownBy(directory::id)
          .isInstanceOf(DirectoryUnavailableException.class)
          .hasMessageContaining(path.toString());
    }
  }

  @Test
  @DisplayName("P4: an interrupted thread gets what is stored, and keeps its flag")
  void interruptsDoNotDisturb() {
    List<String> values = ReadOnlyOpenings.store(path, 1);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      Thread.currentThread().interrupt();
      assertThat(here.peek("quick", 0)).isEqualTo(values.get(0));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void severalOpeningsDoNotDisturbEachOther() {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    OpenDirectory first = ReadOnlyOpenings.open(path);
    try (OpenDirectory second = ReadOnlyOpenings.open(path);
        Peer third = Peer.openToRead(path)) {
      assertThat(GatedFunctions.of(first).peek("quick", 0)).isEqualTo(values.get(0));
      first.close();
      GatedFunctions here = GatedFunctions.of(second);
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.peek("quick", key)).isEqualTo(values.get(key));
        assertThat(third.get("call", "quick", key)).isEqualTo(values.get(key));
      }
      String computed = here.call("quick", KEYS);
      assertThat(third.get("call", "quick", KEYS)).as("each its own").isNotEqualTo(computed);
    }
  }

  @Test
  @DisplayName(
      "P4, P5: without an owner that is known all calls compute, few wait, one line says so")
  void withoutAnOwnerCallsCompute() throws IOException {
    ReadOnlyOpenings.store(path, 1);
    Files.delete(path.resolve("owner"));
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.call("quick", 0)).isNotNull();
      long begin = System.nanoTime();
      for (int key = 1; key <= 100; key++) {
        assertThat(here.call("quick", key)).isNotNull();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("not each of them waits")
          .isLessThan(ReadOnlyOpenings.IMPATIENT.patience().multipliedBy(100));
      Openings.await("a warning", () -> !log.warnings().isEmpty());
      assertThat(here.stats().computations()).isEqualTo(101);
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains(
              path.toString(),
              "/owner names no owner",
              "open the directory once without readOnly()");
    }
  }
}
