package dev.memo.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Runs what a thread is given while it runs such an action after that, not within it: who hands on
 * a claim may be told that it is handed to the next waiter, who hands it on, and no stack is deep
 * enough.
 */
final class InTurn {
  private static final Logger LOG = System.getLogger("dev.memo");
  private static final ThreadLocal<@Nullable Queue<Runnable>> LATER = new ThreadLocal<>();

  private InTurn() {}

  /** Runs the action, now or after the one that this thread is at. */
  static void run(Runnable action) {
    Queue<Runnable> later = LATER.get();
    if (later != null) {
      later.add(action);
      return;
    }
    later = new ArrayDeque<>();
    LATER.set(later);
    try {
      for (Runnable next = action; next != null; next = later.poll()) {
        runOne(next);
      }
    } finally {
      LATER.remove();
    }
  }

  /** The others are run all the same. */
  private static void runOne(Runnable action) {
    try {
      action.run();
    } catch (Throwable failure) {
      LOG.log(Level.WARNING, "A claim could not be handed on", failure);
    }
  }
}
