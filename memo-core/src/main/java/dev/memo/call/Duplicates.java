package dev.memo.call;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one batch that were not found, and are equal to others of them.
 *
 * <p>Batches are large, and most calls are equal to none. So of each only the hash of its key is
 * kept; those that share one are told apart when they are called, which is also when it counts what
 * their arguments are. More is kept only of what equal calls need of each other.
 *
 * <p><b>Threads</b>: each index is for one thread at a time. All are added before {@link
 * #complete}, and that comes before the rest, in the order of memory too.
 */
final class Duplicates {
  private final int[] hashes; // 0: none
  private int[] repeated = {}; // sorted
  private final ConcurrentMap<SameCall, Twins> twins = new ConcurrentHashMap<>();

  /** Calls of one stored function are the same if their keys are. */
  private record SameCall(Object function, ExactKey key) {}

  Duplicates(int size) {
    hashes = new int[size];
  }

  /** A call was not found. */
  void add(int index, ExactKey key) {
    hashes[index] = hash(key);
  }

  private static int hash(ExactKey key) {
    int hash = key.hashCode();
    return hash == 0 ? 1 : hash;
  }

  /** All that were not found were added. */
  void complete() {
    int[] sorted = Arrays.stream(hashes).filter(hash -> hash != 0).sorted().toArray();
    int count = 0;
    for (int i = 1; i < sorted.length; i++) {
      boolean news = count == 0 || sorted[count - 1] != sorted[i];
      if (sorted[i] == sorted[i - 1] && news) {
        sorted[count++] = sorted[i]; // what was there has been looked at
      }
    }
    repeated = Arrays.copyOf(sorted, count);
  }

  /** What equal calls need of each other; null if there are none. */
  @Nullable Twins of(StoredFunction<?, ?, ?> function, ExactKey key) {
    return Arrays.binarySearch(repeated, hash(key)) < 0
        ? null
        : twins.computeIfAbsent(new SameCall(function, key), unused -> new Twins());
  }

  /** One of them has been tried: what none needs is forgotten. */
  void tried(StoredFunction<?, ?, ?> function, ExactKey key, Twins equal) {
    SameCall call = new SameCall(function, key);
    if (equal.isIdle()) {
      twins.remove(call, equal);
    } else {
      Twins unused = twins.putIfAbsent(call, equal); // another one of them may have removed it
    }
  }
}
