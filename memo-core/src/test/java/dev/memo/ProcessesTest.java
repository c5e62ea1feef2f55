package dev.memo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many processes on one directory. */
@Tag("heavy")
final class ProcessesTest {
  private static final int PROCESSES = 4;
  private static final int THREADS = 16;
  private static final int KEYS = 2_000;

  private final Path folder;

  ProcessesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  @DisplayName("P1: every call is computed once by all threads of all processes, and all get it")
  void everyCallIsComputedOnce() throws IOException {
    Path computed = Files.createFile(folder.resolve("computed"));
    List<ChildJvm> children = new ArrayList<>();
    try {
      for (int process = 0; process < PROCESSES; process++) {
        children.add(
            ChildJvm.of(Worker.class, folder.resolve("shared.memo"), computed, process).start());
      }
      for (ChildJvm child : children) {
        assertThat(child.awaitLine("right", "wrong", "failed")).isEqualTo("right");
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
    List<String> lines = Files.readAllLines(computed);
    assertThat(lines).doesNotHaveDuplicates().hasSize(KEYS);
  }

  /** Calls for all keys from many threads, each in an order of its own. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) throws Exception {
      Path computed = Path.of(arguments[1]);
      int process = Integer.parseInt(arguments[2]);
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        CachedFunction<Integer, String, RuntimeException> function =
            memo.function("shared", "1", TypeRef.of(Integer.class), TypeRef.of(String.class))
                .capturesNothing()
                .calls(key -> compute(computed, key));
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          int seed = process * THREADS + thread;
          tasks.add(
              () -> {
                List<Integer> keys = new ArrayList<>(IntStream.range(0, KEYS).boxed().toList());
                Collections.shuffle(keys, new Random(seed));
                for (int key : keys) {
                  if (!function.call(key).equals("value of " + key)) {
                    return false;
                  }
                }
                return true;
              });
        }
        boolean right = true;
        for (Future<Boolean> done : threads.invokeAll(tasks)) {
          right &= done.get();
        }
        System.out.println(function.stats());
        System.out.println(right ? "right" : "wrong");
      } finally {
        threads.shutdown();
      }
    }

    private static String compute(Path computed, int key) {
      try {
        Files.write(computed, (key + "\n").getBytes(UTF_8), StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return "value of " + key;
    }
  }
}
