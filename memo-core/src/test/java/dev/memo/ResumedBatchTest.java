package dev.memo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.parallel.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ResumedBatchTest {
  private static final int INPUTS = 1_000;
  private static final int THREADS = 4;

  @TempDir Path folder;

  @Test
  @DisplayName("P3: a batch that is killed and started again computes no finished input twice")
  void killedBatchGoesOnWhereItWas() throws Exception {
    Path computed = Files.createFile(folder.resolve("computed"));
    Process first = start(computed, INPUTS * 3 / 4);
    while (Files.size(computed) < INPUTS / 2) {
      assertThat(first.isAlive()).as("killed before it has finished").isTrue();
      Thread.onSpinWait();
    }
    first.destroyForcibly();
    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.size(computed)).isLessThan(INPUTS);

    Process second = start(computed, INPUTS);
    String output = new String(second.getInputStream().readAllBytes(), UTF_8);

    assertThat(second.waitFor()).as(output).isZero();
    assertThat(output).contains("sum " + IntStream.range(0, INPUTS).map(n -> n * n).sum());
    assertThat(Files.size(computed)).isBetween((long) INPUTS, (long) INPUTS + THREADS);
  }

  /** Computations of this input and of those that follow do not end. */
  private Process start(Path computed, int endless) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            BatchMain.class.getName(),
            folder.resolve("resumed.memo").toString(),
            computed.toString(),
            Integer.toString(endless))
        .redirectErrorStream(true)
        .start();
  }

  /** Squares numbers, slowly; leaves a byte behind for each computation. */
  static final class BatchMain {
    private static final long COMPUTATION_NANOS = Duration.ofMillis(1).toNanos();

    public static void main(String... args) throws IOException {
      Path computed = Path.of(args[1]);
      int endless = Integer.parseInt(args[2]);
      try (Memo memo = Memo.open(Path.of(args[0]))) {
        CachedFunction<Integer, Integer, IOException> square =
            memo.function("square", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
                .capturesNothing()
                .calls(
                    n -> {
                      Files.write(computed, new byte[1], StandardOpenOption.APPEND);
                      long end = System.nanoTime() + COMPUTATION_NANOS;
                      while (System.nanoTime() < end || n >= endless) {
                        Thread.onSpinWait();
                      }
                      return n * n;
                    });
        List<Integer> inputs = IntStream.range(0, INPUTS).boxed().toList();
        List<Integer> squares = Parallel.map(square, inputs, THREADS);
        System.out.println("sum " + squares.stream().mapToInt(Integer::intValue).sum());
      }
    }
  }
}
