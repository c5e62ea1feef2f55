package dev.memo.parallel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Consecutive indexes that one drain has taken and any drain may run. Thread-safe; only its owner
 * refills it, when it is empty.
 */
final class IndexRange {
  private static final int NEXT_SHIFT = Integer.SIZE;
  private static final long ONE = 1L << NEXT_SHIFT;

  /** The next index in the upper half, the end in the lower; empty when they meet. */
  private final AtomicLong nextAndEnd = new AtomicLong();

  void refill(int from, int to) {
    nextAndEnd.set(((long) from << NEXT_SHIFT) | to);
  }

  boolean isEmpty() {
    return size() == 0;
  }

  int size() {
    long state = nextAndEnd.get();
    return Math.max(end(state) - next(state), 0);
  }

  /** Takes the next index, or returns -1 if there is none. */
  int take() {
    if (isEmpty()) {
      return -1; // else idle drains would push the next index further and further
    }
    long state = nextAndEnd.getAndAdd(ONE);
    return next(state) < end(state) ? next(state) : -1;
  }

  private static int next(long state) {
    return (int) (state >>> NEXT_SHIFT);
  }

  private static int end(long state) {
    return (int) state;
  }
}
