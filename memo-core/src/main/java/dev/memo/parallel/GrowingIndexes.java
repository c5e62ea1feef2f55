package dev.memo.parallel;

import java.util.concurrent.atomic.AtomicInteger;

/** Indexes that one thread adds while others take them. */
final class GrowingIndexes implements Indexes {
  private final AtomicInteger cursor = new AtomicInteger();
  private volatile int end; // written by the thread that adds

  /** Adds the next index; what was written before is seen by whoever takes it. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread adds
  void add() {
    if (end == Integer.MAX_VALUE) {
      throw new IllegalStateException("a batch takes at most " + Integer.MAX_VALUE + " inputs");
    }
    end = end + 1;
  }

  @Override
  public boolean take(int most, IndexRange into) {
    while (true) {
      int from = cursor.get();
      int to = (int) Math.min((long) from + most, end);
      if (from == to) {
        return false;
      }
      if (cursor.compareAndSet(from, to)) {
        into.refill(from, to);
        return true;
      }
    }
  }

  @Override
  public boolean hasMore() {
    return cursor.get() < end;
  }

  /** How many there are that nobody has taken. */
  int left() {
    int taken = cursor.get(); // first, or it may be ahead of the end
    return end - taken;
  }

  @Override
  public int count() {
    return end;
  }
}
