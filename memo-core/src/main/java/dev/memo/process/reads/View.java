package dev.memo.process.reads;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.store.BoundedReads;
import dev.memo.store.Family;
import dev.memo.store.SecondaryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /** As {@link LocalReads#readAll}, but a database that refuses is reported. */
  List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    boolean[] current = new boolean[keys.size()];
    List<byte[]> rows = new ArrayList<>(keys.size());
    for (int i = 0; i < current.length; i++) {
      CallKey key = keys.get(i);
      current[i] = isCurrent(key.stripe());
      long generation = generations.getOrDefault(key.functionId(), 0L);
      rows.add(key.entryKey(generation, variant));
    }
    List<byte @Nullable []> found =
        BoundedReads.read(rows, some -> store.multiGet(Family.ENTRIES, some));
    List<@Nullable Stored> counting = new ArrayList<>(found.size());
    for (int i = 0; i < found.size(); i++) {
      byte[] bytes = found.get(i);
      boolean counts = bytes != null && current[i] && isCurrent(keys.get(i).stripe());
      counting.add(counts ? new Stored(bytes) : null);
    }
    return counting;
  }
}
