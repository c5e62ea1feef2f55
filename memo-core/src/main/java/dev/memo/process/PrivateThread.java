package dev.memo.process;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs file and lock work on a daemon thread that nobody else can interrupt. An interrupt during
 * work on a channel closes the channel, and a closed lock file has lost its lock.
 */
final class PrivateThread {

  private PrivateThread() {}

  static void run(String name, Runnable work) {
    call(
        name,
        () -> {
          work.run();
          return true;
        });
  }

  /** Returns or throws what the work does. Interrupts of the caller are kept until it has ended. */
  static <T> T call(String name, Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) cause; // a supplier throws no other
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the end of a thread; to be called on a private one. */
  static void join(Thread thread) {
    join(thread, Duration.ZERO);
  }

  /** As the other, but at most so long; for ever if that is zero. */
  static void join(Thread thread, Duration longest) {
    try {
      thread.join(longest.toMillis());
    } catch (InterruptedException e) {
      throw new AssertionError("nobody knows this thread to interrupt it", e);
    }
  }
}
