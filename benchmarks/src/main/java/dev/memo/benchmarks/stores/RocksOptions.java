package dev.memo.benchmarks.stores;

import java.nio.charset.StandardCharsets;
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
import org.rocksdb.RocksObject;

/**
 * The options with which memo opens RocksDB: a copy of its {@code NativeOptions}, which are not
 * public. Owns native objects.
 */
public final class RocksOptions implements AutoCloseable {
  private static final long MIB = 1 << 20;

  private final List<RocksObject> made = new ArrayList<>();

  public DBOptions database() {
    return kept(new DBOptions())
        .setMaxOpenFiles(-1)
        .setMaxTotalWalSize(8 * MIB)
        .setMaxBackgroundJobs(2)
        .setBytesPerSync(MIB)
        .setWalBytesPerSync(MIB)
        .setAvoidUnnecessaryBlockingIO(true)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  /** Of all families. */
  public List<ColumnFamilyDescriptor> families(RocksSetup setup, long cacheBytes) {
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

  /** Closes it with the others. */
  public <T extends RocksObject> T kept(T option) {
    made.add(option);
    return option;
  }

  @Override
  public void close() {
    for (int i = made.size() - 1; i >= 0; i--) {
      made.get(i).close();
    }
  }
}
