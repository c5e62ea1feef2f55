package dev.memo.examples;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells on standard error how far a job is: on a terminal in one line that changes, else in a line
 * now and then.
 */
final class Progress implements AutoCloseable {
  private static final Duration IN_PLACE = Duration.ofMillis(500);
  private static final Duration LINES = Duration.ofSeconds(10);

  private final long total;
  private final LongSupplier done;
  private final boolean inPlace;
  private final ScheduledExecutorService timer;

  private Progress(long total, LongSupplier done, boolean inPlace) {
    this.total = total;
    this.done = done;
    this.inPlace = inPlace;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins to tell. */
  static Progress start(long total, LongSupplier done, boolean inPlace) {
    Progress progress = new Progress(total, done, inPlace);
    long millis = (inPlace ? IN_PLACE : LINES).toMillis();
    // What becomes of the task does not matter: at worst nothing more is told.
    var unused =
        progress.timer.scheduleAtFixedRate(progress::tell, millis, millis, TimeUnit.MILLISECONDS);
    return progress;
  }

  private synchronized void tell() {
    String line = line(done.getAsLong(), total);
    if (timer.isShutdown()) {
      return;
    }
    if (inPlace) {
      System.err.print("\r" + line);
      System.err.flush();
    } else {
      System.err.println(line);
    }
  }

  static String line(long done, long total) {
    return String.format(
        Locale.ROOT, "%,d of %,d pairs, %d %%", done, total, 100 * done / Math.max(total, 1));
  }

  /** Ends, and clears the line. */
  @Override
  public synchronized void close() {
    timer.shutdownNow();
    if (inPlace) {
      System.err.print("\r" + " ".repeat(line(total, total).length()) + "\r");
      System.err.flush();
    }
  }
}
