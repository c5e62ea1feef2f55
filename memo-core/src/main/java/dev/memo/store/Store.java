package dev.memo.store;

import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes under keys, in families, in unsigned byte order.
 *
 * <p><b>Threads</b>: safe for use by many; a write is visible to every read that starts after it
 * has returned. <b>Arrays</b> belong to the store from the moment they are passed, and to the
 * caller from the moment they are returned. <b>Failure</b>: {@link StoreException} when the
 * database refuses, {@link DirectoryClosedException} after {@link #close}; a write that failed has
 * changed nothing that a read can see.
 */
public interface Store extends AutoCloseable {

  /** The value, or null. */
  byte @Nullable [] get(Family family, byte[] key);

  /** The values in the order of the keys, null where there is none. */
  List<byte @Nullable []> multiGet(Family family, List<byte[]> keys);

  /** Makes all changes or none. When it has returned, they survive what was promised at opening. */
  void write(Batch batch);

  /** Shows the rows whose keys begin with {@code prefix}, in order, as of the start of the scan. */
  void scan(Family family, byte[] prefix, Visitor visitor);

  /**
   * How many changes were ever made. A store that was opened again and counts fewer than before has
   * forgotten the last ones.
   */
  long changeCount();

  /** A number that tells which tables the database is made of, as far as it was written out. */
  long tables();

  /** Refuses new operations, waits for those under way, then closes. May be called again. */
  @Override
  void close();

  /** Sees the rows of a scan. Must not close the store: that waits for the scan. */
  @FunctionalInterface
  interface Visitor {

    /** Returns whether to go on. */
    boolean visit(byte[] key, byte[] value);
  }
}
