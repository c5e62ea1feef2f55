package dev.memo.benchmarks.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteOptions;

/**
 * RocksDB as whoever uses it alone would set it up to read values of this size: small blocks, a
 * filter, a cache that holds all. A write is durable against a killed process, as memo's is.
 */
final class RocksStore implements KeyValueStore {
  private static final int BITS_PER_KEY = 10;
  private static final int BLOCK_BYTES = 1 << 10;
  private static final int FORMAT_VERSION = 7;
  private static final long MEMTABLE_BYTES = 64L << 20;
  private static final long CACHE_BYTES = 64L << 20;
  private static final int TIMES_VALUES = 3;

  static {
    RocksDB.loadLibrary(); // before there are options
  }

  private final List<RocksObject> kept = new ArrayList<>();
  private final ReadOptions reads = kept(new ReadOptions());
  private final WriteOptions writes = kept(new WriteOptions());
  private final RocksDB db;

  RocksStore(Path folder, Scale scale) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setFilterPolicy(kept(new BloomFilter(BITS_PER_KEY)))
            .setWholeKeyFiltering(true)
            .setBlockSize(BLOCK_BYTES)
            .setBlockRestartInterval(1)
            .setUseDeltaEncoding(false)
            .setFormatVersion(FORMAT_VERSION)
            .setBlockCache(
                kept(
                    new HyperClockCache(
                        CACHE_BYTES + TIMES_VALUES * scale.valueBytes(), 0, -1, false)));
    Options options =
        kept(new Options())
            .setCreateIfMissing(true)
            .setMaxOpenFiles(-1)
            .setMaxBackgroundJobs(2)
            .setWriteBufferSize(MEMTABLE_BYTES)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setTableFormatConfig(table);
    try {
      db = RocksDB.open(options, folder.toString());
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot open " + folder, e);
    }
  }

  private <T extends RocksObject> T kept(T object) {
    kept.add(object);
    return object;
  }

  @Override
  public void put(Key key, String value) {
    try {
      db.put(writes, key.bytes(), value.getBytes(UTF_8));
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot put " + key, e);
    }
  }

  @Override
  public @Nullable String get(Key key) {
    try {
      byte[] found = db.get(reads, key.bytes());
      return found == null ? null : new String(found, UTF_8);
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot get " + key, e);
    }
  }

  /** Looks twice: who computes a key once only looks again when it has the key to itself. */
  @Override
  public String compute(Key key, String computed) {
    String found = get(key);
    return found == null ? KeyValueStore.super.compute(key, computed) : found;
  }

  @Override
  public void settle() {
    try (FlushOptions flush = new FlushOptions()) {
      db.flush(flush);
      db.compactRange();
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot compact", e);
    }
  }

  @Override
  public void close() {
    db.close();
    for (int i = kept.size() - 1; i >= 0; i--) {
      kept.get(i).close();
    }
  }
}
