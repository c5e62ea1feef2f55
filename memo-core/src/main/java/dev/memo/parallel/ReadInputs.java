package dev.memo.parallel;

import dev.memo.call.Parked;
import org.jspecify.annotations.Nullable;

/** Inputs that one thread reads while the drains of a batch take and call them. */
sealed interface ReadInputs<A extends @Nullable Object, X extends Exception> extends Indexes
    permits SingleInputs, BulkInputs {
  /** Inputs for each thread that may be between reading and taking. */
  int AHEAD = 16;

  /**
   * By the thread that reads: the next input. Returns whether a drain may have to be started, since
   * none is about to look for it.
   */
  boolean add(A input);

  /** By the thread that reads: whether it is reading, so that the next input may come soon. */
  void reading(boolean now);

  /** How many inputs may be between reading and the taking of their outcomes. */
  int window();

  /** How many inputs are best read together; far fewer than the window. */
  int burst();

  /**
   * Calls an input that was taken, and tells its outcome; or returns what has to be over before it
   * is called again.
   */
  @Nullable Parked call(int index) throws X;

  static int window(int threads, int more) {
    return (int) Math.min((long) threads * AHEAD + more, Integer.MAX_VALUE);
  }
}
