package dev.memo.parallel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tells a listener how a batch gets on, every now and then, until it is closed. */
final class ProgressTicker {
  private static final Logger LOG = System.getLogger(ProgressTicker.class.getName());

  private final ProgressListener listener;
  private final Supplier<Progress> progress;
  private final ScheduledThreadPoolExecutor timer;

  ProgressTicker(ProgressListener listener, Supplier<Progress> progress) {
    this.listener = listener;
    this.progress = progress;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            run -> {
              Thread thread = new Thread(run, "memo-parallel-progress");
              thread.setDaemon(true);
              return thread;
            });
    long nanos = Math.max(TimeUnit.NANOSECONDS.convert(listener.interval()), 1);
    Future<?> unused = timer.scheduleWithFixedDelay(this::tick, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    if (!tell(() -> listener.progress(progress.get()))) {
      timer.shutdown();
    }
  }

  /** Tells no progress any more, but the end. */
  void end(Report report) {
    timer.shutdown();
    boolean interrupted = Thread.interrupted();
    try {
      // A listener that hangs must not keep the batch from ending.
      if (!timer.awaitTermination(1, TimeUnit.SECONDS)) {
        timer.shutdownNow();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    tell(() -> listener.ended(report));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean tell(Runnable message) {
    try {
      message.run();
      return true;
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "A listener for the progress of a batch failed", e);
      return false;
    }
  }
}
