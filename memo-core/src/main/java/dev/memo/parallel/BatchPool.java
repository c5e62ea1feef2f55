package dev.memo.parallel;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes the pool of one batch. */
final class BatchPool {
  private static final int MAX_PARALLELISM = 32_767; // of any ForkJoinPool
  private static final AtomicInteger POOLS = new AtomicInteger();

  private BatchPool() {}

  /**
   * A pool of daemon threads, at most as many as there can be, that see the caller's context class
   * loader.
   *
   * @param replacements how many blocked workers may be replaced at the same time
   * @param before is run before a worker is made
   * @param lost is told what has ended a worker that was to go on
   */
  static ForkJoinPool create(
      int threads, int replacements, Runnable before, Consumer<Throwable> lost) {
    int parallelism = Math.min(threads, MAX_PARALLELISM);
    String prefix = "memo-parallel-" + POOLS.incrementAndGet() + "-";
    AtomicInteger workers = new AtomicInteger();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return new ForkJoinPool(
        parallelism,
        pool -> {
          before.run();
          return new Worker(pool, prefix + workers.incrementAndGet(), loader, lost);
        },
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
    private final Consumer<Throwable> lost;

    Worker(ForkJoinPool pool, String name, @Nullable ClassLoader loader, Consumer<Throwable> lost) {
      super(pool);
      this.lost = lost;
      setName(name);
      setDaemon(true);
      setContextClassLoader(loader);
    }

    @Override
    protected void onTermination(@Nullable Throwable why) {
      if (why != null) {
        lost.accept(why);
      }
    }
  }
}
