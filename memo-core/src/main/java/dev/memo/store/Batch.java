package dev.memo.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes that a store makes all at once, or not at all. Not thread-safe; arrays are not copied.
 */
public final class Batch {

  /** One change: a new value, or null where the key is deleted. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Change(Family family, byte[] key, byte @Nullable [] value) {}

  private final List<Change> changes = new ArrayList<>(2);

  public Batch put(Family family, byte[] key, byte[] value) {
    changes.add(new Change(family, key, value));
    return this;
  }

  public Batch delete(Family family, byte[] key) {
    changes.add(new Change(family, key, null));
    return this;
  }

  /** The changes in the order in which they were added; a later one of the same key wins. */
  public List<Change> changes() {
    return Collections.unmodifiableList(changes);
  }
}
