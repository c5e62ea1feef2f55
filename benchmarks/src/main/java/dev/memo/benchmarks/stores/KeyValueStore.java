package dev.memo.benchmarks.stores;

import org.jspecify.annotations.Nullable;

/** Strings under keys. Thread-safe. */
public interface KeyValueStore extends AutoCloseable {

  void put(Key key, String value);

  @Nullable String get(Key key);

  /**
   * What a cache does for a key: returns what is there, or else keeps and returns what was
   * computed. What costs nothing to compute is {@code computed} already.
   */
  default String compute(Key key, String computed) {
    String found = get(key);
    if (found != null) {
      return found;
    }
    put(key, computed);
    return computed;
  }

  /** All has been put, and will be read: does what its makers advise then. */
  default void settle() {}

  /** The process that holds what was put. */
  default ProcessHandle holder() {
    return ProcessHandle.current();
  }

  @Override
  void close();
}
