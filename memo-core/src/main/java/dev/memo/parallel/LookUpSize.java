package dev.memo.parallel;

import dev.memo.call.BulkCalls;

/**
 * How many calls of a batch to look up at once: so many that, going by the last ones, some are
 * misses or their results take some memory, for all of them are between reading and taking.
 * Thread-safe.
 */
final class LookUpSize {
  static final int FIRST = 32;
  static final int GROWTH = 4;
  static final int MAX_MISSES = ReadInputs.AHEAD;
  static final long MAX_BYTES = 1 << 20;

  private volatile int size = FIRST;

  int get() {
    return size;
  }

  /**
   * Learns from a look-up.
   *
   * @param calls how many were looked up, at most as many as said
   * @param bytes what was found takes so many
   */
  void lookedUp(int calls, int misses, long bytes) {
    long most = Math.min(Math.max(size, (long) GROWTH * calls), BulkCalls.CHUNK);
    if (misses > 0) {
      most = Math.min(most, (long) MAX_MISSES * calls / misses);
    }
    if (bytes > 0) {
      most = Math.min(most, MAX_BYTES * calls / bytes);
    }
    size = (int) Math.max(most, 1);
  }
}
