package dev.memo.benchmarks.stores;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * A cache in memory, with room for all entries and no more: below half of its room it does not note
 * what is read, which costs a cache that is in use a third of a hit.
 */
final class CaffeineStore implements KeyValueStore {
  private final Cache<Key, String> cache;

  CaffeineStore(Scale scale) {
    cache = Caffeine.newBuilder().maximumSize(scale.entries()).build();
  }

  @Override
  public void put(Key key, String value) {
    cache.put(key, value);
  }

  @Override
  public @Nullable String get(Key key) {
    return cache.getIfPresent(key);
  }

  @Override
  public String compute(Key key, String computed) {
    return cache.get(key, unused -> computed);
  }

  @Override
  public void settle() {
    cache.cleanUp();
  }

  @Override
  public void close() {}
}
