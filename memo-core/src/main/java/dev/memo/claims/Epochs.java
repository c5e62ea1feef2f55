package dev.memo.claims;

/**
 * Counters that tell readers that something was changed or removed. Thread-safe; a read is a
 * volatile read of mapped memory.
 *
 * <p>Whoever keeps what was found of a key keeps with it the counter of the key's stripe and that
 * of the directory, as they were <em>before</em> the look. It counts while both are the same.
 *
 * <p><b>Odd and even</b>: a removal or a replacement raises the stripes of its keys twice, to an
 * odd number before it is written and to the next even one afterwards, before it is acknowledged. A
 * first result removes nothing and raises nothing.
 *
 * <ul>
 *   <li>Before: as soon as it is in the database's log, some process may see it there. From then on
 *       nobody may show what was before, or a later call could get an older value.
 *   <li>Afterwards: what was looked up meanwhile may be the old or the new, so it stops to count.
 *       That is so if the write fails too: it may be in the log all the same.
 *   <li>A view of the database that is opened while a stripe is odd never counts for it, neither
 *       then nor later: another view with the same number may have been opened before the write.
 *   <li>An owner that is killed leaves stripes odd; the next one raises them to the next even
 *       number.
 * </ul>
 */
public interface Epochs {

  /** How many stripes there are; a key's is {@link CallKey#stripe}. */
  int STRIPES = 4096;

  /** The counter of one stripe; odd while one of its keys is changed. */
  long stripe(int index);

  /** Whether a change is under way in a stripe with this counter. */
  static boolean isChanging(long stripe) {
    return (stripe & 1) != 0;
  }

  /** Moves when all keys of a function, or all of the directory, are affected. */
  long directory();

  /** The last sequence that was assigned and published. */
  long lastSequence();
}
