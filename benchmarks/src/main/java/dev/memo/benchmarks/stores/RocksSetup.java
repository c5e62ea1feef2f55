package dev.memo.benchmarks.stores;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.IndexSearchType;

/** RocksDB as memo opens it, and with one or two things changed. */
public enum RocksSetup {
  MEMO("as memo"),
  BLOCK_1K("1 KB blocks"),
  BLOCK_2K("2 KB blocks"),
  BLOCK_16K("16 KB blocks"),
  RESTART_1("restart interval 1"),
  RESTART_4("restart interval 4"),
  BLOCK_1K_RESTART_1("1 KB blocks, restart interval 1"),
  BLOCK_2K_RESTART_1("2 KB blocks, restart interval 1"),
  HASH_INDEX("hash index in blocks"),
  AUTO_SEARCH("format 7, kAuto search of the index"),
  NOT_COMPRESSED("not compressed"),
  NOT_COMPRESSED_1K("not compressed, 1 KB blocks, interval 1"),
  ZSTD("zstd"),
  AUTO_1K("1 KB blocks, interval 1, kAuto"),
  INDEX_IN_CACHE("index and filter in the cache"),
  NO_MEMTABLE_FILTER("no filter for what is not written out"),
  NEITHER("index in the cache, no filter"),
  LEVEL_16("first level of 16 MB"),
  LEVEL_256("first level of 256 MB"),
  EIGHT_RUNS("eight tables before the first level"),
  EIGHT_RUNS_16("eight tables before one of 16 MB"),
  BUFFER_16("write buffer of 16 MB"),
  UNIVERSAL("universal compaction");

  private final String title;

  RocksSetup(String title) {
    this.title = title;
  }

  /** Changes what this changes, and does nothing else. */
  void change(BlockBasedTableConfig table, ColumnFamilyOptions column) {
    switch (this) {
      case MEMO -> {}
      case BLOCK_1K -> table.setBlockSize(1 << 10);
      case BLOCK_2K -> table.setBlockSize(2 << 10);
      case BLOCK_16K -> table.setBlockSize(16 << 10);
      case RESTART_1 -> table.setBlockRestartInterval(1);
      case RESTART_4 -> table.setBlockRestartInterval(4);
      case BLOCK_1K_RESTART_1 -> table.setBlockSize(1 << 10).setBlockRestartInterval(1);
      case BLOCK_2K_RESTART_1 -> table.setBlockSize(2 << 10).setBlockRestartInterval(1);
      case HASH_INDEX -> table.setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash);
      case AUTO_SEARCH ->
          table
              .setFormatVersion(7)
              .setUniformCvThreshold(0.3)
              .setIndexSearchType(IndexSearchType.kAuto);
      case NOT_COMPRESSED -> column.setCompressionType(CompressionType.NO_COMPRESSION);
      case NOT_COMPRESSED_1K -> {
        table.setBlockSize(1 << 10).setBlockRestartInterval(1);
        column.setCompressionType(CompressionType.NO_COMPRESSION);
      }
      case ZSTD -> column.setCompressionType(CompressionType.ZSTD_COMPRESSION);
      case AUTO_1K ->
          table
              .setBlockSize(1 << 10)
              .setBlockRestartInterval(1)
              .setFormatVersion(7)
              .setUniformCvThreshold(0.3)
              .setIndexSearchType(IndexSearchType.kAuto);
      case INDEX_IN_CACHE -> keepIndexInCache(table);
      case NO_MEMTABLE_FILTER -> filterNoMemtable(column);
      case LEVEL_16 -> column.setMaxBytesForLevelBase(16 << 20);
      case LEVEL_256 -> column.setMaxBytesForLevelBase(256 << 20);
      case EIGHT_RUNS -> column.setLevel0FileNumCompactionTrigger(8);
      case EIGHT_RUNS_16 ->
          column.setLevel0FileNumCompactionTrigger(8).setMaxBytesForLevelBase(16 << 20);
      case BUFFER_16 -> column.setWriteBufferSize(16 << 20);
      case UNIVERSAL -> column.setCompactionStyle(CompactionStyle.UNIVERSAL);
      case NEITHER -> {
        keepIndexInCache(table);
        filterNoMemtable(column);
      }
    }
  }

  private static void keepIndexInCache(BlockBasedTableConfig table) {
    table.setCacheIndexAndFilterBlocks(true).setPinL0FilterAndIndexBlocksInCache(true);
  }

  private static void filterNoMemtable(ColumnFamilyOptions column) {
    column.setMemtableWholeKeyFiltering(false).setMemtablePrefixBloomSizeRatio(0);
  }

  @Override
  public String toString() {
    return title;
  }
}
