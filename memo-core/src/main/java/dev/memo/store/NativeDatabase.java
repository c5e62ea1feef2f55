package dev.memo.store;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Slice;
import org.rocksdb.Statistics;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * All native objects of one open database. Nothing here guards against a use after {@link #free},
 * which crashes the JVM: it is reached through a borrow only.
 */
final class NativeDatabase {
  private static final long MIB = 1 << 20;

  /** Large enough for bulk writes, small enough to be flushed into the space a full disk leaves. */
  static final long WRITE_BUFFER_BYTES = 4 * MIB;

  private final RocksDB db;
  private final Map<Family, ColumnFamilyHandle> columns;
  private final ReadOptions readOptions;
  private final WriteOptions writeOptions;
  private final WriteOptions batchOptions; // the same ones, unless a test says otherwise

  /** In the order in which they were made. */
  private final List<RocksObject> options;

  private NativeDatabase(
      RocksDB db,
      Map<Family, ColumnFamilyHandle> columns,
      ReadOptions readOptions,
      WriteOptions writeOptions,
      WriteOptions batchOptions,
      List<RocksObject> options) {
    this.db = db;
    this.columns = columns;
    this.readOptions = readOptions;
    this.writeOptions = writeOptions;
    this.batchOptions = batchOptions;
    this.options = options;
  }

  /**
   * @param sparingly do not flush while recovering: on a full disk there is no room for it
   */
  static NativeDatabase open(Path path, Durability durability, boolean sparingly, Seams seams)
      throws RocksDBException {
    List<RocksObject> options = new ArrayList<>();
    try {
      DBOptions dbOptions = dbOptions(options, seams).setAvoidFlushDuringRecovery(sparingly);
      ColumnFamilyOptions columnOptions = columnOptions(options, seams);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (Family family : Family.values()) {
        descriptors.add(new ColumnFamilyDescriptor(family.columnName(), columnOptions));
      }
      ReadOptions readOptions =
          kept(options, new ReadOptions()).setVerifyChecksums(seams.verifyChecksums());
      WriteOptions writeOptions =
          kept(options, new WriteOptions())
              .setSync(durability == Durability.POWER_LOSS)
              .setDisableWAL(!seams.writeAheadLog());
      WriteOptions batchOptions =
          seams.forcesBatches() ? writeOptions : kept(options, new WriteOptions());
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db = RocksDB.open(dbOptions, path.toString(), descriptors, handles);
      Map<Family, ColumnFamilyHandle> columns = new EnumMap<>(Family.class);
      Iterator<ColumnFamilyHandle> opened = handles.iterator();
      for (Family family : Family.values()) {
        columns.put(family, opened.next());
      }
      return new NativeDatabase(db, columns, readOptions, writeOptions, batchOptions, options);
    } catch (RocksDBException | RuntimeException e) {
      closeLastToFirst(options);
      throw e;
    }
  }

  private static DBOptions dbOptions(List<RocksObject> options, Seams seams) {
    DBOptions dbOptions =
        kept(options, new DBOptions())
            .setCreateIfMissing(true)
            // not only in a new database: its making may have been killed between two families
            .setCreateMissingColumnFamilies(true)
            // bounds what a new owner has to replay, and what a reader holds in memory
            .setMaxTotalWalSize(32 * MIB)
            // readers follow the log: it must neither be reused for a later one nor held back
            .setRecycleLogFileNum(0)
            .setManualWalFlush(false)
            // a table whose file is open can be read after its deletion
            .setMaxOpenFiles(-1)
            .setMaxBackgroundJobs(2)
            // written out little by little, not in one burst that stalls reads
            .setBytesPerSync(MIB)
            .setWalBytesPerSync(MIB)
            // a log per opening is kept by default, a thousand of them, and filled with statistics
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(3)
            .setMaxLogFileSize(MIB)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0)
            // deleting files is left to background threads, away from threads that read
            .setAvoidUnnecessaryBlockingIO(true);
    Statistics statistics = seams.statistics();
    return statistics == null ? dbOptions : dbOptions.setStatistics(statistics);
  }

  private static ColumnFamilyOptions columnOptions(List<RocksObject> options, Seams seams) {
    Cache cache = kept(options, new HyperClockCache(64 * MIB, 0, -1, false));
    BlockBasedTableConfig tables =
        new BlockBasedTableConfig()
            // most look-ups of a cache that fills are misses: ten bits a key answer them
            .setFilterPolicy(kept(options, new BloomFilter(10)))
            .setWholeKeyFiltering(true)
            .setBlockCache(cache)
            // indexes and filters count against the cache, or memory would grow with the data
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            // the newest that RocksDB 9 and 10 read too; the default of 11 is not
            .setFormatVersion(6);
    keepIndexesPlain(tables);
    // blob files stay off: a reader that follows the database loses them and crashes
    return kept(options, new ColumnFamilyOptions())
        .setTableFormatConfig(tables)
        .setWriteBufferSize(seams.writeBufferBytes())
        .setMaxWriteBufferNumber(4)
        // in proportion to the small write buffer, or every flush would rewrite 256 MiB
        .setMaxBytesForLevelBase(64 * MIB)
        .setTargetFileSizeBase(16 * MIB)
        // halves the size of most values; decompressed blocks are what is cached
        .setCompressionType(CompressionType.LZ4_COMPRESSION);
  }

  /** Versions before 11 cannot read the indexes that 11 writes where keys are evenly spread. */
  private static void keepIndexesPlain(BlockBasedTableConfig tables) {
    try {
      tables.setUniformCvThreshold(-1);
    } catch (NoSuchMethodError e) {
      // an older version is on the class path, which writes no others
      return;
    }
  }

  private static <T extends RocksObject> T kept(List<RocksObject> options, T made) {
    options.add(made);
    return made;
  }

  byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
    return db.get(column(family), readOptions, key);
  }

  List<byte @Nullable []> multiGet(Family family, List<byte[]> keys) throws RocksDBException {
    if (keys.isEmpty()) {
      return List.of(); // which RocksDB does not take
    }
    return db.multiGetAsList(readOptions, Collections.nCopies(keys.size(), column(family)), keys);
  }

  void write(List<Batch.Change> changes) throws RocksDBException {
    if (changes.size() == 1) {
      write(changes.get(0)); // a native batch of one costs half as much again as the write itself
      return;
    }
    try (WriteBatch batch = new WriteBatch()) {
      for (Batch.Change change : changes) {
        add(change, batch);
      }
      db.write(batchOptions, batch);
    }
  }

  private void write(Batch.Change change) throws RocksDBException {
    ColumnFamilyHandle column = column(change.family());
    if (change instanceof Batch.Put put) {
      db.put(column, writeOptions, put.key(), put.value());
    } else if (change instanceof Batch.Delete delete) {
      db.delete(column, writeOptions, delete.key());
    } else if (change instanceof Batch.DeleteRange range) {
      db.deleteRange(column, writeOptions, range.first(), range.end());
    }
  }

  private void add(Batch.Change change, WriteBatch batch) throws RocksDBException {
    ColumnFamilyHandle column = column(change.family());
    if (change instanceof Batch.Put put) {
      batch.put(column, put.key(), put.value());
    } else if (change instanceof Batch.Delete delete) {
      batch.delete(column, delete.key());
    } else if (change instanceof Batch.DeleteRange range) {
      batch.deleteRange(column, range.first(), range.end());
    }
  }

  void scan(Family family, byte[] prefix, Store.Visitor visitor) throws RocksDBException {
    byte[] end = Prefixes.end(prefix);
    try (Slice bound = new Slice(end == null ? new byte[0] : end);
        ReadOptions bounded = new ReadOptions()) {
      if (end != null) {
        bounded.setIterateUpperBound(bound);
      }
      try (RocksIterator rows = db.newIterator(column(family), bounded)) {
        rows.seek(prefix);
        while (rows.isValid() && visitor.visit(rows.key(), rows.value())) {
          rows.next();
        }
        rows.status();
      }
    }
  }

  /** Reads every block of every table. */
  void verify() throws RocksDBException {
    db.verifyChecksum();
  }

  /** RocksDB numbers changes, and recovers the number with the last one that it finds. */
  long changeCount() {
    return db.getLatestSequenceNumber();
  }

  private ColumnFamilyHandle column(Family family) {
    return requireNonNull(columns.get(family));
  }

  /** Children first: RocksDB frees what an object refers to only when nothing does any more. */
  void free() {
    columns.values().forEach(ColumnFamilyHandle::close);
    db.close();
    closeLastToFirst(options);
  }

  private static void closeLastToFirst(List<RocksObject> objects) {
    for (int i = objects.size() - 1; i >= 0; i--) {
      objects.get(i).close();
    }
  }
}
