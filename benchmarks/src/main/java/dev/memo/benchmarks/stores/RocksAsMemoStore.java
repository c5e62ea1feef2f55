package dev.memo.benchmarks.stores;

import static java.nio.charset.StandardCharsets.US_ASCII;
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
 * RocksDB with the options of memo, keys and values as long as memo's and about as compressible,
 * and read as writes have left it, as memo's is: what memo itself costs is the difference. What
 * memo hashes and encodes is only imitated, or RocksDB would be charged with memo's work.
 */
final class RocksAsMemoStore implements KeyValueStore {
  private static final long CACHE_BYTES = 64L << 20;

  /** As function id, generation and kind, which all keys of a function begin with. */
  private static final byte[] KEY_HEAD = "a function".getBytes(US_ASCII);

  /** Of the arguments. An entry repeats it, so that most of the second is compressed away. */
  private static final int DIGEST_BYTES = 32;

  private static final int VARIANT_BYTES = Integer.BYTES;
  private static final int KEY_BYTES = KEY_HEAD.length + DIGEST_BYTES + VARIANT_BYTES;

  /** As the header of an entry and lengths, without what differs from entry to entry. */
  private static final byte[] HEADER = new byte[34];

  /** As the encoded key without its numbers: names of a class and of its fields. */
  private static final byte[] ARGUMENTS =
      "dev.memo.benchmarks.stores.Key high long low long...".getBytes(US_ASCII);

  /** As times and a checksum. */
  private static final int DIFFERING_BYTES = 2 * Long.BYTES;

  /** These are 150; memo puts 4 of them, the checksum, after the value. */
  private static final int BEFORE_VALUE =
      DIFFERING_BYTES + HEADER.length + DIGEST_BYTES + ARGUMENTS.length + Key.BYTES;

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
    ByteBuffer bytes = ByteBuffer.allocate(KEY_BYTES).put(KEY_HEAD);
    putDigest(bytes, key);
    return bytes.array();
  }

  /** What seems as random as a digest. */
  private static void putDigest(ByteBuffer bytes, Key key) {
    for (int i = 1; i <= DIGEST_BYTES / Long.BYTES; i++) {
      bytes.putLong(key.low() * (2 * i + 1));
    }
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
    entry.putLong(key.high() * 3).putLong(key.high() * 5).put(HEADER);
    putDigest(entry, key);
    key.writeTo(entry.put(ARGUMENTS));
    try {
      db.put(families.get(0), writes, bytes(key), entry.put(text).array());
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
