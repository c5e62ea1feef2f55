package dev.memo.parallel;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Where the caller of a batch waits for what its workers do. One thread waits, any may ring. */
final class Bell {
  private static final long LOOK_NANOS = 10_000_000;

  private final Workers workers;
  private volatile @Nullable Thread listener;

  Bell(Workers workers) {
    this.workers = workers;
  }

  /** Is called after each change that the listener may wait for. */
  void ring() {
    Thread waiting = listener;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** Waits until the condition holds; a fork-join worker is replaced meanwhile. */
  void await(BooleanSupplier condition) throws InterruptedException {
    listener = Thread.currentThread(); // before the condition is looked at, or a ring is missed
    try {
      awaitManaged(condition);
      while (true) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (condition.getAsBoolean()) {
          return;
        }
        park();
      }
    } finally {
      listener = null;
    }
  }

  private void park() {
    LockSupport.parkNanos(this, LOOK_NANOS);
    workers.wake(); // what it waits for may depend on one that sleeps
  }

  private void awaitManaged(BooleanSupplier condition) throws InterruptedException {
    ForkJoinPool.ManagedBlocker wait =
        new ForkJoinPool.ManagedBlocker() {
          @Override
          public boolean block() {
            while (!isReleasable()) {
              park();
            }
            return true;
          }

          @Override
          public boolean isReleasable() {
            // A pool that is shutting down may ask this for ever without ever blocking.
            return condition.getAsBoolean() || Thread.currentThread().isInterrupted();
          }
        };
    try {
      ForkJoinPool.managedBlock(wait);
    } catch (RejectedExecutionException noReplacement) {
      // The caller's own pool may not grow: it has to go without this worker.
    }
  }
}
