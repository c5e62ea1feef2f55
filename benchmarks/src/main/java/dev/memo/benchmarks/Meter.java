package dev.memo.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Does things in threads, and measures how long they take. */
final class Meter implements AutoCloseable {
  /** Calls between two looks at the clock, which costs as much as a hit in memory. */
  private static final int CALLS_PER_LOOK = 16;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** What one of several threads does. */
  interface Task {
    void run(int thread) throws Exception;
  }

  /** What is measured: call {@code i} of a thread. */
  interface Call {
    void run(int thread, long i) throws Exception;
  }

  /**
   * @param nanosPerCall what each of the threads waits
   */
  record Measured(long calls, double nanosPerCall) {}

  /** Calls until the time is over. */
  Measured measure(int threadCount, int millis, Call call) throws Exception {
    AtomicLong calls = new AtomicLong();
    AtomicLong nanos = new AtomicLong();
    inThreads(
        threadCount,
        thread -> {
          long start = System.nanoTime();
          long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
          long now = start;
          long done = 0;
          for (; now < end; now = System.nanoTime()) {
            for (int j = 0; j < CALLS_PER_LOOK; j++) {
              call.run(thread, done++);
            }
          }
          calls.addAndGet(done);
          nanos.addAndGet(now - start);
        });
    return new Measured(calls.get(), (double) nanos.get() / calls.get());
  }

  /** Returns when all have done it. */
  void inThreads(int threadCount, Task task) throws Exception {
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < threadCount; i++) {
      int thread = i;
      tasks.add(
          () -> {
            task.run(thread);
            return true;
          });
    }
    for (Future<Boolean> done : threads.invokeAll(tasks)) {
      boolean unused = done.get(); // or what the task threw
    }
  }

  /** What this returns is done meanwhile. */
  <T> Future<T> begin(Callable<T> task) {
    return threads.submit(task);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
