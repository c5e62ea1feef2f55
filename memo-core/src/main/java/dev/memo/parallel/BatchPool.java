package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import java.util.List;
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

  /**
   * Pools of JDK 17 and 18 never give the place of a worker away again that their factory fails to
   * make, and starve; that of one that fails to start they do.
   */
  private static final boolean FORGETS_PLACES = Runtime.version().feature() < 19;

  static {
    if (FORGETS_PLACES) {
      giveUpATask();
    }
  }

  private BatchPool() {}

  /**
   * A pool of JDK 17 takes a task out of a queue and then links the method that says so. If there
   * is no memory for that, whoever shuts the pool down looks for the task for ever. So it is linked
   * now, by a pool that has no worker.
   */
  private static void giveUpATask() {
    try {
      ForkJoinPool idle = new ForkJoinPool(1, pool -> null, null, true);
      idle.execute(() -> {});
      List<Runnable> unused = idle.shutdownNow();
    } catch (VirtualMachineError | LinkageError noMemory) {
      // so early it is not this that a program fails of
    }
  }

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
    Factory factory = new Factory(before, lost);
    ForkJoinPool pool =
        new ForkJoinPool(
            parallelism,
            factory,
            null,
            true, // first in, first out: nothing is joined
            parallelism,
            Math.min(parallelism + replacements, MAX_PARALLELISM),
            parallelism, // a blocked worker is replaced even if others still run
            p -> true, // at the limit a worker blocks without replacement
            1,
            TimeUnit.SECONDS);
    if (FORGETS_PLACES) {
      factory.unmade = new Unmade(pool); // now: later there may be no memory for it
    }
    return pool;
  }

  private static final class Factory implements ForkJoinPool.ForkJoinWorkerThreadFactory {
    private final String prefix = "memo-parallel-" + POOLS.incrementAndGet() + "-";
    private final AtomicInteger workers = new AtomicInteger();
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final Runnable before;
    private final Consumer<Throwable> lost;
    private volatile @Nullable Unmade unmade;

    Factory(Runnable before, Consumer<Throwable> lost) {
      this.before = before;
      this.lost = lost;
    }

    @Override
    public ForkJoinWorkerThread newThread(ForkJoinPool pool) {
      try {
        before.run();
        return new Worker(pool, prefix + workers.incrementAndGet(), loader, lost);
      } catch (RuntimeException | Error why) {
        Unmade instead = unmade;
        if (instead == null) {
          throw why;
        }
        return instead.because(why);
      }
    }
  }

  /** Stands for a worker that could not be made: it does not start. */
  private static final class Unmade extends ForkJoinWorkerThread {
    private @Nullable Throwable why; // guarded by this

    Unmade(ForkJoinPool pool) {
      super(pool);
    }

    synchronized Unmade because(Throwable thrown) {
      why = thrown;
      return this;
    }

    @Override
    public synchronized void start() {
      if (why instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) requireNonNull(why);
    }
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
