package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.UnstoredReason;
import dev.memo.codec.TypeRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever calls a function that returns futures has its arguments back before the function is done
 * with them, and may change them.
 */
final class ChangedArgumentsTest {
  private final Path folder;
  private final List<CompletableFuture<String>> runs = new CopyOnWriteArrayList<>();
  private final AtomicInteger count = new AtomicInteger();

  ChangedArgumentsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private CachedFunction<List<String>, CompletableFuture<String>, RuntimeException> joined(
      Memo memo) {
    return memo.function(
            "joined",
            "1",
            new TypeRef<List<String>>() {},
            new TypeRef<CompletableFuture<String>>() {})
        .capturesNothing()
        .calls(
            texts -> {
              count.incrementAndGet();
              CompletableFuture<String> run = new CompletableFuture<>();
              runs.add(run);
              return run.thenApply(go -> String.join("-", texts));
            });
  }

  private static String get(CompletableFuture<String> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("P2: a result for an argument that was changed meanwhile is told, not stored")
  void changedArgument() throws Exception {
    try (Memo memo = Memo.open(folder.resolve("d.memo"))) {
      CachedFunction<List<String>, CompletableFuture<String>, RuntimeException> joined =
          joined(memo);
      List<String> texts = new ArrayList<>(List.of("a"));
      CompletableFuture<String> own = joined.call(texts);
      CompletableFuture<String> follower = joined.call(List.of("a"));
      texts.add("b");
      runs.get(0).complete("go");

      assertThat(get(own)).isEqualTo("a-b");
      awaitRuns(2);
      runs.get(1).complete("go");
      assertThat(get(follower)).as("who asked for the same, and changed nothing").isEqualTo("a");
      assertThat(joined.stats().unstoredByReason())
          .containsEntry(UnstoredReason.CHANGED_ARGUMENT, 1L);

      CompletableFuture<String> refreshed = joined.refresh(texts);
      texts.clear();
      runs.get(2).complete("go");
      assertThat(get(refreshed)).isEmpty();
      assertThat(joined.isCached(List.of("a", "b"))).isFalse();
    }
  }

  @Test
  @DisplayName("twin: one that was not changed is stored")
  void unchangedArgument() throws Exception {
    try (Memo memo = Memo.open(folder.resolve("d.memo"))) {
      CachedFunction<List<String>, CompletableFuture<String>, RuntimeException> joined =
          joined(memo);
      CompletableFuture<String> own = joined.call(new ArrayList<>(List.of("a")));
      runs.get(0).complete("go");

      assertThat(get(own)).isEqualTo("a");
      assertThat(get(joined.call(List.of("a")))).isEqualTo("a");
      assertThat(count).hasValue(1);
    }
  }

  private void awaitRuns(int wanted) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (runs.size() < wanted) {
      assertThat(System.nanoTime()).as("time left").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
