package dev.memo.store;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksObject;
import org.rocksdb.Statistics;
import org.rocksdb.WriteOptions;

/** How databases are opened, with reasons. Owns the native option objects that it makes. */
final class NativeOptions implements AutoCloseable {
  private static final long MIB = 1 << 20;

  /** Large enough for bulk writes, small enough to be flushed into the space a full disk leaves. */
  static final long WRITE_BUFFER_BYTES = 4 * MIB;

  private static final long MAX_LOG_BYTES = 8 * MIB;

  /** Of the write buffer: ten bits and more for each of some hundred bytes. */
  private static final double MEMTABLE_FILTER_SHARE = 0.02;

  private static final long PRIMARY_CACHE_BYTES = 64 * MIB;

  private final Seams seams;

  /** In the order in which they were made. */
  private final List<RocksObject> made = new ArrayList<>();

  NativeOptions(Seams seams) {
    this.seams = seams;
  }

  /**
   * For the one process that writes.
   *
   * @param sparingly do not flush while recovering: on a full disk there is no room for it
   */
  DBOptions primary(boolean sparingly) {
    DBOptions options =
        quiet(new DBOptions())
            .setCreateIfMissing(true)
            // not only in a new database: its making may have been killed between two families
            .setCreateMissingColumnFamilies(true)
            .setAvoidFlushDuringRecovery(sparingly)
            // bounds what a new owner has to replay, and a reader at each opening: a family that is
            // seldom written would hold back all logs
            .setMaxTotalWalSize(MAX_LOG_BYTES)
            // readers follow the log: it must neither be reused for a later one nor held back
            .setRecycleLogFileNum(0)
            .setManualWalFlush(false)
            .setMaxBackgroundJobs(2)
            // written out little by little, not in one burst that stalls reads
            .setBytesPerSync(MIB)
            .setWalBytesPerSync(MIB)
            .setKeepLogFileNum(3)
            // deleting files is left to background threads, away from threads that read
            .setAvoidUnnecessaryBlockingIO(true);
    Statistics statistics = seams.statistics();
    return statistics == null ? options : options.setStatistics(statistics);
  }

  /** For a process that reads what another one writes. */
  DBOptions secondary() {
    return quiet(new DBOptions())
        // the default starts and joins fifteen threads for every catch-up
        .setMaxFileOpeningThreads(1)
        .setKeepLogFileNum(1);
  }

  private DBOptions quiet(DBOptions options) {
    return kept(options)
        // a table whose file is open can be read after its deletion
        .setMaxOpenFiles(-1)
        // a log per opening is kept by default, a thousand of them, and filled with statistics
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(MIB)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  /** All families, whose tables have this cache. */
  List<ColumnFamilyDescriptor> families(Cache cache) {
    ColumnFamilyOptions columnOptions = columnOptions(cache);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (Family family : Family.values()) {
      descriptors.add(new ColumnFamilyDescriptor(family.columnName(), columnOptions));
    }
    return descriptors;
  }

  /** The cache of a primary. */
  Cache cache() {
    return kept(new HyperClockCache(PRIMARY_CACHE_BYTES, 0, -1, false));
  }

  private ColumnFamilyOptions columnOptions(Cache cache) {
    BlockBasedTableConfig tables =
        new BlockBasedTableConfig()
            // most look-ups of a cache that fills are misses: ten bits a key answer them
            .setFilterPolicy(kept(new BloomFilter(10)))
            .setWholeKeyFiltering(true)
            .setBlockCache(cache)
            // two look-ups in the cache less for each table; takes some 3 bytes of memory an entry
            .setCacheIndexAndFilterBlocks(false)
            // the newest that RocksDB 9 and 10 read too; the default of 11 is not
            .setFormatVersion(6);
    keepIndexesPlain(tables);
    // blob files stay off: a reader that follows the database loses them and crashes
    return kept(new ColumnFamilyOptions())
        .setTableFormatConfig(tables)
        .setWriteBufferSize(seams.writeBufferBytes())
        .setDisableAutoCompactions(!seams.compacts())
        .setMaxWriteBufferNumber(4)
        // most of what is looked for is not there, and to see that costs as much as to read a table
        .setMemtableWholeKeyFiltering(true)
        .setMemtablePrefixBloomSizeRatio(MEMTABLE_FILTER_SHARE)
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

  ReadOptions reads() {
    return kept(new ReadOptions()).setVerifyChecksums(seams.verifyChecksums());
  }

  WriteOptions writes(Durability durability) {
    return kept(new WriteOptions())
        .setSync(durability == Durability.POWER_LOSS)
        .setDisableWAL(!seams.writeAheadLog());
  }

  /** For several changes at once: the same ones, unless a test says otherwise. */
  WriteOptions batches(WriteOptions writes) {
    return seams.forcesBatches() ? writes : kept(new WriteOptions());
  }

  private <T extends RocksObject> T kept(T object) {
    made.add(object);
    return object;
  }

  /** Last to first: RocksDB frees what an object refers to only when nothing does any more. */
  @Override
  public void close() {
    for (int i = made.size() - 1; i >= 0; i--) {
      made.get(i).close();
    }
    made.clear();
  }
}
