package dev.memo.parallel;

/**
 * Interrupts one call when its time is over, and only while it runs. Thread-safe; made by the
 * thread that calls.
 */
final class Deadline implements Runnable {
  private final Thread caller = Thread.currentThread();
  private boolean ended; // guarded by this
  private volatile boolean late;

  /** The time is over. */
  @Override
  public synchronized void run() {
    if (!ended) {
      late = true; // first: who is interrupted asks why
      caller.interrupt();
    }
  }

  /** The call has ended; when this has returned, nothing interrupts its thread any more. */
  synchronized void end() {
    ended = true;
  }

  boolean isLate() {
    return late;
  }
}
