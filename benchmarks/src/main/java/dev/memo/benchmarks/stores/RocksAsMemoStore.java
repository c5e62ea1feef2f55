package dev.memo.benchmarks.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with the options and about the bytes of memo, and read as writes have left it, as memo's
 * is: what memo itself costs is the difference.
 */
final class RocksAsMemoStore implements KeyValueStore {
  private static final long CACHE_BYTES = 64L << 20;

  /** What memo puts before the value: times, what was asked, and how it can be checked. */
  private static final int BEFORE_VALUE = 119;

  /** Of which so many bytes are a digest and times. */
  private static final int INCOMPRESSIBLE = 40;

  /** And before what is in the key: which function, and what type the argument is of. */
  private static final byte[] BEFORE_KEY = "the function & its type, fields".getBytes(UTF_8);

  private static final int AFTER_KEY = Integer.BYTES;

  static {
    RocksDB.loadLibrary(); // before there are options
  }

  private final RocksOptions options = new RocksOptions();
  private final ReadOptions reads = options.kept(new ReadOptions());
  private final WriteOptions writes = options.kept(new WriteOptions());
  private final List<ColumnFamilyHandle> families = new ArrayList<>();
  private final RocksDB db;

  RocksAsMemoStore(Path folder) {
    try {
      db =
          RocksDB.open(
              options.database().setCreateIfMissing(true).setCreateMissingColumnFamilies(true),
              folder.toString(),
              options.families(RocksSetup.MEMO, CACHE_BYTES),
              families);
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot open " + folder, e);
    }
  }

  private static byte[] bytes(Key key) {
    ByteBuffer bytes = ByteBuffer.allocate(BEFORE_KEY.length + Key.BYTES + AFTER_KEY);
    key.writeTo(bytes.put(BEFORE_KEY));
    return bytes.array();
  }

  /** Looks before, as memo does: what is read while it is filled is in the cache afterwards. */
  @Override
  public void put(Key key, String value) {
    String unused = compute(key, value);
  }

  /** Looks twice: who computes a key once only looks again when it has the key to itself. */
  @Override
  public String compute(Key key, String computed) {
    for (int look = 0; look < 2; look++) {
      String found = get(key);
      if (found != null) {
        return found;
      }
    }
    write(key, computed);
    return computed;
  }

  private void write(Key key, String value) {
    byte[] text = value.getBytes(UTF_8);
    ByteBuffer entry = ByteBuffer.allocate(BEFORE_VALUE + text.length);
    for (int i = 1; i <= INCOMPRESSIBLE / Long.BYTES; i++) {
      entry.putLong(key.low() * (2 * i + 1));
    }
    while (entry.position() <= BEFORE_VALUE - Key.BYTES) {
      key.writeTo(entry);
    }
    try {
      db.put(families.get(0), writes, bytes(key), entry.position(BEFORE_VALUE).put(text).array());
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot put " + key, e);
    }
  }

  @Override
  public @Nullable String get(Key key) {
    try {
      byte[] found = db.get(families.get(0), reads, bytes(key));
      return found == null
          ? null
          : new String(found, BEFORE_VALUE, found.length - BEFORE_VALUE, UTF_8);
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot get " + key, e);
    }
  }

  @Override
  public void close() {
    families.forEach(ColumnFamilyHandle::close);
    db.close();
    options.close();
  }
}
