package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.store.ChildJvm;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Any number of inputs goes through a cached function in a small heap, stored or not. */
@Timeout(1800)
final class BulkMemoryTest {
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  private static final int INPUTS = SOAK ? 10_000_000 : 100_000;
  private static final long HEAP_KILOBYTES = (SOAK ? 256L : 64L) << 10;
  private static final int COLLECTED = SOAK ? 500_000 : 50_000;
  private static final Pattern END =
      Pattern.compile("right (\\d+), computed (\\d+), streamed (\\d+) KB, collected (\\d+) KB");

  @Test
  @Tag("heavy")
  void streamedInputsTakeNoMoreMemoryTheMoreTheyAre(@TempDir Path folder) {
    try (ChildJvm child =
        ChildJvm.of(Streaming.class, folder.resolve("streamed.memo"), INPUTS, COLLECTED)
            .option("-Xmx" + HEAP_KILOBYTES + "k")
            .option("-XX:+UseSerialGC")
            .start()) {
      String line = child.awaitLine("so far", "right");
      while (line.startsWith("so far")) {
        line = child.awaitLine("so far", "right");
      }
      Matcher said = END.matcher(line);
      assertThat(said.matches()).as(line).isTrue();
      assertThat(Integer.parseInt(said.group(1))).isEqualTo(INPUTS);
      assertThat(Integer.parseInt(said.group(2))).isEqualTo(INPUTS);
      long streamed = Long.parseLong(said.group(3));
      assertThat(streamed).isLessThan(HEAP_KILOBYTES / 3);
      assertThat(Long.parseLong(said.group(4)))
          .as("it shows what %d outcomes take", COLLECTED)
          .isGreaterThan(streamed + COLLECTED / 10);
    }
  }

  /** Half of the inputs are stored when all of them are streamed. */
  static final class Streaming {
    private static final String PADDING = "-".repeat(92);

    private static int right; // outcomes of the last stream, in their order
    private static long most; // kilobytes that were used while something was streamed

    private Streaming() {}

    public static void main(String[] arguments) {
      int size = Integer.parseInt(arguments[1]);
      int collect = Integer.parseInt(arguments[2]);
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        CachedFunction<Integer, String, RuntimeException> padded =
            memo.function("padded", "1", TypeRef.of(Integer.class), TypeRef.of(String.class))
                .capturesNothing()
                .calls(n -> n + PADDING);
        BatchBuilder<Integer, String, RuntimeException> batch = Parallel.batch(padded).threads(4);
        stream(batch, 2, size / 2);
        stream(batch, 1, size);
        BatchResult<String> collected = batch.run(IntStream.range(0, collect).boxed().iterator());
        long all = usedKilobytes();
        assertThat(collected.outcomes()).hasSize(collect);
        System.out.printf(
            "right %d, computed %d, streamed %d KB, collected %d KB%n",
            right, padded.stats().computations(), most, all);
      }
    }

    private static void stream(
        BatchBuilder<Integer, String, RuntimeException> batch, int step, int size) {
      right = 0;
      try (Stream<Outcome<String>> outcomes =
          batch.stream(IntStream.range(0, size).mapToObj(n -> n * step))) {
        outcomes.forEach(
            outcome -> {
              String value = ((Outcome.Success<String>) outcome).value();
              if (outcome.index() == right && value.equals(right * step + PADDING)) {
                right++;
              }
              if (right % (size / 10) == 0) {
                most = Math.max(most, usedKilobytes());
                System.out.println("so far " + right);
              }
            });
      }
    }

    private static long usedKilobytes() {
      System.gc();
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
    }
  }
}
