package dev.memo.process.reads;

import dev.memo.claims.Epochs;
import org.jspecify.annotations.Nullable;

/**
 * The epochs before a database was opened. Of a stripe whose epoch has not moved since, nothing was
 * removed or replaced: what the opening found is what the primary has. A catch-up does not renew
 * them, because RocksDB shows old values for ever.
 *
 * <p>A stripe that was being changed at this moment never counts ({@link Epochs}). Immutable.
 */
final class Snapshot {
  private static final long NEVER = -1;

  private final long directory;
  private final long[] stripes;

  private Snapshot(long directory, long[] stripes) {
    this.directory = directory;
    this.stripes = stripes;
  }

  /** The epochs now; null if another owner than this one has begun. */
  static @Nullable Snapshot take(OwnerPage page, long ownerEpoch) {
    long directory = page.directory();
    long[] stripes = new long[Epochs.STRIPES];
    for (int i = 0; i < stripes.length; i++) {
      long stripe = page.stripe(i);
      stripes[i] = Epochs.isChanging(stripe) ? NEVER : stripe;
    }
    // last: an owner raises its own epoch before that of the directory, and touches nothing before
    return page.ownerEpoch() == ownerEpoch ? new Snapshot(directory, stripes) : null;
  }

  /** Whether what was found of this stripe is still what the primary has. */
  boolean isCurrent(int stripe, Epochs epochs) {
    return stripes[stripe] == epochs.stripe(stripe) && directory == epochs.directory();
  }

  /** How many stripes do not count any more; all of them if the directory's epoch has moved. */
  int moved(Epochs epochs) {
    if (directory != epochs.directory()) {
      return Epochs.STRIPES;
    }
    int moved = 0;
    for (int i = 0; i < stripes.length; i++) {
      if (stripes[i] != epochs.stripe(i)) {
        moved++;
      }
    }
    return moved;
  }
}
