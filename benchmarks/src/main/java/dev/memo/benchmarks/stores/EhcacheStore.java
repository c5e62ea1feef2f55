package dev.memo.benchmarks.stores;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.ehcache.Cache;
import org.ehcache.PersistentCacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.EntryUnit;
import org.ehcache.config.units.MemoryUnit;
import org.ehcache.spi.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Ehcache with a disk tier, and as many values on the heap as memo's heap tier has. It writes the
 * disk in the background, and what it holds survives an orderly end only.
 */
final class EhcacheStore implements KeyValueStore {
  private static final long MAX_HEAP_ENTRIES = 10_000;
  private static final long HEAP_FRACTION = 64;

  /** What memo's heap tier counts for an entry beside its value: its header, and its key twice. */
  private static final int ENTRY_BYTES = 220;

  private static final int TIMES_VALUES = 4; // an evicted entry would be a miss

  private final PersistentCacheManager manager;
  private final Cache<Key, String> cache;

  EhcacheStore(Path folder, Scale scale) {
    long megabytes = 64 + TIMES_VALUES * (scale.valueBytes() >> 20);
    manager =
        CacheManagerBuilder.newCacheManagerBuilder()
            .with(CacheManagerBuilder.persistence(folder.toFile()))
            .withCache(
                "values",
                CacheConfigurationBuilder.newCacheConfigurationBuilder(
                        Key.class,
                        String.class,
                        ResourcePoolsBuilder.newResourcePoolsBuilder()
                            .heap(heapEntries(scale), EntryUnit.ENTRIES)
                            .disk(megabytes, MemoryUnit.MB, true))
                    .withKeySerializer(new KeySerializer()))
            .build(true);
    cache = manager.getCache("values", Key.class, String.class);
  }

  private static long heapEntries(Scale scale) {
    long maxBytes = Runtime.getRuntime().maxMemory() / HEAP_FRACTION;
    return Math.max(1, Math.min(MAX_HEAP_ENTRIES, maxBytes / (ENTRY_BYTES + scale.valueChars())));
  }

  /** Without it keys are serialized as Java does it. */
  private static final class KeySerializer implements Serializer<Key> {
    @Override
    public ByteBuffer serialize(Key key) {
      ByteBuffer buffer = ByteBuffer.allocate(Key.BYTES);
      key.writeTo(buffer);
      return buffer.flip();
    }

    @Override
    public Key read(ByteBuffer binary) {
      return Key.readFrom(binary);
    }

    @Override
    public boolean equals(Key key, ByteBuffer binary) {
      return key.equals(read(binary));
    }
  }

  @Override
  public void put(Key key, String value) {
    cache.put(key, value);
  }

  @Override
  public @Nullable String get(Key key) {
    return cache.get(key);
  }

  @Override
  public void close() {
    manager.close();
  }
}
