package dev.memo.benchmarks;

import dev.memo.benchmarks.stores.RocksOptions;
import dev.memo.benchmarks.stores.RocksSetup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** A database without memo, opened with memo's options or with some of them changed. */
final class RawRocks implements StoreWorker.Database {
  private static final long MIB = 1 << 20;

  /** One thing follows another after a moment. */
  private static final int IDLE_LOOKS = 5;

  private final RocksOptions options = new RocksOptions();
  private final List<ColumnFamilyHandle> families = new ArrayList<>();
  private final ReadOptions reads = options.kept(new ReadOptions());
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
                rocks.options.database().setAvoidFlushDuringRecovery(true),
                data.toString(),
                rocks.options.families(RocksSetup.MEMO, 64 * MIB),
                rocks.families));
  }

  /** A new one. */
  static RawRocks of(RocksSetup setup, long cacheBytes, Path data) throws RocksDBException {
    return new RawRocks(
        rocks ->
            RocksDB.open(
                rocks
                    .options
                    .database()
                    .setCreateIfMissing(true)
                    .setCreateMissingColumnFamilies(true),
                data.toString(),
                rocks.options.families(setup, cacheBytes),
                rocks.families));
  }

  static RawRocks secondary(Path data, Path own) throws RocksDBException {
    return new RawRocks(
        rocks ->
            RocksDB.openAsSecondary(
                rocks.options.database().setMaxFileOpeningThreads(1),
                data.toString(),
                own.toString(),
                rocks.options.families(RocksSetup.MEMO, 32 * MIB),
                rocks.families));
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
    options.close();
  }
}
