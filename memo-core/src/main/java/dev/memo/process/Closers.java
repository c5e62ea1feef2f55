package dev.memo.process;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What has to be closed, the last opened first, whatever fails on the way. Not thread-safe. */
final class Closers {
  private final Deque<Runnable> closers = new ArrayDeque<>();

  void add(Runnable closer) {
    closers.push(closer);
  }

  /**
   * Closes what was not closed before, then throws the first failure with the others suppressed.
   */
  void close() {
    RuntimeException first = closeAll();
    if (first != null) {
      throw first;
    }
  }

  /** Closes because of this failure, which gets the others as suppressed. */
  void closeAfter(Throwable failure) {
    RuntimeException first = closeAll();
    if (first != null) {
      failure.addSuppressed(first);
    }
  }

  private @Nullable RuntimeException closeAll() {
    RuntimeException first = null;
    while (!closers.isEmpty()) {
      try {
        closers.pop().run();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    return first;
  }
}
