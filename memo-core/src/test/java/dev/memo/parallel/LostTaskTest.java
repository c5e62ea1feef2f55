package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A worker takes something and finds more, and there is no memory for the worker that it starts for
 * the rest. It ends, and what it had taken is lost to the pool. Or there is none for the first
 * worker, and what was queued for it stays where it is.
 */
@Timeout(120)
class LostTaskTest {
  private static final int TRIES = 50;

  private final OutOfMemoryError noMemory = new OutOfMemoryError("for the test");

  /** Three tasks for one worker, of which it takes the second and may lose it. */
  private final class Three {
    private final AtomicInteger refused = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch queued = new CountDownLatch(1);
    private final CountDownLatch second = new CountDownLatch(1);
    private final CountDownLatch third = new CountDownLatch(1);
    private final Workers workers = Workers.replaced(2, 0, this::beforeWorker);

    /** There is one until all is queued; the first that a worker itself starts is refused. */
    private void beforeWorker() {
      boolean byWorker = Thread.currentThread() instanceof ForkJoinWorkerThread;
      boolean isEarly = begun.getCount() == 0 && queued.getCount() > 0;
      if (isEarly || (byWorker && refused.getAndIncrement() == 0)) {
        throw noMemory;
      }
    }

    void give() throws InterruptedException {
      // by another thread, as from another queue: only then is a worker started before the second
      Thread other = new Thread(() -> workers.execute(this::first));
      other.start();
      begun.await();
      give(second::countDown);
      give(third::countDown);
      queued.countDown();
      third.await();
    }

    private void first() {
      begun.countDown();
      try {
        queued.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** It is in the queue even if a worker for it was refused. */
    private void give(Runnable task) {
      try {
        workers.execute(task);
      } catch (OutOfMemoryError e) {
        assertThat(e).isSameAs(noMemory);
      }
    }
  }

  /** Three of which the second is lost. */
  private Three lose() throws InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      Three three = new Three();
      three.give();
      if (three.refused.get() > 0) {
        return three;
      }
      three.workers.end();
    }
    assumeThat(TRIES).as("tries, and no worker has started another before a task").isZero();
    throw new AssertionError();
  }

  @Test
  @DisplayName("P4: who waits for what a worker has lost for want of memory is told so")
  void whoWaitsIsTold() throws Exception {
    Three three = lose();
    Bell bell = new Bell(three.workers);
    assertThatThrownBy(() -> bell.await(() -> three.second.getCount() == 0)).isSameAs(noMemory);
    three.workers.interrupt();
  }

  @Test
  @DisplayName("P4, twin: else it would be waited for for ever")
  void twinOfTheLoss() throws Exception {
    Three three = lose();
    assertThat(three.second.await(500, TimeUnit.MILLISECONDS)).isFalse();
    three.workers.interrupt();
  }

  @Test
  @DisplayName("P4: who waits for what no worker is left for, and none can be had, is told so")
  void whoWaitsIsToldThatNoneCanBeHad() throws Exception {
    Workers none =
        Workers.replaced(
            2,
            0,
            () -> {
              throw noMemory;
            });
    assertThatThrownBy(() -> none.execute(() -> {})).isSameAs(noMemory);
    assertThatThrownBy(() -> new Bell(none).await(() -> false)).isSameAs(noMemory);
    none.interrupt();
  }

  @Test
  void workerThatCouldNotBeMadeTakesNoPlaceForGood() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Workers one =
        Workers.replaced(
            1,
            0,
            () -> {
              if (asked.getAndIncrement() == 0) {
                throw noMemory;
              }
            });
    CountDownLatch ran = new CountDownLatch(2);
    assertThatThrownBy(() -> one.execute(ran::countDown)).isSameAs(noMemory);
    giveByAnother(one::execute, ran::countDown);
    new Bell(one).await(() -> ran.getCount() == 0);
    one.end();
  }

  @Test
  @DisplayName("twin: if the factory throws, a pool of JDK 17 never asks it again")
  void twinOfThePlace() throws Exception {
    assumeThat(Runtime.version().feature()).isEqualTo(17);
    AtomicInteger asked = new AtomicInteger();
    ForkJoinPool one =
        new ForkJoinPool(
            1,
            pool -> {
              asked.getAndIncrement();
              throw noMemory;
            },
            null,
            true);
    assertThatThrownBy(() -> one.execute(() -> {})).isSameAs(noMemory);
    for (int i = 0; i < TRIES; i++) {
      giveByAnother(one::execute, () -> {});
    }
    assertThat(asked).hasValue(1);
    one.shutdownNow();
  }

  /** Not all are given to the same queue. */
  private static void giveByAnother(Consumer<Runnable> to, Runnable task) throws Exception {
    FutureTask<Void> given = new FutureTask<>(() -> to.accept(task), null);
    new Thread(given).start();
    given.get();
  }
}
