package dev.memo.parallel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Tells those who work on a batch that nothing more is to be started. Thread-safe. */
final class StopSignal {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean cancelled; // implies stopped, a moment later

  /** What is under way may finish. */
  void stop() {
    stopped.countDown();
  }

  /** What is under way is given up too. */
  void cancel() {
    cancelled = true;
    stop();
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Waits so long, unless it is stopped before; the worker is replaced meanwhile if it can be. */
  void await(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    try {
      awaitReplaced(end);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      boolean unused = stopped.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  private void awaitReplaced(long end) throws InterruptedException {
    ForkJoinPool.managedBlock(
        new ForkJoinPool.ManagedBlocker() {
          @Override
          public boolean block() throws InterruptedException {
            boolean unused = stopped.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            return true;
          }

          @Override
          public boolean isReleasable() {
            return isStopped() || end - System.nanoTime() <= 0;
          }
        });
  }
}
