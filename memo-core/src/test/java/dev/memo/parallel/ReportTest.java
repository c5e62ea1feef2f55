package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CapturedLog;
import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a batch tells of itself when it has ended. */
class ReportTest {

  @Test
  void countsWhatWasComputedAndWhatWasFound(@TempDir Path folder) {
    try (Memo memo = Memo.open(folder.resolve("report.memo"))) {
      CachedFunction<Integer, Integer, RuntimeException> slow =
          memo.function("slow", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(
                  n -> {
                    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2);
                    while (System.nanoTime() < end) {
                      Thread.onSpinWait();
                    }
                    return n + 1;
                  });
      Report first = Parallel.batch(slow).threads(2).run(numbers(0, 60)).report();
      assertThat(first.inputs()).isEqualTo(60);
      assertThat(first.computed()).hasValue(60);
      assertThat(first.fromCache()).hasValue(0);
      assertThat(first.timeSaved()).hasValue(Duration.ZERO);
      assertThat(first.wallTime()).isGreaterThanOrEqualTo(Duration.ofMillis(60));

      Report second = Parallel.batch(slow).threads(2).run(numbers(20, 100).iterator()).report();
      assertThat(second.computed()).hasValue(40);
      assertThat(second.fromCache()).hasValue(40);
      assertThat(second.timeSaved())
          .hasValueSatisfying(t -> assertThat(t).isGreaterThanOrEqualTo(Duration.ofMillis(80)));
      assertThat(second.toString()).contains("from cache  40", "time saved");
    }
  }

