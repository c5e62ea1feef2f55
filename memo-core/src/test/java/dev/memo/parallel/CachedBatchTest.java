package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import dev.memo.failure.InputTimedOutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch has paid for is kept, and who waits in vain does not pay. */
class CachedBatchTest {
  private static final int SIZE = 300;

  private static <X extends Exception> CachedFunction<Integer, Integer, X> cached(
      Memo memo, ThrowingFunction<Integer, Integer, X> function) {
    return memo.function("f", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
        .capturesNothing()
        .calls(function);
  }

  @Test
  @DisplayName("P3: what was finished when a batch failed is not computed again")
  void batchGoesOnWhereOneFailed(@TempDir Path folder) {
    AtomicBoolean broken = new AtomicBoolean(true);
    AtomicIntegerArray returned = new AtomicIntegerArray(SIZE);
    List<Integer> inputs = IntStream.range(0, SIZE).boxed().toList();
    try (Memo memo = Memo.open(folder.resolve("paid.memo"))) {
      CachedFunction<Integer, Integer, RuntimeException> function =
          cached(
              memo,
              i -> {
                if (i == SIZE / 2 && broken.get()) {
                  throw new IllegalStateException("broken");
                }
                returned.incrementAndGet(i);
                return -i;
              });
      BatchBuilder<Integer, Integer, RuntimeException> batch = Parallel.batch(function).threads(4);
      assertThatThrownBy(() -> batch.run(inputs)).hasMessage("broken");
      assertThatThrownBy(() -> batch.run(inputs.iterator())).hasMessage("broken");
      broken.set(false);
      List<Integer> streamed = new ArrayList<>();
      try (Stream<Outcome<Integer>> outcomes = batch.stream(inputs)) {
        outcomes.forEach(outcome -> streamed.add(outcome.index()));
      }
      assertThat(streamed).isEqualTo(inputs);
      assertThat(batch.run(inputs).report().fromCache()).hasValue(SIZE);
    }
    assertThat(IntStream.range(0, SIZE).map(returned::get).boxed()).containsOnly(1);
  }

  @Test
  @DisplayName("P1: who waits for another's computation when its time is over does not compute")
  void waiterThatTimesOutDoesNotPayForTheSameCall(@TempDir Path folder) throws Exception {
    CountDownLatch computes = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    try (Memo memo = Memo.open(folder.resolve("waits.memo"))) {
      CachedFunction<Integer, Integer, InterruptedException> function =
          cached(
              memo,
              i -> {
                runs.incrementAndGet();
                computes.countDown();
                mayReturn.await();
                return -i;
              });
      Thread other = new Thread(() -> callQuietly(function));
      other.start();
      computes.await();
      BatchResult<Integer> result =
          Parallel.batch(function)
              .threads(2)
              .timeout(Duration.ofMillis(50))
              .failures(FailurePolicy.COLLECT)
              .run(List.of(1));
      assertThat(result.failures()).hasSize(1);
      assertThat(result.failures().get(0).exception())
          .isInstanceOf(InputTimedOutException.class)
          .hasCauseInstanceOf(CancellationException.class);
      assertThat(runs).hasValue(1);

      // The twin: an interrupt of which no chain knows makes the waiter compute.
      Thread interrupted =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                callQuietly(function);
              });
      interrupted.start();
      interrupted.join(60_000);
      assertThat(runs).hasValue(2);
      mayReturn.countDown();
      other.join(60_000);
      assertThat(other.isAlive()).isFalse();
    }
  }

  private static void callQuietly(CachedFunction<Integer, Integer, InterruptedException> function) {
    try {
      int unused = function.call(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
