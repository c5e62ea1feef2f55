package dev.memo.store;

import org.rocksdb.Cache;
import org.rocksdb.HyperClockCache;

/**
 * Blocks of tables that were read, kept from one opening of a {@link SecondaryStore} to the next.
 * Small, because the operating system keeps what all processes read.
 */
public final class SecondaryCache implements AutoCloseable {
  private static final long BYTES = 32 << 20;

  private final Cache cache;

  /**
   * @throws dev.memo.failure.DirectoryException if the native library cannot be loaded
   */
  public SecondaryCache() {
    NativeLibrary.load();
    cache = new HyperClockCache(BYTES, 0, -1, false);
  }

  Cache cache() {
    return cache;
  }

  /** Lets go of it; stores that are open still have it. May be called again. */
  @Override
  public void close() {
    cache.close();
  }
}
