package dev.memo.parallel;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes the pool of one batch. */
final class BatchPool {
  private static final int MAX_PARALLELISM = 32_767; // of any ForkJoinPool
  private static final AtomicInteger POOLS = new AtomicInteger();

  private BatchPool() {}

  /**
   * A pool of daemon threads that see the caller's context class loader.
   *
   * @param replacements how many blocked workers may be replaced at the same time
   */
  static ForkJoinPool create(int threads, int replacements) {
    int parallelism = Math.min(threads, MAX_PARALLELISM);
    String prefix = "memo-parallel-" + POOLS.incrementAndGet() + "-";
    AtomicInteger workers = new AtomicInteger();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return new ForkJoinPool(
        parallelism,
        pool -> new Worker(pool, prefix + workers.incrementAndGet(), loader),
        null,
        true, // first in, first out: nothing is joined
        parallelism,
        Math.min(parallelism + replacements, MAX_PARALLELISM),
        parallelism, // a blocked worker is replaced even if others still run
        pool -> true, // at the limit a worker blocks without replacement
        1,
        TimeUnit.SECONDS);
  }

  private static final class Worker extends ForkJoinWorkerThread {
    Worker(ForkJoinPool pool, String name, @Nullable ClassLoader loader) {
      super(pool);
      setName(name);
      setDaemon(true);
      setContextClassLoader(loader);
    }
  }
}
