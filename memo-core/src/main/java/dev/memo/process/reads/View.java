package dev.memo.process.reads;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.store.Family;
import dev.memo.store.SecondaryStore;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One opening of the database, and how long what it shows is right. Thread-safe.
 *
 * @param own the folder of its notes
 * @param generations at the opening, of functions that ever had another than the first
 */
record View(
    Source source, Path own, Snapshot snapshot, SecondaryStore store, Map<Long, Long> generations) {

  View {
    generations = Map.copyOf(generations);
  }

  boolean isOfCurrentOwner() {
    return source.page().ownerEpoch() == source.ownerEpoch();
  }

  boolean isCurrent(int stripe) {
    return snapshot.isCurrent(stripe, source.page());
  }

  /** As {@link LocalReads#read}, but a database that refuses is reported. */
  @Nullable Stored read(CallKey key, int variant) {
    int stripe = key.stripe();
    if (!isCurrent(stripe)) {
      return null;
    }
    long generation = generations.getOrDefault(key.functionId(), 0L);
    byte[] bytes = store.get(Family.ENTRIES, key.entryKey(generation, variant));
    // again: it may have been removed, and that acknowledged, before it was read
    return bytes != null && isCurrent(stripe) ? new Stored(bytes) : null;
  }
}
