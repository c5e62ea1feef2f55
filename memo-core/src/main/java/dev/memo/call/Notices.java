package dev.memo.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Log lines about one function: at most one a minute of each kind; what was held back is counted in
 * the next. Thread-safe.
 */
final class Notices {
  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private record Last(long nanos, long heldBack) {}

  private final Logger logger;
  private final LongSupplier nanoTime;
  private final Map<String, Last> lasts = new ConcurrentHashMap<>();

  Notices(Logger logger, LongSupplier nanoTime) {
    this.logger = logger;
    this.nanoTime = nanoTime;
  }

  /** Warns, unless a line of this kind was written less than a minute ago. */
  void warn(String kind, String message, @Nullable Throwable cause) {
    long now = nanoTime.getAsLong();
    Last[] due = new Last[1];
    lasts.compute(
        kind,
        (same, last) -> {
          if (last != null && now - last.nanos < INTERVAL_NANOS) {
            return new Last(last.nanos, last.heldBack + 1);
          }
          due[0] = last == null ? new Last(now, 0) : last;
          return new Last(now, 0);
        });
    if (due[0] != null) {
      String why = cause == null ? "" : ": " + cause;
      String more = due[0].heldBack == 0 ? "" : " (and " + due[0].heldBack + " more like it)";
      logger.log(Level.WARNING, message + why + more);
      if (cause != null) {
        logger.log(Level.DEBUG, message, cause);
      }
    }
  }

  /** Warns once. */
  void warnOnce(String kind, String message) {
    if (lasts.putIfAbsent(kind, new Last(nanoTime.getAsLong(), 0)) == null) {
      logger.log(Level.WARNING, message);
    }
  }
}
