package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.Binding;
import dev.memo.CachedMethod;
import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Between the look-ups of a batch and its last call much may happen: arguments are changed, the
 * directory is closed, its name stands for another one.
 */
@Timeout(120)
final class LongBatchTest {
  private static final AtomicReference<@Nullable Binding> CLOSED_BY_FIRST = new AtomicReference<>();

  private final Path folder;

  LongBatchTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static List<Integer> range(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  /** Whoever does that changes arguments that share a list. */
  private static Integer firstThenSort(List<List<Integer>> lists) {
    Integer first = lists.get(0).get(0);
    lists.get(0).sort(null);
    return first;
  }

  @Test
  @DisplayName("P2: what one input changes of another is not stored under what that was")
  void inputsThatShareWhatOneChanges() {
    try (Memo memo = Memo.open(folder.resolve("long.memo"))) {
      CachedFunction<List<List<Integer>>, Integer, RuntimeException> first =
          memo.function(
                  "first", "1", new TypeRef<List<List<Integer>>>() {}, TypeRef.of(Integer.class))
              .calls(LongBatchTest::firstThenSort);
      List<Integer> shared = new ArrayList<>(List.of(3, 1, 2));
      assertThat(Parallel.map(first, List.of(List.of(shared), List.of(shared, List.of(4))), 1))
          .containsExactly(3, 1);
      List<List<Integer>> asItWas = List.of(new ArrayList<>(List.of(3, 1, 2)), List.of(4));
      assertThat(first.call(asItWas)).isEqualTo(3);
    }
  }

  static Integer bound(Integer n) {
    Binding closed = CLOSED_BY_FIRST.getAndSet(null);
    if (closed != null) {
      closed.close();
    }
    return n;
  }

  @Test
  @DisplayName("P3: a batch goes on in the directory that its name stands for now")
  void boundToAnotherDirectoryMeanwhile() {
    CachedFunction<Integer, Integer, RuntimeException> handle =
        CachedMethod.in("long-batch.memo", LongBatchTest.class, "bound", Integer.class)
            .calls(LongBatchTest::bound);
    try (Binding outer = Memo.bind("long-batch.memo", folder.resolve("outer.memo"))) {
      assertThat(outer).isNotNull();
      CLOSED_BY_FIRST.set(Memo.bind("long-batch.memo", folder.resolve("inner.memo")));
      assertThat(Parallel.map(handle, range(100), 1)).isEqualTo(range(100));
      assertThat(range(100).stream().filter(handle::isCached)).hasSize(99);
    }
  }

  @Test
  void afterTheMemoWasClosedNoFurtherInputIsComputed() {
    AtomicInteger runs = new AtomicInteger();
    Memo memo = Memo.open(folder.resolve("long.memo"));
    CachedFunction<Integer, Integer, RuntimeException> closing =
        memo.function("closing", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(
                n -> {
                  runs.incrementAndGet();
                  memo.close();
                  return n;
                });
    assertThatThrownBy(() -> Parallel.map(closing, List.of(1, 1, 2, 3), 1))
        .isInstanceOf(DirectoryClosedException.class);
    assertThat(runs).hasValue(1);
  }
}
