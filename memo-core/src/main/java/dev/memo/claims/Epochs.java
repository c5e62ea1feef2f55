package dev.memo.claims;

/**
 * Counters that tell readers that something was changed or removed. Thread-safe; a read is a
 * volatile read of mapped memory.
 */
public interface Epochs {

  /** How many stripes there are; a key's is {@link CallKey#stripe}. */
  int STRIPES = 4096;

  /** The counter of one stripe; {@linkplain #isChanging odd} while one of its keys is changed. */
  long stripe(int index);

  /**
   * Whether a change is under way in a stripe with this counter: who reads beside the primary may
   * see it before others stop to see what was before.
   */
  static boolean isChanging(long stripe) {
    return (stripe & 1) != 0;
  }

  /** Moves when all keys of a function, or all of the directory, are affected. */
  long directory();

  /** The last sequence that was assigned and published. */
  long lastSequence();
}
