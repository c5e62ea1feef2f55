package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.store.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch in a process that asks another one for every call. */
final class BatchesOfSecondariesTest {
  private static final int THREADS = 4;

  @Test
  void answersOfThePrimaryAreNotWaitedForWithSpareThreads(@TempDir Path folder) {
    Path directory = folder.resolve("shared.memo");
    try (Memo memo = Memo.open(directory);
        ChildJvm secondary = ChildJvm.of(Secondary.class, directory).start()) {
      String threads = secondary.awaitLine("threads");
      assertThat(memo.stats().functions()).isEmpty();
      assertThat(Integer.parseInt(threads.substring("threads ".length()))).isBetween(1, THREADS);
    }
  }

  static final class Secondary {
    private Secondary() {}

    public static void main(String[] arguments) {
      Set<Thread> used = ConcurrentHashMap.newKeySet();
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        CachedFunction<Integer, Integer, RuntimeException> next =
            memo.function("next", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
                .capturesNothing()
                .calls(
                    n -> {
                      used.add(Thread.currentThread());
                      return n + 1;
                    });
        List<Integer> inputs = IntStream.range(0, 3_000).boxed().toList();
        assertThat(Parallel.map(next, inputs, THREADS)).hasSize(inputs.size());
        System.out.println("threads " + used.size());
      }
    }
  }
}
