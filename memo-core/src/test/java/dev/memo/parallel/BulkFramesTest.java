package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import dev.memo.call.BulkCalls;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import dev.memo.process.ReadPath;
import dev.memo.store.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How often a secondary asks the primary for a batch of calls that are stored. */
@Timeout(240)
@Tag("heavy")
final class BulkFramesTest {
  private static final int INPUTS =
      "soak".equals(System.getProperty("memo.test.size")) ? 100_000 : 10_000;
  private static final int THREADS = 4;

  private final Path directory;

  BulkFramesTest(@TempDir Path folder) {
    directory = folder.resolve("shared.memo");
  }

  @Test
  void overTheSocketOneQuestionIsForManyInputs() {
    assertThat(asked("bulk", ReadPath.SOCKET, INPUTS))
        .isLessThanOrEqualTo(INPUTS / BulkCalls.CHUNK + 20);
  }

  @Test
  void aBatchThatIsBuiltAsksNoMore() {
    assertThat(asked("batch", ReadPath.SOCKET, INPUTS))
        .isLessThanOrEqualTo(INPUTS / BulkCalls.CHUNK + 20);
  }

  @Test
  void inputsThatAreReadMeanwhileAreAskedForTogether() {
    assertThat(asked("stream", ReadPath.SOCKET, INPUTS))
        .isLessThanOrEqualTo(INPUTS / BulkCalls.CHUNK + 20);
  }

  @Test
  @DisplayName("twin: streamed to single calls they are not")
  void twinOfStreamToSingleCalls() {
    assertThat(asked("single stream", ReadPath.SOCKET, 1000)).isGreaterThanOrEqualTo(1000);
  }

  @Test
  void localReadsAskNoMore() {
    assertThat(asked("bulk", ReadPath.SECONDARY, INPUTS))
        .isLessThanOrEqualTo(INPUTS / BulkCalls.CHUNK + 20);
  }

  @Test
  @DisplayName("twin: single calls ask for every input")
  void twinOfSingleCalls() {
    assertThat(asked("single", ReadPath.SOCKET, 1000)).isGreaterThanOrEqualTo(1000);
  }

  @Test
  void largeValuesComeInSeveralAnswers() {
    long asked = asked("large", ReadPath.SOCKET, 300);
    assertThat(asked).isBetween(10L, 60L);
  }

  /** How many questions a batch of another process costs, all of whose calls are stored. */
  private long asked(String how, ReadPath reads, int inputs) {
    try (Memo primary = Memo.open(directory)) {
      Parallel.map(padded(primary, how), range(inputs), THREADS);
      long before = primary.stats().shared().asked();
      try (ChildJvm secondary =
          ChildJvm.of(Secondary.class, directory, how, reads, inputs).start()) {
        assertThat(secondary.awaitLine("computed")).isEqualTo("computed 0, hits " + inputs);
        return primary.stats().shared().asked() - before;
      }
    }
  }

  private static List<Integer> range(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  /** A function of results that take 100,000 bytes, or few. */
  private static CachedFunction<Integer, String, RuntimeException> padded(Memo memo, String how) {
    int length = how.equals("large") ? 100_000 : 1;
    return memo.function("padded", "1", TypeRef.of(Integer.class), TypeRef.of(String.class))
        .capturesNothing()
        .calls(n -> n + "!".repeat(length));
  }

  private record Single(CachedFunction<Integer, String, RuntimeException> handle)
      implements ThrowingFunction<Integer, String, RuntimeException> {
    @Override
    public String call(Integer argument) {
      return handle.call(argument);
    }
  }

  static final class Secondary {
    private Secondary() {}

    private static List<String> streamed(
        ThrowingFunction<Integer, String, RuntimeException> function, List<Integer> inputs) {
      try (Stream<Outcome<String>> outcomes =
          Parallel.batch(function).threads(THREADS).stream(inputs.iterator())) {
        return outcomes.map(outcome -> ((Outcome.Success<String>) outcome).value()).toList();
      }
    }

    public static void main(String[] arguments) {
      try (Memo memo =
          Memo.at(Path.of(arguments[0])).reads(ReadPath.valueOf(arguments[2])).open()) {
        String how = arguments[1];
        CachedFunction<Integer, String, RuntimeException> padded = padded(memo, how);
        List<Integer> inputs = range(Integer.parseInt(arguments[3]));
        List<String> results =
            switch (how) {
              case "single" -> Parallel.map(new Single(padded), inputs, THREADS);
              case "batch" -> Parallel.batch(padded).threads(THREADS).run(inputs).values();
              case "stream" -> streamed(padded, inputs);
              case "single stream" -> streamed(new Single(padded), inputs);
              default -> Parallel.map(padded, inputs, THREADS);
            };
        for (int n : inputs) {
          assertThat(results.get(n)).startsWith(n + "!").endsWith("!");
        }
        System.out.println(
            "computed " + padded.stats().computations() + ", hits " + padded.stats().hits());
      }
    }
  }
}
