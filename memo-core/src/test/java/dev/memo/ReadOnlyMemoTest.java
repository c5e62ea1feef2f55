package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.DirectoryStats.Role;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.MissReason;
import dev.memo.call.UnstoredReason;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.parallel.Parallel;
import dev.memo.process.ReadPath;
import dev.memo.store.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code Memo.at(path).readOnly()}, as people use it. */
@SuppressWarnings("try") // bindings are for their end only
final class ReadOnlyMemoTest {
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final CachedFunction<String, Integer, RuntimeException> LENGTH =
      CachedMethod.in("read-only.memo", Slow.class, "length", String.class).calls(Slow::length);

  private final Path path;

  ReadOnlyMemoTest(@TempDir Path folder) {
    path = folder.resolve("d.memo");
  }

  private static final class Slow {
    static int length(String text) {
      RUNS.incrementAndGet();
      return text.length();
    }
  }

  private static CachedFunction<Integer, Integer, RuntimeException> counting(Memo memo) {
    return memo.function("counting", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
        .capturesNothing()
        .calls(n -> RUNS.incrementAndGet());
  }

  private List<Integer> stored(int keys) {
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, Integer, RuntimeException> counting = counting(memo);
      return IntStream.range(0, keys).map(counting::call).boxed().toList();
    }
  }

  @Test
  void servesWhatIsStoredAndComputesTheRest() {
    List<Integer> values = stored(10);
    try (Memo memo = Memo.at(path).readOnly().open()) {
      CachedFunction<Integer, Integer, RuntimeException> counting = counting(memo);
      int before = RUNS.get();
      assertThat(IntStream.range(0, 10).map(counting::call).boxed().toList()).isEqualTo(values);
      assertThat(RUNS).hasValue(before);
      int computed = counting.call(10);
      assertThat(counting.call(10)).isEqualTo(computed);
      FunctionStats stats = memo.stats().total();
      assertThat(stats.hits()).isEqualTo(11);
      assertThat(stats.missesByReason()).containsEntry(MissReason.ABSENT, 1L);
      assertThat(stats.unstoredByReason()).containsEntry(UnstoredReason.READ_ONLY, 1L);
      DirectoryStats shared = memo.stats().shared();
      assertThat(shared.role()).isEqualTo(Role.READ_ONLY);
      assertThat(shared.total().hits()).as("of this process").isEqualTo(11);
      assertThat(shared.report()).startsWith("this process: READ_ONLY");
    }
  }

  @Test
  void aBatchFindsWhatIsStored() {
    List<Integer> values = stored(100);
    try (Memo memo = Memo.at(path).readOnly().open()) {
      List<Integer> inputs = IntStream.range(0, 200).map(n -> n % 150).boxed().toList();
      List<Integer> results = Parallel.map(counting(memo), inputs, 4);
      assertThat(results.subList(0, 100)).isEqualTo(values);
      assertThat(results.subList(100, 150)).doesNotHaveDuplicates();
      assertThat(results.subList(150, 200)).isEqualTo(values.subList(0, 50));
      assertThat(memo.stats().total().computations()).isEqualTo(50);
    }
  }

  @Test
  void aMissingDirectoryIsNotMade() {
    assertThatThrownBy(() -> Memo.at(path).readOnly().open())
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining(path + " does not exist")
        .hasMessageContaining("open it once without readOnly()");
    assertThat(path).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void whatNothingSurvivesHasNoDurability(Durability durability) {
    stored(1);
    assertThatThrownBy(() -> Memo.at(path).durability(durability).readOnly().open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("durability(" + durability + ")");
  }

  @Test
  void nobodyIsAskedOverASocket() {
    List<Integer> values = stored(1);
    assertThatThrownBy(() -> Memo.at(path).readOnly().reads(ReadPath.SOCKET).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reads(SOCKET)");
    System.setProperty("memo.reads", "socket"); // is about directories that are shared
    try (Memo memo = Memo.at(path).readOnly().reads(ReadPath.SECONDARY).open()) {
      assertThat(counting(memo).call(0)).isEqualTo(values.get(0));
    } finally {
      System.clearProperty("memo.reads");
    }
  }

  @Test
  void aJvmHasADirectoryOpenInOneWay() {
    stored(1);
    try (Memo first = Memo.at(path).readOnly().open();
        Memo same = Memo.at(path).readOnly().open()) {
      assertThat(same.directory()).isEqualTo(first.directory());
      assertThatThrownBy(() -> Memo.open(path))
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("this JVM has it open with readOnly()");
      assertThatThrownBy(() -> Memo.at(path).durability(Durability.PROCESS_CRASH).open())
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining("this JVM has it open with readOnly()");
    }
    try (Memo writing = Memo.open(path)) {
      counting(writing).invalidate(0);
      assertThatThrownBy(() -> Memo.at(path).readOnly().open())
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining("this JVM has it open with durability(PROCESS_CRASH)");
    }
  }

  @Test
  void wrappersUseTheDirectoryAsItIsOpen() {
    try (Binding here = Memo.bind("read-only.memo", path)) {
      assertThat(LENGTH.call("stored")).isEqualTo(6);
    }
    int before = RUNS.get();
    try (Memo memo = Memo.at(path).readOnly().open();
        Binding here = Memo.bind("read-only.memo", path)) {
      assertThat(LENGTH.call("stored")).isEqualTo(6);
      assertThat(RUNS).hasValue(before);
      assertThat(LENGTH.call("not stored")).isEqualTo(10);
      assertThat(LENGTH.isCached("not stored")).isFalse();
      assertUnsupported("put", () -> LENGTH.put("stored", 7));
      assertUnsupported("refresh", () -> LENGTH.refresh("stored"));
      assertUnsupported("invalidate", () -> LENGTH.invalidate("stored"));
      assertUnsupported("invalidateAll", LENGTH::invalidateAll);
      assertThat(RUNS).hasValue(before + 1);
      assertThat(memo.stats().total().unstored()).isEqualTo(1);
    }
    try (Binding here = Memo.bind("read-only.memo", path)) {
      assertThat(LENGTH.isCached("not stored")).isFalse();
      assertThatCode(() -> LENGTH.invalidate("stored")).doesNotThrowAnyException();
    }
  }

  private void assertUnsupported(String action, Runnable mutation) {
    assertThatThrownBy(mutation::run)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith(action)
        .hasMessageContaining(path.toString());
  }

  @Test
  @DisplayName("P5: one line says how the directory was opened, and no call adds another")
  void saysOnceHowItWasOpened() {
    stored(1);
    try (CapturedLog log = CapturedLog.of("dev.memo");
        Memo memo = Memo.at(path).readOnly().open()) {
      CachedFunction<Integer, Integer, RuntimeException> counting = counting(memo);
      for (int n = 0; n < 100; n++) {
        assertThat(counting.call(n)).isNotNull();
      }
      assertThat(log.records())
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.getMessage()).contains("to read it only");
                assertThat(line.getParameters()).containsExactly(memo.directory());
              });
    }
  }

  @Test
  void handlesEndWithTheirMemo() {
    stored(1);
    Memo memo = Memo.at(path).readOnly().open();
    CachedFunction<Integer, Integer, RuntimeException> counting = counting(memo);
    memo.close();
    assertThatThrownBy(() -> counting.call(0)).isInstanceOf(DirectoryClosedException.class);
    assertThat(memo.stats().total().calls()).isZero();
    assertThat(Files.exists(path)).isTrue();
  }
}
