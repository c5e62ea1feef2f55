package dev.memo.parallel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The threads of one batch. They end with it, and a second after they have nothing to do. */
final class Workers {
  private final ExecutorService executor;
  private final int threads;
  private final @Nullable ForkJoinPool pool; // the executor, if it is one

  private final AtomicReference<@Nullable Throwable> lost; // a worker, because of this

  private Workers(
      ExecutorService executor,
      int threads,
      @Nullable ForkJoinPool pool,
      AtomicReference<@Nullable Throwable> lost) {
    this.executor = executor;
    this.threads = threads;
    this.pool = pool;
    this.lost = lost;
  }

  /**
   * Workers of which so many are replaced while they block in a {@code ManagedBlocker}. There are
   * fewer than was asked for where a pool cannot have so many.
   */
  static Workers replaced(int threads, int replacements) {
    return replaced(threads, replacements, () -> {});
  }

  /** With what happens before each thread is made, for tests. */
  static Workers replaced(int threads, int replacements, Runnable before) {
    AtomicReference<@Nullable Throwable> lost = new AtomicReference<>();
    ForkJoinPool pool = BatchPool.create(threads, replacements, before, lost::set);
    return new Workers(pool, pool.getParallelism(), pool, lost);
  }

  /** Workers that nobody replaces. */
  static Workers plain(int threads, ThreadFactory factory) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads, threads, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.allowCoreThreadTimeOut(true);
    return new Workers(pool, threads, null, new AtomicReference<>());
  }

  void execute(Runnable drain) {
    executor.execute(drain);
  }

  /** Whether it can be told how many run; else it is never more than there are threads. */
  boolean tellActive() {
    return pool != null;
  }

  /** How many run, without those that wait in a {@code ManagedBlocker}; 0 if nobody can tell. */
  int active() {
    return pool == null ? 0 : pool.getActiveThreadCount();
  }

  /**
   * To be called now and then by who waits for what was given to the workers: a pool may forget it.
   *
   * <ul>
   *   <li>One of JDK 17 leaves what it is given while a worker is falling asleep to those that are
   *       at work, which may be blocked for long. A sleeper is woken here.
   *   <li>A worker that has taken something and finds more first starts another worker. If that
   *       cannot be had, the error ends it, and what it had taken is never run. The error is thrown
   *       here.
   *   <li>If there is no worker left, and none can be had for what is queued, that is thrown too.
   * </ul>
   */
  void wake() {
    Throwable why = lost.get();
    if (why instanceof Error error) {
      throw error;
    } else if (why != null) {
      throw new IllegalStateException("a worker ended", why);
    }
    if (pool == null || pool.getActiveThreadCount() >= threads || !hasQueued(pool)) {
      return;
    }
    // The pool has a queue for each few of the threads that give it something, and a sleeper is
    // woken by what comes into an empty one: so another thread each time. Where there is one queue,
    // as for one worker of JDK 17, that takes until the queue grows.
    Thread other = new Thread(() -> giveNothing(pool), "memo-parallel-wake");
    other.setDaemon(true);
    try {
      other.start();
    } catch (OutOfMemoryError noThread) {
      loseIfNoneIsLeft(pool, noThread);
    }
  }

  /** Else those that are left do what is queued in the end, and the next look may wake one. */
  private void loseIfNoneIsLeft(ForkJoinPool pool, Throwable why) {
    if (pool.getPoolSize() == 0) {
      lost.set(why);
    }
  }

  private static boolean hasQueued(ForkJoinPool pool) {
    return pool.hasQueuedSubmissions() || pool.getQueuedTaskCount() > 0;
  }

  private void giveNothing(ForkJoinPool pool) {
    try {
      pool.execute(() -> {});
    } catch (RejectedExecutionException ended) {
      // then nobody is to be woken
    } catch (VirtualMachineError | LinkageError noWorker) { // without memory all of them are thrown
      loseIfNoneIsLeft(pool, noWorker);
    }
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
