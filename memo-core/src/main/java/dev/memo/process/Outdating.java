package dev.memo.process;

/** Tells whether a computation is outdated by something that happened to its call. */
@FunctionalInterface
interface Outdating {
  Outdating STARTED_BEFORE = (start, changed) -> start < changed;

  boolean isOutdated(long start, long changed);

  /** The same for tombstones that were swept, of which only the last is known. */
  default boolean isOutdatedBySwept(long start, long last) {
    return isOutdated(start, last);
  }
}
