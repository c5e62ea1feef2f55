package dev.memo.benchmarks.stores;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What costs least: a map that forgets all when its process ends. */
final class HashMapStore implements KeyValueStore {
  private final Map<Key, String> map = new ConcurrentHashMap<>();

  @Override
  public void put(Key key, String value) {
    map.put(key, value);
  }

  @Override
  public @Nullable String get(Key key) {
    return map.get(key);
  }

  @Override
  public String compute(Key key, String computed) {
    return map.computeIfAbsent(key, unused -> computed);
  }

  @Override
  public void close() {}
}
