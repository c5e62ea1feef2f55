package dev.memo.store;

import java.util.function.LongSupplier;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

/** Lets tests of other packages break what databases promise that this JVM opens from now on. */
public final class StoreSeams {

  private StoreSeams() {}

  /** A killed process loses what was not flushed. */
  public static void loseWhatIsNotFlushed() {
    Seams.ofThisJvm = Seams.ofThisJvm.withoutLog();
  }

  /** With POWER_LOSS, writes of several changes are not forced to the medium. */
  public static void leaveBatchesUnforced() {
    Seams.ofThisJvm = Seams.ofThisJvm.withUnforcedBatches();
  }

  /** Damaged blocks are read as if nothing had happened. */
  public static void trustDamagedBlocks() {
    Seams.ofThisJvm = Seams.ofThisJvm.withoutChecksums();
  }

  /** Secondaries show whatever RocksDB has read. */
  public static void trustAnyView() {
    Seams.ofThisJvm = Seams.ofThisJvm.withUnverifiedViews();
  }

  /** So much is kept in memory before it is written out. */
  public static void writeOutEvery(long bytes) {
    Seams.ofThisJvm = Seams.ofThisJvm.withWriteBuffer(bytes);
  }

  /** Tables stay as they were written. */
  public static void leaveTables() {
    Seams.ofThisJvm = Seams.ofThisJvm.withoutCompaction();
  }

  /** Counts how often logs of writes were forced to the medium. */
  public static LongSupplier countSyncs() {
    NativeLibrary.load();
    Statistics statistics = new Statistics(); // never closed: some database may be using it
    Seams.ofThisJvm = Seams.ofThisJvm.with(statistics);
    return () -> statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
  }

  /** As it should be. */
  public static void restore() {
    Seams.ofThisJvm = Seams.NONE;
  }
}
