package dev.memo.parallel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells a listener how a batch gets on, every now and then, until it is closed. */
final class ProgressTicker {
  private static final Logger LOG = System.getLogger(ProgressTicker.class.getName());

  private static final long LAST_TICK_NANOS = 1_000_000_000;

  private final ProgressListener listener;
  private final Supplier<Progress> progress;
  private final ScheduledThreadPoolExecutor timer;
  private volatile @Nullable Thread thread;
  private volatile boolean failed;
  private @Nullable Report endedMeanwhile; // of the timer's thread

  ProgressTicker(ProgressListener listener, Supplier<Progress> progress) {
    this.listener = listener;
    this.progress = progress;
    this.timer = new ScheduledThreadPoolExecutor(1, this::newThread);
    long nanos = Math.max(TimeUnit.NANOSECONDS.convert(interval()), 1);
    Future<?> unused = timer.scheduleWithFixedDelay(this::tick, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private Duration interval() {
    try {
      return listener.interval();
    } catch (Throwable thrown) {
      warn(thrown); // it is told at the end only
      return Duration.ofNanos(Long.MAX_VALUE);
    }
  }

  private Thread newThread(Runnable run) {
    Thread made = new Thread(run, "memo-parallel-progress");
    made.setDaemon(true);
    thread = made;
    return made;
  }

  private void tick() {
    tell(() -> listener.progress(progress.get()));
    Report report = endedMeanwhile;
    if (report != null && !failed) {
      tell(() -> listener.ended(report));
    }
  }

  /** Tells no progress any more, but the end, to a listener that has neither failed nor hangs. */
  void end(Report report) {
    timer.shutdown();
    if (Thread.currentThread() == thread) {
      endedMeanwhile = report; // the listener itself has closed the stream
      return;
    }
    long deadline = System.nanoTime() + LAST_TICK_NANOS;
    boolean interrupted = Thread.interrupted(); // that is not meant for the listener
    boolean told = false;
    while (!told) {
      try {
        if (awaitLastTick(deadline)) {
          tell(() -> listener.ended(report));
        }
        told = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the listener may be called again. If it hangs, the batch ends all the same. */
  private boolean awaitLastTick(long deadline) throws InterruptedException {
    if (timer.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      return !failed;
    }
    timer.shutdownNow();
    LOG.log(
        Level.WARNING,
        "The listener {0} for the progress of a batch has not returned; it is not told the end",
        listener);
    return false;
  }

  /** Whatever a listener throws, an error of its own as well, the batch is not worse for it. */
  private void tell(Runnable message) {
    try {
      message.run();
    } catch (Throwable thrown) {
      failed = true;
      timer.shutdown();
      warn(thrown);
    }
  }

  private static void warn(Throwable thrown) {
    LOG.log(Level.WARNING, "A listener for the progress of a batch failed", thrown);
  }
}
