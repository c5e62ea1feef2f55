package dev.memo.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Changes that a store makes all at once, or not at all. Not thread-safe; arrays are not copied.
 */
public final class Batch {

  /** One change. */
  public sealed interface Change {
    Family family();
  }

  /** The key gets this value. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Put(Family family, byte[] key, byte[] value) implements Change {}

  /** The key and its value are deleted. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Delete(Family family, byte[] key) implements Change {}

  /** All keys are deleted that are not below the first and below the end. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record DeleteRange(Family family, byte[] first, byte[] end) implements Change {}

  private final List<Change> changes = new ArrayList<>(2);

  public Batch put(Family family, byte[] key, byte[] value) {
    changes.add(new Put(family, key, value));
    return this;
  }

  public Batch delete(Family family, byte[] key) {
    changes.add(new Delete(family, key));
    return this;
  }

  /**
   * Deletes all rows whose keys begin with the prefix, without reading them.
   *
   * @param prefix one after which keys can come: not all of its bytes are 0xFF
   */
  public Batch deletePrefix(Family family, byte[] prefix) {
    byte[] end = Prefixes.end(prefix);
    if (end == null) {
      throw new IllegalArgumentException("no key can come after the prefix");
    }
    changes.add(new DeleteRange(family, prefix, end));
    return this;
  }

  /** The changes in the order in which they were added; a later one of the same key wins. */
  public List<Change> changes() {
    return Collections.unmodifiableList(changes);
  }
}
