package dev.memo.process;

/**
 * The time of a function between two removals of all its entries.
 *
 * @param generation part of the keys of its entries
 * @param since the sequence of the removal that began it
 */
record Era(long generation, long since) {
  static final Era FIRST = new Era(0, 0);
}
