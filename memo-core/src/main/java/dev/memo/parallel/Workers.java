package dev.memo.parallel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The threads of one batch. They end with it, and a second after they have nothing to do. */
final class Workers {
  private final ExecutorService executor;
  private final int threads;
  private final IntSupplier active; // -1: nobody can tell

  private Workers(ExecutorService executor, int threads, IntSupplier active) {
    this.executor = executor;
    this.threads = threads;
    this.active = active;
  }

  /** Workers of which so many are replaced while they block in a {@code ManagedBlocker}. */
  static Workers replaced(int threads, int replacements) {
    ForkJoinPool pool = BatchPool.create(threads, replacements);
    return new Workers(pool, threads, pool::getActiveThreadCount);
  }

  /** Workers that nobody replaces. */
  static Workers plain(int threads, ThreadFactory factory) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads, threads, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.allowCoreThreadTimeOut(true);
    return new Workers(pool, threads, () -> -1); // never more than there are threads
  }

  void execute(Runnable drain) {
    executor.execute(drain);
  }

  /** How many run, without those that wait in a {@code ManagedBlocker}; -1 if nobody can tell. */
  int active() {
    return active.getAsInt();
  }

  /** How many may run. */
  int threads() {
    return threads;
  }

  /** Ends the threads when they have done what they are at. */
  void end() {
    executor.shutdown();
  }

  /** Interrupts the threads. */
  void interrupt() {
    executor.shutdownNow();
  }
}
