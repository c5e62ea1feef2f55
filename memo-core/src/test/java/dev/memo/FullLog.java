package dev.memo;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Leaves no memory for the warnings of a logger, until it is closed. */
public final class FullLog implements AutoCloseable {
  private final AtomicInteger refused = new AtomicInteger();
  private final Logger logger; // held, because loggers are kept weakly

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(@Nullable LogRecord entry) {
          if (entry != null && entry.getLevel().equals(Level.WARNING)) {
            refused.incrementAndGet();
            throw new OutOfMemoryError("no memory for: " + entry.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private FullLog(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(handler);
  }

  public static FullLog of(String logger) {
    return new FullLog(logger);
  }

  /** How many warnings there were. */
  public int refused() {
    return refused.get();
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
  }
}
