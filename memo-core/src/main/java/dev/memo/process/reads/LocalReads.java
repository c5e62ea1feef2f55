package dev.memo.process.reads;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import org.jspecify.annotations.Nullable;

/**
 * How a process reads entries without asking the primary: not at all ({@link #NONE}), or from a
 * RocksDB secondary ({@link SecondaryReads}).
 *
 * <p><b>Threads</b>: {@link #read} and {@link #readLatest} are for any; the rest is the keeper's.
 * <b>Failure</b>: none ever reaches a reader.
 */
public interface LocalReads extends AutoCloseable {

  /** Everything is asked of the primary. */
  LocalReads NONE =
      new LocalReads() {
        @Override
        public @Nullable Stored read(CallKey key, int variant) {
          return null;
        }

        @Override
        public void follow(Source source) {}

        @Override
        public void rest() {}

        @Override
        public void close() {}
      };

  /**
   * The entry that the primary would return, unless that changes at this moment; or null, which
   * proves nothing.
   */
  @Nullable Stored read(CallKey key, int variant);

  /**
   * As {@link #read}, for whoever can ask nobody else: what was acknowledged before this call is
   * looked for, which may take a moment. Null if it is not there, or if that cannot be told in
   * time.
   */
  default @Nullable Stored readLatest(CallKey key, int variant) {
    return read(key, variant);
  }

  /** From now on there is something to read: an owner has opened the database, and serves. */
  void follow(Source source);

  /** From now on there is nothing to read. Returns when nothing is open any more. */
  void rest();

  /** As {@link #rest}, for ever. */
  @Override
  void close();
}
