package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.claims.Chain;
import dev.memo.codec.TypeRef;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interrupting the caller of a batch cancels it. */
@Timeout(120)
class CancelledBatchTest {
  private static final List<Integer> INPUTS = IntStream.range(0, 1_000).boxed().toList();

  private final Thread caller = Thread.currentThread();
  private final Queue<Thread> workers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicBoolean interruptedOnce = new AtomicBoolean();

  @AfterEach
  void clearTheFlag() {
    Thread.interrupted();
  }

  @Test
  @DisplayName("P4: what is under way is interrupted, nothing is started, no thread is left")
  void runningInputsAreInterrupted() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    CountDownLatch bothRun = new CountDownLatch(2);
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    i -> {
                      workers.add(Thread.currentThread());
                      started.incrementAndGet();
                      bothRun.countDown();
                      try {
                        bothRun.await();
                        interruptCaller();
                        never.await();
                      } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        throw e;
                      }
                    },
                    INPUTS,
                    2))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("1000 inputs");
    assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    awaitEndOfWorkers();
    assertThat(started).hasValue(2);
    assertThat(interrupted).hasValue(2);
  }

  @Test
  void callerDoesNotWaitForFunctionThatIgnoresInterrupts() throws Exception {
    AtomicBoolean callerIsBack = new AtomicBoolean();
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    i -> {
                      workers.add(Thread.currentThread());
                      started.incrementAndGet();
                      interruptCaller();
                      while (!callerIsBack.get()) {
                        Thread.onSpinWait();
                      }
                    },
                    INPUTS,
                    2))
        .isInstanceOf(CancellationException.class);
    callerIsBack.set(true);
    assertThat(Thread.interrupted()).isTrue();
    awaitEndOfWorkers();
    assertThat(started).hasValueLessThanOrEqualTo(2);
  }

  @Test
  void nothingIsStartedIfTheCallerIsInterruptedAlready() {
    for (List<Integer> inputs : List.of(List.of(1), List.of(1, 2), INPUTS)) {
      caller.interrupt();
      assertThatThrownBy(() -> Parallel.forEach(i -> started.incrementAndGet(), inputs, 2))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(started).hasValue(0);
  }

  @Test
  @SuppressWarnings("try") // the scope is for its end only
  void cachedCallThatIsCancelledOnItsWayCostsNothing(@TempDir Path folder) {
    try (Memo memo = Memo.open(folder.resolve("cancelled.memo"))) {
      AtomicInteger runs = new AtomicInteger();
      CachedFunction<Integer, Integer, RuntimeException> paid =
          memo.function("paid", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(n -> -n * runs.incrementAndGet());
      try (Chain.Scope scope = Chain.child(null, () -> true).enter()) {
        assertThatThrownBy(() -> paid.call(7)).isInstanceOf(CancellationException.class);
      }
      assertThat(runs).hasValue(0);
      assertThat(memo.stats().shared().claims()).isZero();
      try (Chain.Scope twin = Chain.child(null, () -> false).enter()) {
        assertThat(paid.call(7)).isEqualTo(-7);
      }
      FunctionStats stats = paid.stats();
      assertThat(stats.calls()).isEqualTo(2).isEqualTo(stats.hits() + stats.misses());
    }
  }

  @Test
  void chainOfTaskKnowsThatItIsCancelled() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    AtomicBoolean before = new AtomicBoolean();
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    i -> {
                      workers.add(Thread.currentThread());
                      Chain chain = Chain.current();
                      before.compareAndSet(false, chain == null || chain.isCancelled());
                      interruptCaller();
                      while (chain != null && !chain.isCancelled()) {
                        Thread.onSpinWait();
                      }
                      told.countDown();
                    },
                    List.of(1, 2),
                    1))
        .isInstanceOf(CancellationException.class);
    Thread.interrupted();
    told.await();
    assertThat(before).isFalse();
    awaitEndOfWorkers();
  }

  @RepeatedTest(100) // on JDK 17 one in a hundred cancellations span for ever
  void nestedBatchIsCancelledWithTheOuterOne() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    a -> {
                      workers.add(Thread.currentThread());
                      Parallel.forEach(
                          b -> {
                            workers.add(Thread.currentThread());
                            interruptCaller();
                            never.await();
                          },
                          INPUTS,
                          2);
                    },
                    INPUTS,
                    2))
        .isInstanceOf(CancellationException.class);
    Thread.interrupted();
    awaitEndOfWorkers();
  }

  @Test
  void failureBeforeTheInterruptIsNotLost() throws Exception {
    IllegalStateException failure = new IllegalStateException("first");
    CountDownLatch otherRuns = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    i -> {
                      workers.add(Thread.currentThread());
                      if (i == 0) {
                        otherRuns.await();
                        failed.countDown();
                        throw failure;
                      }
                      otherRuns.countDown();
                      failed.await();
                      awaitEnd(failure);
                      interruptCaller();
                      never.await();
                    },
                    List.of(0, 1),
                    2))
        .isInstanceOf(CancellationException.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).contains(failure));
    Thread.interrupted();
    awaitEndOfWorkers();
  }

  @Test
  @DisplayName("P1: a batch of one input that waits is cancelled as well, and computes nothing")
  void singleInputThatWaitsIsCancelled(@TempDir Path folder) throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (Memo memo = Memo.open(folder.resolve("single.memo"))) {
      CachedFunction<Integer, Integer, InterruptedException> paid =
          memo.function("paid", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(
                  n -> {
                    started.incrementAndGet();
                    runs.countDown();
                    end.await();
                    return n;
                  });
      CompletableFuture<Object> leader = outcome(() -> paid.call(1));
      runs.await();
      AtomicBoolean keepsItsFlag = new AtomicBoolean();
      Thread[] batch = new Thread[1];
      CompletableFuture<Object> cancelled =
          outcome(
              () -> {
                batch[0] = Thread.currentThread();
                try {
                  return Parallel.map(paid, List.of(1), 4);
                } finally {
                  keepsItsFlag.set(Thread.currentThread().isInterrupted());
                }
              });
      CachedBatchTest.awaitWaiting(() -> batch[0]);
      batch[0].interrupt();
      assertThat(cancelled.get(60, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
      assertThat(keepsItsFlag).isTrue();
      assertThat(started).hasValue(1);

      // The twin: a call of which no batch knows computes.
      CompletableFuture<Object> single =
          outcome(
              () -> {
                Thread.currentThread().interrupt();
                return paid.call(1);
              });
      assertThat(single.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      assertThat(started).hasValue(2);
      end.countDown();
      assertThat(leader.get(60, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  /** What is returned or thrown, on a thread of its own. */
  private static CompletableFuture<Object> outcome(Callable<Object> call) {
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                outcome.complete(call.call());
              } catch (Throwable e) {
                outcome.complete(e);
              }
            })
        .start();
    return outcome;
  }

  @Test
  @DisplayName("P4: a batch whose caller cannot wait is given up")
  void callerThatCannotWait() throws Exception {
    OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
    AtomicBoolean one = new AtomicBoolean();
    ForkJoinPool outer =
        new ForkJoinPool(
            1,
            pool -> {
              if (one.getAndSet(true)) {
                throw noThread; // it would replace the caller while that waits
              }
              return ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
            },
            null,
            false);
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    CompletableFuture<Object> thrown = new CompletableFuture<>();
    outer.execute(
        () -> {
          try {
            Parallel.forEach(
                i -> {
                  workers.add(Thread.currentThread());
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                  }
                },
                INPUTS,
                2);
          } catch (Throwable e) {
            thrown.complete(e);
          }
        });
    assertThat(thrown.get(60, TimeUnit.SECONDS)).isSameAs(noThread);
    awaitEndOfWorkers();
    while (interrupted.get() < workers.size()) { // one may have begun late
      Thread.onSpinWait();
    }
    assertThat(interrupted.get()).isLessThanOrEqualTo(2);
    outer.shutdownNow();
  }

  private void interruptCaller() {
    if (interruptedOnce.compareAndSet(false, true)) {
      caller.interrupt();
    }
  }

  /** The batch has taken note of a failure when its worker has gone idle. */
  private void awaitEnd(Throwable failure) {
    assertThat(failure).isNotNull();
    awaitIdle(workers.stream().filter(w -> w != Thread.currentThread()).findFirst().orElseThrow());
  }

  /** Waits until a worker has nothing to do, or has ended. */
  static void awaitIdle(Thread worker) {
    while (worker.isAlive() && !isIdle(worker)) {
      Thread.onSpinWait();
    }
  }

  private static boolean isIdle(Thread worker) {
    return Arrays.stream(worker.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("awaitWork"));
  }

  private void awaitEndOfWorkers() throws InterruptedException {
    for (Thread worker : workers) {
      worker.join(Meeting.DEADLINE.toMillis());
      assertThat(worker.isAlive()).as("%s lives", worker).isFalse();
    }
  }
}
