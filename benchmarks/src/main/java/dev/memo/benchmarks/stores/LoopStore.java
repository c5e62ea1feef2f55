package dev.memo.benchmarks.stores;

import org.jspecify.annotations.Nullable;

/** Keeps nothing: what it takes is what measuring takes, the making of keys included. */
final class LoopStore implements KeyValueStore {
  private final String value;

  LoopStore(Scale scale) {
    value = scale.value(0);
  }

  @Override
  public void put(Key key, String unused) {}

  @Override
  public @Nullable String get(Key key) {
    return key.high() == key.low() ? null : value; // so that the key has to be made
  }

  @Override
  public void close() {}
}
