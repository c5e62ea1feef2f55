package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A worker that falls asleep just when something is submitted, while the others are blocked. Pools
 * of JDK 17 then leave it asleep; later ones do not.
 */
@Timeout(120)
class SleepingWorkerTest {
  private static final int ROUNDS = 3_000;
  private static final int ENOUGH = 2;
  private static final long MAX_SPIN_NANOS = 20_000;
  private static final long PATIENCE_NANOS = 100_000_000;

  private final Workers workers = Workers.replaced(2, 0);
  private final Bell bell = new Bell(workers);

  /** Returns what is submitted while one of two workers is blocked and the other falls asleep. */
  private CountDownLatch submitted() throws InterruptedException {
    CountDownLatch blocks = new CountDownLatch(1);
    CountDownLatch quick = new CountDownLatch(1);
    CountDownLatch submitted = new CountDownLatch(1);
    workers.execute(
        () -> {
          blocks.countDown();
          awaitUnchecked(submitted);
        });
    awaitWoken(blocks);
    workers.execute(quick::countDown);
    awaitWoken(quick);
    long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(MAX_SPIN_NANOS);
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    workers.execute(
        () -> {
          submitted.countDown();
          bell.ring();
        });
    return submitted;
  }

  /** Spins: to sleep here would take longer than the worker takes to fall asleep. */
  private void awaitWoken(CountDownLatch latch) {
    long patience = System.nanoTime() + PATIENCE_NANOS;
    while (latch.getCount() > 0) {
      if (System.nanoTime() > patience) {
        workers.wake();
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("a worker that was left asleep is woken; until then, the twin, it sleeps")
  void isWoken() throws Exception {
    int asleep = 0;
    for (int round = 0; round < ROUNDS && asleep < ENOUGH; round++) {
      CountDownLatch submitted = submitted();
      if (!submitted.await(500, TimeUnit.MILLISECONDS)) {
        asleep++;
        while (!submitted.await(5, TimeUnit.MILLISECONDS)) {
          workers.wake();
        }
      }
    }
    workers.end();
    assumeThat(asleep).as("workers that this JDK has left asleep").isPositive();
  }

  @Test
  void whoWaitsForABatchWakesThem() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch submitted = submitted();
      bell.await(() -> submitted.getCount() == 0);
    }
    workers.end();
    assertThat(workers.active()).isLessThanOrEqualTo(2);
  }
}
