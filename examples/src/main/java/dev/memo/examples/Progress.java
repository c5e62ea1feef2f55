package dev.memo.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Tells how far a job is: on a terminal in one line that changes, else in a line now and then. */
final class Progress implements AutoCloseable {
  private static final Duration IN_PLACE = Duration.ofMillis(500);
  private static final Duration LINES = Duration.ofSeconds(10);

  private final long total;
  private final LongSupplier done;
  private final boolean inPlace;
  private final PrintStream out;
  private final ScheduledExecutorService timer;

  private Progress(long total, LongSupplier done, boolean inPlace, PrintStream out) {
    this.total = total;
    this.done = done;
    this.inPlace = inPlace;
    this.out = out;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins to tell. */
  static Progress start(long total, LongSupplier done, boolean inPlace, PrintStream out) {
    Progress progress = new Progress(total, done, inPlace, out);
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
      out.print("\r" + line);
      out.flush();
    } else {
      out.println(line);
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
      out.print("\r" + " ".repeat(line(total, total).length()) + "\r");
      out.flush();
    }
  }
}
