package dev.memo.store;

import org.jspecify.annotations.Nullable;
import org.rocksdb.Statistics;

/**
 * What a test may change to see a promise break.
 *
 * @param writeAheadLog false loses what was not flushed when the process dies
 * @param forcesBatches false leaves writes of several changes to the next sync
 * @param verifyChecksums false reads damaged blocks as if nothing had happened
 * @param writeBufferBytes a large one cannot be written out on a disk that is full
 * @param statistics counts, for instance, syncs; costs time on every operation
 */
record Seams(
    boolean writeAheadLog,
    boolean forcesBatches,
    boolean verifyChecksums,
    long writeBufferBytes,
    @Nullable Statistics statistics) {
  static final Seams NONE = new Seams(true, true, true, NativeDatabase.WRITE_BUFFER_BYTES, null);

  /** For tests that open directories by the public API. */
  static volatile Seams ofThisJvm = NONE;

  Seams withoutLog() {
    return new Seams(false, forcesBatches, verifyChecksums, writeBufferBytes, statistics);
  }

  Seams withUnforcedBatches() {
    return new Seams(writeAheadLog, false, verifyChecksums, writeBufferBytes, statistics);
  }

  Seams withoutChecksums() {
    return new Seams(writeAheadLog, forcesBatches, false, writeBufferBytes, statistics);
  }

  Seams withWriteBuffer(long bytes) {
    return new Seams(writeAheadLog, forcesBatches, verifyChecksums, bytes, statistics);
  }

  Seams with(Statistics counted) {
    return new Seams(writeAheadLog, forcesBatches, verifyChecksums, writeBufferBytes, counted);
  }
}
