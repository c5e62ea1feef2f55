package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker that blocks is replaced, for as long as it blocks. */
class ReplacementTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  @DisplayName("P4: an input may wait for a later one")
  void inputMayWaitForLaterOne(int threads) throws Exception {
    Meeting last = new Meeting();
    Batch.run(
        index -> {
          if (index == 9) {
            last.arrive();
          }
          last.await();
        },
        10,
        threads);
  }

  @Test
  void inputsThatWaitAreCountedAlsoIfAllOfThemDo() throws Exception {
    Meeting end = new Meeting();
    Meeting bothRun = new Meeting(2);
    Batch.Task<InterruptedException> task =
        index -> {
          bothRun.arrive();
          end.await();
        };
    Batch batch = new Batch(task, 2, 2, 2);
    batch.start();
    bothRun.await();
    long deadline = System.nanoTime() + Meeting.DEADLINE.toNanos();
    while (batch.waiting(2) < 2) {
      assertThat(System.nanoTime()).as("%s wait", batch.waiting(2)).isLessThan(deadline);
      Thread.onSpinWait();
    }
    end.arrive();
    batch.<InterruptedException>end();
  }

  @Test
  void whereNobodyCanTellNoneIsSaidToWait() throws Exception {
    Meeting end = new Meeting();
    Workers plain = Workers.plain(2, Thread::new);
    Batch.Task<InterruptedException> task = index -> end.await();
    Batch batch = new Batch(task, Indexes.below(2), plain, new StopSignal(), new Bell(plain));
    batch.start();
    assertThat(batch.waiting(2)).isZero();
    end.arrive();
    batch.<InterruptedException>end();
  }

  @Test
  void withoutReplacementItWaitsForEver() throws Exception {
    Meeting last = new Meeting();
    ConcurrentLinkedQueue<Integer> inVain = new ConcurrentLinkedQueue<>();
    Batch.Task<InterruptedException> task =
        index -> {
          if (index == 9) {
            last.arrive();
          } else if (!last.await(Duration.ofMillis(100))) {
            inVain.add(index);
          }
        };
    new Batch(task, 10, 2, 0).<InterruptedException>run();
    assertThat(inVain).isNotEmpty();
  }

  @Test
  void inputMayWaitForOneOfItsOwnChunk() throws Exception {
    Meeting after = new Meeting();
    int size = 10_000;
    Batch.run(
        index -> {
          if (index == size - 2) {
            after.await();
          } else if (index == size - 1) {
            after.arrive();
          }
        },
        size,
        1);
  }

  @Test
  void workersThatComeBackDoNotAddToThreads() throws Exception {
    int threads = 2;
    int waiters = 20;
    Meeting everyWaiterWaits = new Meeting(waiters);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Batch.run(
        index -> {
          if (index < waiters) {
            everyWaiterWaits.arrive();
            everyWaiterWaits.await();
          } else {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            spin(Duration.ofNanos(200_000));
            running.decrementAndGet();
          }
        },
        waiters + 500,
        threads);
    assertThat(most).hasValueLessThanOrEqualTo(threads);
  }

  @Test
  void restingWorkersComeBackWhenOthersBlock() throws Exception {
    int threads = 2;
    Meeting crowd = new Meeting(8);
    Meeting last = new Meeting();
    int size = 1_000;
    AtomicInteger ended = new AtomicInteger();
    Batch.run(
        index -> {
          if (index < 8) {
            crowd.arrive();
            crowd.await();
          } else if (index == size - 1) {
            last.arrive();
          } else if (index % 100 == 50) {
            last.await();
          } else {
            spin(Duration.ofNanos(50_000));
          }
          ended.incrementAndGet();
        },
        size,
        threads);
    assertThat(ended).hasValue(size);
  }

  private static void spin(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void failureIsNotLostIfNoThreadReplacesTheOneThatWaitsForItsRetry() throws Exception {
    InputCalls<Integer, RuntimeException> calls =
        new InputCalls<>(
            FailurePolicy.COLLECT,
            new RetryPolicy(1, 1_000_000, failure -> true),
            null,
            new StopSignal(),
            new Tally(false));
    AtomicBoolean first = new AtomicBoolean(true);
    ForkJoinPool pool =
        new ForkJoinPool(
            1,
            owner -> {
              if (!first.getAndSet(false)) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(owner);
            },
            null,
            true,
            1,
            257,
            1,
            unused -> true,
            1,
            TimeUnit.SECONDS);
    IllegalStateException failure = new IllegalStateException("busy, try later");
    CompletableFuture<Object> end = new CompletableFuture<>();
    pool.execute(
        () -> {
          try {
            end.complete(
                calls.call(
                    7,
                    () -> {
                      throw failure;
                    }));
          } catch (Throwable thrown) {
            end.complete(thrown);
          }
        });
    assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(new Outcome.Failure<>(7, failure));
    pool.shutdownNow();
  }
}
