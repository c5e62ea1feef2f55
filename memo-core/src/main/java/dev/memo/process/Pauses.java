package dev.memo.process;

import java.time.Duration;

/** Waiting for other processes, on a {@link PrivateThread}. */
final class Pauses {

  private Pauses() {}

  static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      throw new AssertionError("nobody knows this thread to interrupt it", e);
    }
  }
}
