package dev.memo.benchmarks.stores;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.IndexSearchType;

/** RocksDB as memo opens it, and with one or two things changed. */
public enum RocksSetup {
  MEMO("as memo", (table, column) -> {}),
  BLOCK_1K("1 KB blocks", (table, column) -> table.setBlockSize(1 << 10)),
  BLOCK_2K("2 KB blocks", (table, column) -> table.setBlockSize(2 << 10)),
  BLOCK_16K("16 KB blocks", (table, column) -> table.setBlockSize(16 << 10)),
  RESTART_1("restart interval 1", (table, column) -> table.setBlockRestartInterval(1)),
  RESTART_4("restart interval 4", (table, column) -> table.setBlockRestartInterval(4)),
  BLOCK_1K_RESTART_1("1 KB blocks, restart interval 1", BLOCK_1K, RESTART_1),
  BLOCK_2K_RESTART_1("2 KB blocks, restart interval 1", BLOCK_2K, RESTART_1),
  HASH_INDEX(
      "hash index in blocks",
      (table, column) -> table.setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)),
  AUTO_SEARCH(
      "format 7, kAuto search of the index",
      (table, column) ->
          table
              .setFormatVersion(7)
              .setUniformCvThreshold(0.3)
              .setIndexSearchType(IndexSearchType.kAuto)),
  NOT_COMPRESSED(
      "not compressed",
      (table, column) -> column.setCompressionType(CompressionType.NO_COMPRESSION)),
  NOT_COMPRESSED_1K("not compressed, 1 KB blocks, interval 1", NOT_COMPRESSED, BLOCK_1K_RESTART_1),
  ZSTD("zstd", (table, column) -> column.setCompressionType(CompressionType.ZSTD_COMPRESSION)),
  AUTO_1K("1 KB blocks, interval 1, kAuto", BLOCK_1K_RESTART_1, AUTO_SEARCH),
  INDEX_IN_CACHE(
      "index and filter in the cache",
      (table, column) ->
          table.setCacheIndexAndFilterBlocks(true).setPinL0FilterAndIndexBlocksInCache(true)),
  NO_MEMTABLE_FILTER(
      "no filter for what is not written out",
      (table, column) ->
          column.setMemtableWholeKeyFiltering(false).setMemtablePrefixBloomSizeRatio(0)),
  NEITHER("index in the cache, no filter", INDEX_IN_CACHE, NO_MEMTABLE_FILTER),
  LEVEL_16("first level of 16 MB", (table, column) -> column.setMaxBytesForLevelBase(16 << 20)),
  LEVEL_256("first level of 256 MB", (table, column) -> column.setMaxBytesForLevelBase(256 << 20)),
  EIGHT_RUNS(
      "eight tables before the first level",
      (table, column) -> column.setLevel0FileNumCompactionTrigger(8)),
  EIGHT_RUNS_16("eight tables before one of 16 MB", EIGHT_RUNS, LEVEL_16),
  BUFFER_16("write buffer of 16 MB", (table, column) -> column.setWriteBufferSize(16 << 20)),
  UNIVERSAL(
      "universal compaction",
      (table, column) -> column.setCompactionStyle(CompactionStyle.UNIVERSAL));

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // lambdas, which capture constants at most
  private final Change change;

  /** What is set otherwise. */
  @FunctionalInterface
  private interface Change {
    void make(BlockBasedTableConfig table, ColumnFamilyOptions column);
  }

  RocksSetup(String title, Change change) {
    this.title = title;
    this.change = change;
  }

  RocksSetup(String title, RocksSetup one, RocksSetup other) {
    this(
        title,
        (table, column) -> {
          one.change(table, column);
          other.change(table, column);
        });
  }

  /** Changes what this changes, and does nothing else. */
  void change(BlockBasedTableConfig table, ColumnFamilyOptions column) {
    change.make(table, column);
  }

  @Override
  public String toString() {
    return title;
  }
}
