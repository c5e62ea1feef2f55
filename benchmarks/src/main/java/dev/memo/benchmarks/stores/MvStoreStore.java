package dev.memo.benchmarks.stores;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/** The B-tree of H2, with a cache that holds all of it. It commits once a second. */
final class MvStoreStore implements KeyValueStore {
  private static final long CACHE_BYTES = 64L << 20;

  /** Beside its characters: two objects, and a page of its own if it is long. */
  private static final int ENTRY_BYTES = 400;

  private static final int COMPACT_MILLIS = (int) TimeUnit.SECONDS.toMillis(20);

  private final MVStore store;
  private final MVMap<Key, String> map;

  MvStoreStore(Path folder, Scale scale) {
    store =
        new MVStore.Builder()
            .fileName(folder.resolve("mvstore").toString())
            .cacheSize(cacheMegabytes(scale))
            .open();
    map =
        store.openMap(
            "values",
            new MVMap.Builder<Key, String>()
                .keyType(new KeyType())
                .valueType(StringDataType.INSTANCE));
  }

  /** It counts a character as two bytes. */
  private static int cacheMegabytes(Scale scale) {
    long bytes = 2 * scale.valueBytes() + ENTRY_BYTES * scale.entries();
    return Math.toIntExact((CACHE_BYTES + bytes) >> 20);
  }

  private static final class KeyType extends BasicDataType<Key> {
    private static final int OBJECT_BYTES = 32;

    @Override
    public int compare(Key a, Key b) {
      int high = Long.compare(a.high(), b.high());
      return high == 0 ? Long.compare(a.low(), b.low()) : high;
    }

    @Override
    public int getMemory(Key key) {
      return OBJECT_BYTES;
    }

    @Override
    public void write(WriteBuffer buffer, Key key) {
      buffer.putLong(key.high()).putLong(key.low());
    }

    @Override
    public Key read(ByteBuffer buffer) {
      return Key.readFrom(buffer);
    }

    @Override
    public Key[] createStorage(int size) {
      return new Key[size];
    }
  }

  @Override
  public void put(Key key, String value) {
    map.put(key, value);
  }

  @Override
  public @Nullable String get(Key key) {
    return map.get(key);
  }

  @Override
  public void settle() {
    store.commit();
    store.compactFile(COMPACT_MILLIS);
  }

  @Override
  public void close() {
    store.close();
  }
}
