package dev.memo.parallel;

import java.time.Duration;

/**
 * Is told how a batch gets on. Called by one daemon thread of the batch at a time; what it throws
 * is logged, and it is not called again, not even at the end. Nor is one that is told the progress
 * and does not return.
 */
@FunctionalInterface
public interface ProgressListener {

  /** The batch is so far now. */
  void progress(Progress progress);

  /** The batch has ended, however that came. Called last, by the thread that ends it. */
  default void ended(Report report) {}

  /** How often it wants to be told. */
  default Duration interval() {
    return Duration.ofSeconds(1);
  }

  /**
   * On a terminal a bar, which is drawn again and again; elsewhere a line every ten seconds, for
   * logs. Both go to {@code System.err}, and end with the report.
   */
  static ProgressListener console() {
    return ConsoleProgress.onThisConsole();
  }
}
