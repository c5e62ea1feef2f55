package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
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

  @Test
  @DisplayName("P1: processes that run the same batch in different orders compute each input once")
  void twoProcessesRunTheSameBatch(@TempDir Path folder) throws IOException {
    Path directory = folder.resolve("shared.memo");
    try (Memo memo = Memo.open(directory);
        ChildJvm ordered = ChildJvm.of(Half.class, directory, "in order").start();
        ChildJvm shuffled = ChildJvm.of(Half.class, directory, "shuffled").start()) {
      ordered.awaitLine("ready");
      shuffled.awaitLine("ready");
      Half.begin(ordered);
      Half.begin(shuffled);
      int computed = Half.computed(ordered) + Half.computed(shuffled);
      assertThat(computed).isEqualTo(Half.INPUTS);
      assertThat(memo.stats().functions()).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "P1, P3: a batch whose primary is killed half-way computes and keeps each input once")
  void thePrimaryIsKilledHalfWay(@TempDir Path folder) {
    Path directory = folder.resolve("shared.memo");
    try (ChildJvm primary = ChildJvm.of(Holder.class, directory).start()) {
      primary.awaitLine("ready");
      try (Memo memo = Memo.open(directory)) {
        CachedFunction<Integer, Integer, RuntimeException> next =
            memo.function("next", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
                .capturesNothing()
                .calls(
                    n -> {
                      if (n == 1_500) {
                        primary.process().destroyForcibly();
                      }
                      return n + 1;
                    });
        List<Integer> inputs = IntStream.range(0, 3_000).boxed().toList();
        List<Integer> results = Parallel.map(next, inputs, THREADS);
        assertThat(results).isEqualTo(IntStream.range(1, 3_001).boxed().toList());
        assertThat(next.stats().computations()).isEqualTo(inputs.size());
        assertThat(next.stats().unstored()).isZero();
        CachedFunction<Integer, Integer, RuntimeException> stored =
            memo.function("next", "1", Integer.class, Integer.class, n -> -n);
        assertThat(Parallel.map(stored, inputs, THREADS)).isEqualTo(results);
      }
    }
  }

  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        System.out.println("ready");
        int unused = System.in.read();
        assertThat(memo.stats()).isNotNull();
      }
    }
  }

  static final class Half {
    static final int INPUTS = 3_000;

    private static final long SEED = 20261129;

    private Half() {}

    static void begin(ChildJvm child) throws IOException {
      OutputStream commands = child.process().getOutputStream();
      commands.write('\n');
      commands.flush();
    }

    static int computed(ChildJvm child) {
      return Integer.parseInt(child.awaitLine("computed ").substring("computed ".length()));
    }

    public static void main(String[] arguments) throws IOException {
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        CachedFunction<Integer, String, RuntimeException> shout =
            memo.function("shout", "1", Integer.class, String.class, n -> n + "!");
        List<Integer> inputs = new ArrayList<>(IntStream.range(0, INPUTS).boxed().toList());
        if (arguments[1].equals("shuffled")) {
          Collections.shuffle(inputs, new Random(SEED));
        }
        System.out.println("ready");
        int unused = System.in.read();
        List<String> results = Parallel.map(shout, inputs, THREADS);
        for (int i = 0; i < INPUTS; i++) {
          assertThat(results.get(i)).isEqualTo(inputs.get(i) + "!");
        }
        System.out.println("computed " + shout.stats().computations());
      }
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
