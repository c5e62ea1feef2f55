package dev.memo.parallel;

/** Hands the indexes of a batch to its drains, each of them once, from 0. Thread-safe. */
interface Indexes {

  /** Takes the next indexes, at most that many; false if there are none now. */
  boolean take(int most, IndexRange into);

  /** Whether there is an index that nobody has taken. */
  boolean hasMore();

  /** How many there are, for messages. */
  int count();

  /** All are there from the beginning. */
  static Indexes below(int size) {
    return new FixedIndexes(size);
  }
}
