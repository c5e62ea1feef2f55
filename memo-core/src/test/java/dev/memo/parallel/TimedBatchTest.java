package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.InputTimedOutException;
import dev.memo.parallel.Outcome.Failure;
import dev.memo.parallel.Outcome.Success;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The time of a call is bounded, and inputs are tried again. */
class TimedBatchTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  /** Nothing that is quick takes as long, on a busy machine either. */
  private static final Duration LONG = Duration.ofSeconds(3);

  @AfterEach
  void noInterruptIsLeft() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void onlyTheInputThatTakesTooLongIsInterrupted() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    BatchResult<Boolean> result =
        Parallel.batch(
                (Integer i) -> {
                  if (i == 7) {
                    try {
                      never.await();
                    } finally {
                      interrupted.countDown();
                    }
                  }
                  return Thread.currentThread().isInterrupted();
                })
            .threads(2)
            .timeout(LONG)
            .failures(FailurePolicy.COLLECT)
            .run(IntStream.range(0, 10_000).boxed().toList());
    assertThat(interrupted.getCount()).isZero();
    assertThat(result.failures()).hasSize(1);
    Failure<Boolean> failure = result.failures().get(0);
    assertThat(failure.index()).isEqualTo(7);
    assertThat(failure.exception())
        .isInstanceOf(InputTimedOutException.class)
        .hasMessage("input 7 of the batch took longer than PT3S")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(result.outcomes())
        .filteredOn(outcome -> outcome.index() != 7)
        .allSatisfy(o -> assertThat(o).isEqualTo(new Success<>(o.index(), false)));
  }

  @Test
  void deadlineOfCallThatHasEndedInterruptsNobody() {
    Deadline ended = new Deadline();
    ended.end();
    ended.run();
    assertThat(Thread.interrupted()).isFalse();
    assertThat(ended.isLate()).isFalse();
  }

  @Test
  void withoutEndTheNextInputOfTheThreadWouldBeInterrupted() {
    Deadline forgotten = new Deadline();
    forgotten.run();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void timeoutFailsFastLikeAnyFailure() {
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                Parallel.batch(
                        (Integer i) -> {
                          never.await();
                          return i;
                        })
                    .timeout(SHORT)
                    .run(List.of(1)))
        .isInstanceOf(InputTimedOutException.class)
        .satisfies(e -> assertThat(((InputTimedOutException) e).index()).isZero());
  }

  @Test
  void whatReturnsLateIsKept() {
    BatchResult<Integer> result =
        Parallel.batch(
                (Integer i) -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                  }
                  return i;
                })
            .timeout(SHORT)
            .run(List.of(1, 2, 3));
    assertThat(result.values()).containsExactly(1, 2, 3);
  }

  @Test
  void retryHasTheWholeTimeAgain() throws InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    BatchResult<Integer> result =
        Parallel.batch(
                (Integer i) -> {
                  if (attempts.incrementAndGet() < 2) {
                    never.await();
                  }
                  assertThat(Thread.currentThread().isInterrupted()).isFalse();
                  return i;
                })
            .timeout(LONG)
            .retry(1, Duration.ZERO, InputTimedOutException.class::isInstance)
            .run(List.of(1));
    assertThat(result.values()).containsExactly(1);
    assertThat(attempts).hasValue(2);
    assertThat(result.report().retried()).isOne();
    assertThat(result.report().failed()).isZero();
  }

  @Test
  void predicateDoesNotFeelTheInterruptOfTheCallThatTookTooLong() {
    List<Boolean> interrupted = new CopyOnWriteArrayList<>();
    BatchResult<Integer> result =
        Parallel.<Integer, Integer, RuntimeException>batch(
                i -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                  }
                  throw new IllegalStateException("late, and its flag is set");
                })
            .timeout(SHORT)
            .failures(FailurePolicy.COLLECT)
            .retry(
                2,
                Duration.ZERO,
                failure -> interrupted.add(Thread.currentThread().isInterrupted()))
            .run(List.of(1));
    assertThat(result.failures()).hasSize(1);
    assertThat(interrupted).containsExactly(false, false);
  }

  @Test
  void lastFailureCountsWhenAttemptsAreUsedUp() {
    Queue<IllegalStateException> thrown = new ConcurrentLinkedQueue<>();
    BatchResult<Integer> result =
        Parallel.batch((Integer i) -> fail(thrown))
            .retry(3, Duration.ofNanos(1))
            .failures(FailurePolicy.COLLECT)
            .run(List.of(1));
    assertThat(thrown).hasSize(4);
    assertThat(result.failures().get(0).exception()).isSameAs(List.copyOf(thrown).get(3));
  }

  private static int fail(Queue<IllegalStateException> thrown) {
    IllegalStateException failure = new IllegalStateException("attempt " + thrown.size());
    thrown.add(failure);
    throw failure;
  }

  @Test
  void whatThePredicateRefusesIsNotTriedAgain() {
    Queue<IllegalStateException> thrown = new ConcurrentLinkedQueue<>();
    assertThatThrownBy(
            () ->
                Parallel.batch((Integer i) -> fail(thrown))
                    .retry(3, Duration.ZERO, failure -> failure instanceof java.io.IOException)
                    .run(List.of(1)))
        .isSameAs(thrown.peek());
    assertThat(thrown).hasSize(1);
  }

  /** One thread, and the first input succeeds only after the last has run. */
  private static final class FirstNeedsLast {
    final CountDownLatch last = new CountDownLatch(1);
    final RetryPolicy retry;

    FirstNeedsLast(Duration backoff) {
      retry = new RetryPolicy(6, backoff.toNanos(), failure -> true);
    }

    int call(int input) {
      if (input == 0 && last.getCount() > 0) {
        throw new IllegalStateException("too early");
      }
      if (input == 99) {
        last.countDown();
      }
      return input;
    }

    void run(int replacements) {
      StopSignal stop = new StopSignal();
      InputCalls<Integer, RuntimeException> calls =
          new InputCalls<>(FailurePolicy.FAIL_FAST, retry, null, stop, new Tally(false));
      Workers workers = Workers.replaced(1, replacements);
      Batch.Task<RuntimeException> task = index -> calls.call(index, () -> call(index));
      new Batch(task, Indexes.below(100), workers, stop, new Bell(workers)).run();
    }
  }

  @Test
  void waitForRetryDoesNotKeepOthersFromRunning() {
    FirstNeedsLast function = new FirstNeedsLast(Duration.ofMillis(50)); // 3 s in all, if needed
    function.run(Batch.REPLACEMENTS);
    assertThat(function.last.getCount()).isZero();
  }

  @Test
  void withoutReplacementItWould() {
    FirstNeedsLast function = new FirstNeedsLast(Duration.ofMillis(2)); // all of it is waited for
    assertThatThrownBy(() -> function.run(0)).hasMessage("too early");
    assertThat(function.last.getCount()).isOne();
  }

  @Test
  void failureEndsTheWaitForRetry() {
    CountDownLatch waits = new CountDownLatch(1);
    IllegalStateException first = new IllegalStateException("retried");
    assertThatThrownBy(
            () ->
                Parallel.batch(
                        (Integer i) -> {
                          if (i == 0) {
                            waits.countDown();
                            throw first;
                          }
                          waits.await();
                          throw new java.io.IOException("not retried");
                        })
                    .threads(2)
                    .retry(9, Duration.ofDays(1), failure -> failure == first)
                    .run(List.of(0, 1)))
        .hasMessage("not retried")
        .satisfies(e -> assertThat(e.getSuppressed()).contains(first));
  }

  @Test
  void backoffDoubles() {
    RetryPolicy retry = new RetryPolicy(9, 100, failure -> true);
    assertThat(IntStream.range(0, 4).mapToLong(retry::backoffNanos).boxed())
        .containsExactly(100L, 200L, 400L, 800L);
    assertThat(new RetryPolicy(9, Long.MAX_VALUE, failure -> true).backoffNanos(50)).isPositive();
  }
}
