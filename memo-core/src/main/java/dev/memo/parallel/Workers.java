package dev.memo.parallel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The threads of one batch. They end with it, and a second after they have nothing to do. */
final class Workers {
  private final ExecutorService executor;
  private final int threads;
  private final @Nullable IntSupplier active;

  private Workers(ExecutorService executor, int threads, @Nullable IntSupplier active) {
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
    return new Workers(pool, threads, null);
  }

  void execute(Runnable drain) {
    executor.execute(drain);
  }

  /** Whether it can be told how many run; else it is never more than there are threads. */
  boolean tellActive() {
    return active != null;
  }

  /** How many run, without those that wait in a {@code ManagedBlocker}; 0 if nobody can tell. */
  int active() {
    return active == null ? 0 : active.getAsInt();
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
