package dev.memo;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Takes what a logger, or one below it, would have printed, until it is closed. */
public final class CapturedLog implements AutoCloseable {
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Logger logger; // held, because loggers are kept weakly

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(@Nullable LogRecord entry) {
          if (entry != null) {
            records.add(entry);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private CapturedLog(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  public static CapturedLog of(String logger) {
    return new CapturedLog(logger);
  }

  public List<LogRecord> records() {
    return List.copyOf(records);
  }

  /** The messages of all warnings so far, without their parameters. */
  public List<String> warnings() {
    return records.stream()
        .filter(entry -> entry.getLevel().equals(Level.WARNING))
        .map(LogRecord::getMessage)
        .toList();
  }

  @Override
  public void close() {
    logger.setUseParentHandlers(true);
    logger.removeHandler(handler);
  }
}
