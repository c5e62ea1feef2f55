package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.memo.store.ChildJvm;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A batch is given up while the heap is full. */
@Timeout(120)
@Tag("heavy")
class FullHeapShutdownTest {

  @Test
  @DisplayName("P4: workers that were to be ended without memory are ended when there is some")
  void workersAreEnded() {
    assertThat(told("workers")).isEqualTo("returned");
  }

  @Test
  @DisplayName("twin: whoever shuts a pool of JDK 17 down then looks for its tasks for ever")
  void twinOfAPool() {
    assumeThat(Runtime.version().feature()).isEqualTo(17);
    assertThat(told("pool")).isEqualTo("spins");
  }

  private static String told(String what) {
    try (ChildJvm small =
        ChildJvm.of(Small.class, what).option("-Xmx24m").option("-XX:+UseSerialGC").start()) {
      return small.awaitLine("returned", "spins");
    }
  }

  /** Of two tasks one runs and the other is queued when the heap is full. */
  static final class Small {
    private static final CountDownLatch RUNS = new CountDownLatch(1);
    private static Object @Nullable [] full;

    private Small() {}

    public static void main(String[] arguments) throws Exception {
      rehearse();
      Runnable shutDown = arguments[0].equals("pool") ? pool() : workers();
      fill();
      try {
        shutDown.run();
      } catch (OutOfMemoryError expected) {
        // that of a pool
      }
      full = null;
      Thread again = new Thread(shutDown);
      again.setDaemon(true);
      again.start();
      again.join(TimeUnit.SECONDS.toMillis(10));
      System.out.println(again.isAlive() ? "spins" : "returned");
    }

    /** All else that is needed without memory is there by then: what ends a pool with no tasks. */
    private static void rehearse() throws InterruptedException {
      ForkJoinPool pool =
          new ForkJoinPool(1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
      CountDownLatch ran = new CountDownLatch(1);
      pool.execute(ran::countDown);
      ran.await();
      pool.shutdown();
      assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      pool.shutdownNow();
    }

    private static Runnable workers() throws InterruptedException {
      Workers workers = Workers.replaced(1, 0);
      workers.execute(Small::runDeaf);
      RUNS.await();
      workers.execute(() -> {});
      return workers::interrupt;
    }

    private static Runnable pool() throws InterruptedException {
      ForkJoinPool pool =
          new ForkJoinPool(1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
      pool.execute(Small::runDeaf);
      RUNS.await();
      pool.execute(() -> {});
      return pool::shutdownNow;
    }

    private static void runDeaf() {
      RUNS.countDown();
      while (true) {
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException goesOn) {
          // or it would take the task that is queued
        }
      }
    }

    private static void fill() {
      int size = 1 << 18;
      while (size > 0) {
        try {
          full = new Object[] {full, new long[size]};
        } catch (OutOfMemoryError e) {
          size /= 2;
        }
      }
    }
  }
}
