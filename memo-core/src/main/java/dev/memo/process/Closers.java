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
    Throwable first = closeAll();
    if (first instanceof Error error) {
      throw error;
    } else if (first != null) {
      throw (RuntimeException) first;
    }
  }

  /** Closes because of this failure, which gets the others as suppressed. */
  void closeAfter(Throwable failure) {
    Throwable first = closeAll();
    if (first != null) {
      failure.addSuppressed(first);
    }
  }

  private @Nullable Throwable closeAll() {
    Throwable first = null;
    while (!closers.isEmpty()) {
      try {
        closers.pop().run();
      } catch (Throwable e) { // what is left open after an error could never be opened again
        first = first == null ? e : both(first, e);
      }
    }
    return first;
  }

  private static Throwable both(Throwable first, Throwable second) {
    try {
      first.addSuppressed(second);
    } catch (Throwable e) {
      // there is no memory to note it: the others have to be closed all the same
    }
    return first;
  }
}
