package dev.memo.store;

import org.jspecify.annotations.Nullable;
import org.rocksdb.Statistics;

/**
 * What a test may change to see a promise break.
 *
 * @param writeAheadLog false loses what was not flushed when the process dies
 * @param forcesBatches false leaves writes of several changes to the next sync
 * @param verifyChecksums false reads damaged blocks as if nothing had happened
 * @param verifiesViews false lets a secondary read whatever there is, and admits readers to that
 * @param compacts false leaves tables as they were written
 * @param writeBufferBytes a large one cannot be written out on a disk that is full
 * @param statistics counts, for instance, syncs; costs time on every operation
 */
record Seams(
    boolean writeAheadLog,
    boolean forcesBatches,
    boolean verifyChecksums,
    boolean verifiesViews,
    boolean compacts,
    long writeBufferBytes,
    @Nullable Statistics statistics) {
  static final Seams NONE =
      new Seams(true, true, true, true, true, NativeOptions.WRITE_BUFFER_BYTES, null);

  /** For tests that open directories by the public API. */
  static volatile Seams ofThisJvm = NONE;

  Seams withoutLog() {
    return new Seams(
        false,
        forcesBatches,
        verifyChecksums,
        verifiesViews,
        compacts,
        writeBufferBytes,
        statistics);
  }

  Seams withUnforcedBatches() {
    return new Seams(
        writeAheadLog,
        false,
        verifyChecksums,
        verifiesViews,
        compacts,
        writeBufferBytes,
        statistics);
  }

  Seams withoutChecksums() {
    return new Seams(
        writeAheadLog, forcesBatches, false, verifiesViews, compacts, writeBufferBytes, statistics);
  }

  Seams withUnverifiedViews() {
    return new Seams(
        writeAheadLog,
        forcesBatches,
        verifyChecksums,
        false,
        compacts,
        writeBufferBytes,
        statistics);
  }

  Seams withoutCompaction() {
    return new Seams(
        writeAheadLog,
        forcesBatches,
        verifyChecksums,
        verifiesViews,
        false,
        writeBufferBytes,
        statistics);
  }

  Seams withWriteBuffer(long bytes) {
    return new Seams(
        writeAheadLog, forcesBatches, verifyChecksums, verifiesViews, compacts, bytes, statistics);
  }

  Seams with(Statistics counted) {
    return new Seams(
        writeAheadLog,
        forcesBatches,
        verifyChecksums,
        verifiesViews,
        compacts,
        writeBufferBytes,
        counted);
  }
}
