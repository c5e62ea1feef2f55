package dev.memo.process.reads;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.WriteAheadLogs;
import dev.memo.store.WriteAheadLogs.Damage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is made sure of before a database is opened that may have no owner. */
final class Precautions {
  private static final int TRIES = 3;

  private Precautions() {}

  /**
   * Throws if a log is damaged: RocksDB may never return from reading it, and only who writes the
   * database can cut it.
   *
   * @throws StoreException if one is damaged, or no look at them was in peace
   */
  static void requireSoundLogs(Path data) throws IOException {
    Map<Path, Long> seen = new HashMap<>();
    for (int i = 0; i < TRIES; i++) {
      List<Damage> found;
      try {
        found = WriteAheadLogs.damageIn(data);
      } catch (NoSuchFileException e) {
        continue; // the owner has removed one that it needs no more
      }
      if (found.isEmpty()) {
        return;
      }
      for (Damage damage : found) {
        // only if it is there again: a log that grows while it is read may look damaged
        Long before = seen.put(damage.log(), damage.at());
        if (before != null && before == damage.at()) {
          throw new StoreException(
              Reason.CORRUPT,
              "the log " + damage.log() + " is damaged after " + damage.at() + " bytes",
              null);
        }
      }
    }
    throw new StoreException(Reason.TRY_AGAIN, "the logs in " + data + " change too fast", null);
  }

  /** What to say of a database that shows less than was acknowledged, all removals included. */
  static StoreException lost(View opened, long acknowledged) {
    long lost = acknowledged - opened.store().changeCount();
    return new StoreException(
        Reason.CORRUPT,
        "the database " + opened.source().data() + " has lost its last " + lost + " changes",
        null);
  }
}