  @Test
  void countersThatCannotBeReadAtTheEndTakeNoOutcomeAway() {
    AtomicInteger questions = new AtomicInteger();
    @SuppressWarnings("unchecked")
    CachedFunction<Integer, Integer, RuntimeException> lost =
        (CachedFunction<Integer, Integer, RuntimeException>)
            Proxy.newProxyInstance(
                CachedFunction.class.getClassLoader(),
                new Class<?>[] {CachedFunction.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("call")) {
                    return -(Integer) arguments[0];
                  } else if (!method.getName().equals("stats")) {
                    return method.getName();
                  } else if (questions.getAndIncrement() == 0) {
                    return FunctionStats.NONE;
                  }
                  throw new DirectoryException("it has been deleted");
                });
    try (CapturedLog log = CapturedLog.of(BatchRun.class.getName())) {
      BatchResult<Integer> result = Parallel.batch(lost).run(List.of(1, 2));
      assertThat(result.values()).containsExactly(-1, -2);
      assertThat(result.report().inputs()).isEqualTo(2);
      assertThat(result.report().computed()).isEmpty();
      assertThat(log.warnings()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tellsOnlyOfItsOwnInputs(boolean lazily, @TempDir Path folder) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch othersAreDone = new CountDownLatch(1);
    try (Memo memo = Memo.open(folder.resolve("own.memo"))) {
      CachedFunction<Integer, Integer, InterruptedException> function =
          memo.function("f", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(
                  n -> {
                    if (n == 0) {
                      begun.countDown();
                      othersAreDone.await();
                    }
                    return -n;
                  });
      CompletableFuture<Report> first = new CompletableFuture<>();
      Thread other =
          new Thread(
              () -> {
                try {
                  first.complete(run(function, numbers(0, 100), lazily));
                } catch (Throwable e) {
                  first.completeExceptionally(e);
                }
              });
      other.start();
      begun.await();
      Report second = run(function, numbers(50, 150), lazily);
      assertThat(second.computed()).hasValue(100);
      assertThat(second.fromCache()).hasValue(0);
      assertThat(function.call(60) + function.call(1_000)).isEqualTo(-1_060);
      othersAreDone.countDown();
      assertThat(first.get(60, TimeUnit.SECONDS).computed()).hasValue(50);
      assertThat(first.get().fromCache()).hasValue(50);
      assertThat(function.stats().computations()).as("of which some were others'").isEqualTo(151);
      assertThat(function.stats().hits()).isEqualTo(51);
    }
  }

  private static Report run(
      CachedFunction<Integer, Integer, InterruptedException> function,
      List<Integer> inputs,
      boolean lazily)
      throws InterruptedException {
    BatchBuilder<Integer, Integer, InterruptedException> batch =
        Parallel.batch(function).threads(1);
    return (lazily ? batch.run(inputs.iterator()) : batch.run(inputs)).report();
  }

  @Test
  void doesNotTellOfCallsThatTheFunctionMakesOfItself(@TempDir Path folder) {
    List<CachedFunction<Integer, Integer, RuntimeException>> self = new ArrayList<>();
    try (Memo memo = Memo.open(folder.resolve("nested.memo"))) {
      self.add(
          memo.function("f", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(n -> n == 0 ? 0 : self.get(0).call(n - 1) + 1));
      List<Integer> descending = IntStream.range(0, 100).map(n -> 99 - n).boxed().toList();
      Report report = Parallel.batch(self.get(0)).threads(1).run(descending).report();
      assertThat(report.computed()).hasValue(1);
      assertThat(report.fromCache()).hasValue(99);
      assertThat(self.get(0).stats().computations()).isEqualTo(100);
    }
  }

  @Test
  void ofFutureItTellsWhatTheFunctionCounted(@TempDir Path folder) {
    try (Memo memo = Memo.open(folder.resolve("later.memo"))) {
      CachedFunction<Integer, CompletableFuture<Integer>, RuntimeException> later =
          memo.function(
                  "f", "1", TypeRef.of(Integer.class), new TypeRef<CompletableFuture<Integer>>() {})
              .capturesNothing()
              .calls(CompletableFuture::completedFuture);
      Parallel.batch(later).run(numbers(0, 10)).values().forEach(CompletableFuture::join);
      Report report = Parallel.batch(later).run(numbers(0, 30)).report();
      assertThat(report.computed()).hasValue(20);
      assertThat(report.fromCache()).hasValue(10);
    }
  }

  @Test
  void ofFunctionThatIsNotKnownToBeCachedItSaysSo() {
    Report report =
        Parallel.batch((Integer i) -> i % 10 == 3 ? fail() : i)
            .failures(FailurePolicy.COLLECT)
            .retry(1, Duration.ZERO)
            .run(numbers(0, 100))
            .report();
    assertThat(report.inputs()).isEqualTo(100);
    assertThat(report.failed()).isEqualTo(10);
    assertThat(report.retried()).isEqualTo(10);
    assertThat(report.computed()).isEmpty();
    assertThat(report.fromCache()).isEmpty();
    assertThat(report.timeSaved()).isEmpty();
    assertThat(report.toString()).contains("unknown");
  }

  private static int fail() {
    throw new IllegalStateException();
  }

  @Test
  void isLaidOutForPeople() {
    Report report =
        new Report(
            100_000,
            OptionalLong.of(9_988),
            OptionalLong.of(90_000),
            12,
            57,
            Duration.ofSeconds(3_725),
            Optional.of(Duration.ofHours(49)));
    assertThat(report.toString().lines())
        .containsExactly(
            "100,000 inputs in 1 h 2 min",
            "  computed    9,988",
            "  from cache  90,000",
            "  time saved  2 d 1 h",
            "  failed      12",
            "  retried     57");
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 ms",
    "PT0.999S, 999 ms",
    "PT1S, 1.0 s",
    "PT59.94S, 59.9 s",
    "PT60S, 1 min 0 s",
    "PT59M59S, 59 min 59 s",
    "PT1H, 1 h 0 min",
    "PT24H, 1 d 0 h"
  })
  void timesHaveTwoUnitsAtMost(Duration duration, String text) {
    assertThat(Times.format(duration)).isEqualTo(text);
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
