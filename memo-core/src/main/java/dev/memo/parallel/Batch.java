package dev.memo.parallel;

import dev.memo.claims.Chain;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One run of a task over the indexes {@code 0} to {@code size - 1}.
 *
 * <p>The work is done by <em>drains</em>. A drain takes chunks of indexes from a shared cursor and
 * runs them one by one. Chunks grow while they are quick, so that a trivial task costs some
 * nanoseconds an index, and shrink to one index when they are slow, so that expensive ones balance.
 * No chunk is lost to others: a drain that finds the cursor at its end runs what other drains have
 * taken and not begun.
 *
 * <p>A drain that starts leaves a successor in the pool while indexes remain. So when a worker
 * blocks in a {@code ManagedBlocker}, the thread by which the pool replaces it finds a drain to
 * run. When the blocked worker comes back there is one drain too many, and one of them rests.
 */
final class Batch {

  /** What is done for an index; any drain may run it. */
  @FunctionalInterface
  interface Task<X extends Exception> {
    void run(int index) throws X;
  }

  /** Blocked workers that are replaced at the same time; further ones are not, and only wait. */
  static final int REPLACEMENTS = 256;

  private static final int MAX_CHUNK = 1024;
  private static final long CHUNK_NANOS = 50_000;
  private static final long REST_NANOS = 200_000;

  private final Task<?> task;
  private final int size;
  private final int threads;
  private final ForkJoinPool pool;
  private final @Nullable Chain caller = Chain.current();
  private final Failures failures = new Failures();

  private final AtomicLong cursor = new AtomicLong();
  private final Queue<IndexRange> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger chunks = new AtomicInteger();

  /** Drains that were given to the pool and have not ended; the last one releases the caller. */
  private final AtomicInteger drains = new AtomicInteger();

  private final AtomicInteger resting = new AtomicInteger();
  private final CountDownLatch done = new CountDownLatch(1);

  private volatile boolean stopped;
  private volatile boolean cancelled; // implies stopped

  Batch(Task<?> task, int size, int threads, int replacements) {
    this.task = task;
    this.size = size;
    this.threads = Math.min(threads, size);
    this.pool = BatchPool.create(this.threads, replacements);
  }

  /** Runs the task for all indexes and returns when all have ended. */
  static <X extends Exception> void run(Task<X> task, int size, int threads) throws X {
    if (size == 0) {
      return;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw cancellation(size);
    }
    if (size == 1) {
      runHere(task);
    } else {
      new Batch(task, size, threads, REPLACEMENTS).<X>run();
    }
  }

  private static <X extends Exception> void runHere(Task<X> task) throws X {
    Failures failures = new Failures();
    try {
      task.run(0);
    } catch (Throwable thrown) {
      failures.add(thrown, 0);
    }
    failures.<X>rethrow();
  }

  /** As the static method, always on the pool; called once. */
  <X extends Exception> void run() throws X {
    try {
      startDrain();
      awaitDone();
    } catch (InterruptedException interrupted) {
      cancelled = true;
      stopped = true;
      pool.shutdownNow();
      Thread.currentThread().interrupt();
      throw failures.attachTo(cancellation(size));
    } finally {
      pool.shutdown();
    }
    failures.<X>rethrow();
  }

  /** How often indexes were taken from the cursor. */
  int chunks() {
    return chunks.get();
  }

  private static CancellationException cancellation(int size) {
    return new CancellationException(
        "a batch of " + size + " inputs was cancelled: its calling thread was interrupted");
  }

  private void awaitDone() throws InterruptedException {
    ForkJoinPool.ManagedBlocker wait =
        new ForkJoinPool.ManagedBlocker() {
          @Override
          public boolean block() throws InterruptedException {
            done.await();
            return true;
          }

          @Override
          public boolean isReleasable() {
            // A pool that is shutting down may ask this for ever without ever blocking.
            return done.getCount() == 0 || Thread.currentThread().isInterrupted();
          }
        };
    try {
      ForkJoinPool.managedBlock(wait);
    } catch (RejectedExecutionException noReplacement) {
      // The caller's own pool may not grow: it has to go without this worker.
    }
    done.await(); // looks at the interrupt flag first
  }

  private void startDrain() {
    drains.incrementAndGet();
    pool.execute(this::drain);
  }

  @SuppressWarnings("try") // the scope is for its end only
  private void drain() {
    try (Chain.Scope scope = Chain.child(caller, () -> cancelled).enter()) {
      if (hasIndexes()) {
        startDrain();
      }
      runChunks();
      taken.forEach(this::runAll);
    } catch (Throwable broken) {
      // Not the task: most likely the system has no further thread. The count of drains may be
      // wrong
      // now, so the caller is released at once.
      failures.add(broken);
      stopped = true;
      done.countDown();
    } finally {
      if (drains.decrementAndGet() == 0) {
        done.countDown();
      }
    }
  }

  private boolean hasIndexes() {
    return !stopped && (cursor.get() < size || taken.stream().anyMatch(range -> !range.isEmpty()));
  }

  private void runChunks() {
    IndexRange mine = new IndexRange();
    taken.add(mine);
    int chunk = 1;
    while (mayStart()) {
      long from = cursor.getAndAdd(chunk);
      if (from >= size) {
        return;
      }
      chunks.incrementAndGet();
      mine.refill((int) from, (int) Math.min(from + chunk, size));
      long begin = System.nanoTime();
      runAll(mine);
      long nanos = System.nanoTime() - begin;
      chunk =
          nanos < CHUNK_NANOS
              ? Math.min(chunk * 2, MAX_CHUNK)
              : (int) Math.max(chunk * CHUNK_NANOS / nanos, 1);
    }
  }

  private void runAll(IndexRange range) {
    while (mayStart()) {
      int index = range.take();
      if (index < 0) {
        return;
      }
      try {
        task.run(index);
      } catch (Throwable thrown) {
        failures.add(thrown, index);
        stopped = true;
      }
    }
  }

  private boolean mayStart() {
    // A task must not feel an interrupt that was meant for the one before. Cleared first: a
    // cancellation says so before it interrupts, so it is either seen here or left to the task.
    Thread.interrupted();
    while (!stopped && runningDrains() > threads) {
      rest();
    }
    return !stopped;
  }

  /** Workers of the pool that neither wait nor rest. */
  private int runningDrains() {
    return pool.getActiveThreadCount() - resting.get();
  }

  private void rest() {
    int others = resting.get();
    if (pool.getActiveThreadCount() - others > threads
        && resting.compareAndSet(others, others + 1)) {
      do {
        // Nobody tells when another worker blocks or ends, so look: many as often as one would.
        LockSupport.parkNanos(REST_NANOS * resting.get());
      } while (!stopped && runningDrains() >= threads);
      resting.decrementAndGet();
    }
  }
}
