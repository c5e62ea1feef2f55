package dev.memo.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;

/** The database of a directory without memo, opened with memo's options. */
final class RawRocks implements StoreWorker.Database {
  private static final long MIB = 1 << 20;

  /** One thing follows another after a moment. */
  private static final int IDLE_LOOKS = 5;

  private final List<RocksObject> options = new ArrayList<>();
  private final List<ColumnFamilyHandle> families = new ArrayList<>();
  private final ReadOptions reads = kept(new ReadOptions());
  private final RocksDB db;

  private RawRocks(Opening opening) throws RocksDBException {
    this.db = opening.open(this);
  }

  private interface Opening {
    RocksDB open(RawRocks rocks) throws RocksDBException;
  }

  /** Opens it to write it; what is in the log stays there. */
  static RawRocks primary(Path data) throws RocksDBException {
    return new RawRocks(
        rocks ->
            RocksDB.open(
                rocks.dbOptions().setAvoidFlushDuringRecovery(true),
                data.toString(),
                rocks.descriptors(RocksSetup.MEMO, 64 * MIB),
                rocks.families));
  }

  /** A new one. */
  static RawRocks of(RocksSetup setup, long cacheBytes, Path data) throws RocksDBException {
    return new RawRocks(
        rocks ->
            RocksDB.open(
                rocks.dbOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true),
                data.toString(),
                rocks.descriptors(setup, cacheBytes),
                rocks.families));
  }

  static RawRocks secondary(Path data, Path own) throws RocksDBException {
    return new RawRocks(
        rocks ->
            RocksDB.openAsSecondary(
                rocks.dbOptions().setMaxFileOpeningThreads(1),
                data.toString(),
                own.toString(),
                rocks.descriptors(RocksSetup.MEMO, 16 * MIB),
                rocks.families));
  }

  private DBOptions dbOptions() {
    return kept(new DBOptions())
        .setMaxOpenFiles(-1)
        .setMaxTotalWalSize(32 * MIB)
        .setMaxBackgroundJobs(2)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  private List<ColumnFamilyDescriptor> descriptors(RocksSetup setup, long cacheBytes) {
    Cache cache = kept(new HyperClockCache(cacheBytes, 0, -1, false));
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setFilterPolicy(kept(new BloomFilter(10)))
            .setWholeKeyFiltering(true)
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(false)
            .setFormatVersion(6)
            .setUniformCvThreshold(-1);
    ColumnFamilyOptions columns =
        kept(new ColumnFamilyOptions())
            .setWriteBufferSize(4 * MIB)
            .setMaxWriteBufferNumber(4)
            .setMemtableWholeKeyFiltering(true)
            .setMemtablePrefixBloomSizeRatio(0.02)
            .setMaxBytesForLevelBase(64 * MIB)
            .setTargetFileSizeBase(16 * MIB)
            .setCompressionType(CompressionType.LZ4_COMPRESSION);
    setup.change(table, columns);
    columns.setTableFormatConfig(table);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (String name : List.of("default", "meta", "maps")) {
      descriptors.add(
          new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), columns));
    }
    return descriptors;
  }

  private <T extends RocksObject> T kept(T option) {
    options.add(option);
    return option;
  }

  @Override
  public byte @Nullable [] get(byte[] key) throws RocksDBException {
    return db.get(families.get(0), reads, key);
  }

  void put(byte[] key, byte[] value) throws RocksDBException {
    db.put(families.get(0), key, value);
  }

  /** Returns when nothing is done in the background any more. */
  void awaitCompaction() throws RocksDBException {
    for (int idle = 0; idle < IDLE_LOOKS; ) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      long running =
          db.getLongProperty(families.get(0), "rocksdb.num-running-flushes")
              + db.getLongProperty(families.get(0), "rocksdb.num-running-compactions");
      idle = running == 0 ? idle + 1 : 0;
    }
  }

  /** As after a while. */
  void settle() throws RocksDBException {
    try (FlushOptions flush = new FlushOptions()) {
      db.flush(flush, families);
    }
    for (ColumnFamilyHandle family : families) {
      db.compactRange(family);
    }
  }

  /** A value or null for each key. */
  List<byte @Nullable []> multiGet(List<byte[]> keys) throws RocksDBException {
    return db.multiGetAsList(reads, Collections.nCopies(keys.size(), families.get(0)), keys);
  }

  @Override
  public void catchUp() throws RocksDBException {
    db.tryCatchUpWithPrimary();
  }

  /** The keys of all entries. */
  List<byte[]> keys() throws RocksDBException {
    List<byte[]> keys = new ArrayList<>();
    try (RocksIterator rows = db.newIterator(families.get(0))) {
      for (rows.seekToFirst(); rows.isValid(); rows.next()) {
        keys.add(rows.key());
      }
      rows.status();
    }
    return keys;
  }

  @Override
  public void close() {
    families.forEach(ColumnFamilyHandle::close);
    db.close();
    for (int i = options.size() - 1; i >= 0; i--) {
      options.get(i).close();
    }
  }
}
