package dev.memo.parallel;

import java.util.concurrent.atomic.AtomicLong;

/** Indexes that are all there from the beginning. */
final class FixedIndexes implements Indexes {
  private final int size;
  private final AtomicLong cursor = new AtomicLong();

  FixedIndexes(int size) {
    this.size = size;
  }

  @Override
  public boolean take(int most, IndexRange into) {
    long from = cursor.getAndAdd(most);
    if (from >= size) {
      return false;
    }
    into.refill((int) from, (int) Math.min(from + most, size));
    return true;
  }

  @Override
  public boolean hasMore() {
    return cursor.get() < size;
  }

  @Override
  public int count() {
    return size;
  }
}
