package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import dev.memo.failure.InputTimedOutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a batch has paid for is kept, and who waits in vain does not pay. */
@Timeout(120)
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

  /** Waits until the thread waits for another's computation. */
  static void awaitWaiting(Supplier<@Nullable Thread> thread) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!waits(thread.get())) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean waits(@Nullable Thread thread) {
    return thread != null
        && thread.getState() == Thread.State.TIMED_WAITING
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals("dev.memo.call.Waiting"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("the end of a call's time or of its batch is no failure of others that wait for it")
  void givenUpIsNotFailed(boolean timesOut, @TempDir Path folder) throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    AtomicInteger count = new AtomicInteger();
    AtomicReference<@Nullable Thread> follower = new AtomicReference<>();
    try (Memo memo = Memo.open(folder.resolve("given-up.memo"))) {
      CachedFunction<Integer, Integer, InterruptedException> ask =
          cached(
              memo,
              i -> {
                if (count.incrementAndGet() > 1) {
                  return -i;
                }
                runs.countDown();
                try {
                  new CountDownLatch(1).await();
                  return i;
                } catch (InterruptedException e) {
                  awaitWaiting(follower::get);
                  throw new IllegalStateException("as many clients do", e);
                }
              });
      Thread batch =
          new Thread(
              () -> {
                if (timesOut) {
                  while (runs.getCount() > 0) { // its time may be over before it has begun
                    Throwable unused =
                        catchThrowable(
                            () ->
                                Parallel.batch(ask)
                                    .threads(1)
                                    .timeout(Duration.ofMillis(50))
                                    .run(List.of(1)));
                  }
                } else {
                  Throwable unused = catchThrowable(() -> Parallel.map(ask, List.of(1, 1), 1));
                }
              });
      batch.start();
      runs.await();
      CompletableFuture<Object> other = new CompletableFuture<>();
      Thread following =
          new Thread(
              () -> {
                try {
                  other.complete(ask.call(1));
                } catch (Throwable e) {
                  other.complete(e);
                }
              });
      following.start();
      follower.set(following);
      if (!timesOut) {
        batch.interrupt();
      }
      assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(-1);
      batch.join();
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
