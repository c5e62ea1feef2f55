package dev.memo.store;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * All native objects of one open database. Nothing here guards against a use after {@link #free},
 * which crashes the JVM: it is reached through a borrow only.
 */
final class NativeDatabase {
  private final RocksDB db;
  private final Map<Family, ColumnFamilyHandle> columns = new EnumMap<>(Family.class);
  private final NativeOptions options;
  private final ReadOptions readOptions;
  private final WriteOptions writeOptions;
  private final WriteOptions batchOptions;

  private NativeDatabase(
      RocksDB db, List<ColumnFamilyHandle> handles, NativeOptions options, WriteOptions writes) {
    this.db = db;
    this.options = options;
    this.readOptions = options.reads();
    this.writeOptions = writes;
    this.batchOptions = options.batches(writes);
    Iterator<ColumnFamilyHandle> opened = handles.iterator();
    for (Family family : Family.values()) {
      columns.put(family, opened.next());
    }
  }

  /** What RocksDB has to open a database. */
  @FunctionalInterface
  private interface Opening {
    RocksDB open(List<ColumnFamilyDescriptor> families, List<ColumnFamilyHandle> handles)
        throws RocksDBException;
  }

  /**
   * Opens the database to write it, or makes it.
   *
   * @param sparingly do not flush while recovering: on a full disk there is no room for it
   */
  static NativeDatabase open(Path path, Durability durability, boolean sparingly, Seams seams)
      throws RocksDBException {
    NativeOptions options = new NativeOptions(seams);
    return open(
        options,
        options.cache(),
        durability,
        (families, handles) ->
            RocksDB.open(options.primary(sparingly), path.toString(), families, handles));
  }

  /**
   * Opens the database to read what another process writes.
   *
   * @param own a folder for RocksDB's own notes
   */
  static NativeDatabase openAsSecondary(Path path, Path own, Cache cache, Seams seams)
      throws RocksDBException {
    NativeOptions options = new NativeOptions(seams);
    return open(
        options,
        cache,
        Durability.PROCESS_CRASH, // it does not write
        (families, handles) ->
            RocksDB.openAsSecondary(
                options.secondary(), path.toString(), own.toString(), families, handles));
  }

  /** Opens a database that nobody writes, as it is without its logs if those are not there. */
  static NativeDatabase openUnchanging(Path path, Cache cache, Seams seams)
      throws RocksDBException {
    NativeOptions options = new NativeOptions(seams);
    return open(
        options,
        cache,
        Durability.PROCESS_CRASH, // it does not write
        (families, handles) ->
            RocksDB.openReadOnly(options.secondary(), path.toString(), families, handles));
  }

  private static NativeDatabase open(
      NativeOptions options, Cache cache, Durability durability, Opening opening)
      throws RocksDBException {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    RocksDB db = null;
    boolean opened = false;
    try {
      db = opening.open(options.families(cache), handles);
      NativeDatabase database =
          new NativeDatabase(db, handles, options, options.writes(durability));
      opened = true;
      return database;
    } finally {
      if (!opened) { // whatever it was: nothing else knows of these objects
        free(handles, db, options);
      }
    }
  }

  byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
    return db.get(column(family), readOptions, key);
  }

  List<byte @Nullable []> multiGet(Family family, List<byte[]> keys) throws RocksDBException {
    if (keys.isEmpty()) {
      return List.of(); // which RocksDB does not take
    }
    return db.multiGetAsList(readOptions, Collections.nCopies(keys.size(), column(family)), keys);
  }

  void write(List<Batch.Change> changes) throws RocksDBException {
    if (changes.size() == 1) {
      write(changes.get(0)); // a native batch of one costs half as much again as the write itself
      return;
    }
    try (WriteBatch batch = new WriteBatch()) {
      for (Batch.Change change : changes) {
        add(change, batch);
      }
      db.write(batchOptions, batch);
    }
  }

  private void write(Batch.Change change) throws RocksDBException {
    ColumnFamilyHandle column = column(change.family());
    if (change instanceof Batch.Put put) {
      db.put(column, writeOptions, put.key(), put.value());
    } else if (change instanceof Batch.Delete delete) {
      db.delete(column, writeOptions, delete.key());
    } else if (change instanceof Batch.DeleteRange range) {
      db.deleteRange(column, writeOptions, range.first(), range.end());
    }
  }

  private void add(Batch.Change change, WriteBatch batch) throws RocksDBException {
    ColumnFamilyHandle column = column(change.family());
    if (change instanceof Batch.Put put) {
      batch.put(column, put.key(), put.value());
    } else if (change instanceof Batch.Delete delete) {
      batch.delete(column, delete.key());
    } else if (change instanceof Batch.DeleteRange range) {
      batch.deleteRange(column, range.first(), range.end());
    }
  }

  void scan(Family family, byte[] prefix, Store.Visitor visitor) throws RocksDBException {
    byte[] end = Prefixes.end(prefix);
    try (Slice bound = new Slice(end == null ? new byte[0] : end);
        ReadOptions bounded = new ReadOptions()) {
      if (end != null) {
        bounded.setIterateUpperBound(bound);
      }
      try (RocksIterator rows = db.newIterator(column(family), bounded)) {
        rows.seek(prefix);
        while (rows.isValid() && visitor.visit(rows.key(), rows.value())) {
          rows.next();
        }
        rows.status();
      }
    }
  }

  /** Reads every block of every table. */
  void verify() throws RocksDBException {
    db.verifyChecksum();
  }

  /** RocksDB numbers changes, and recovers the number with the last one that it finds. */
  long changeCount() {
    return db.getLatestSequenceNumber();
  }

  /** As {@link Store#tables}: a checksum of their names, each of which begins with a slash. */
  long tables() {
    SortedSet<String> names = new TreeSet<>();
    for (LiveFileMetaData table : db.getLiveFilesMetaData()) {
      names.add(table.fileName());
    }
    CRC32C crc = new CRC32C();
    names.forEach(name -> crc.update(name.getBytes(StandardCharsets.US_ASCII)));
    return 1L << 32 | crc.getValue(); // never 0
  }

  private ColumnFamilyHandle column(Family family) {
    return requireNonNull(columns.get(family));
  }

  /**
   * Reads what the primary has written since. What RocksDB reports as well done may be incomplete,
   * and may even show less than before.
   */
  void catchUp() throws RocksDBException {
    db.tryCatchUpWithPrimary();
  }

  void free() {
    free(columns.values(), db, options);
  }

  /** Children first: RocksDB frees what an object refers to only when nothing does any more. */
  private static void free(
      Collection<ColumnFamilyHandle> columns, @Nullable RocksDB db, NativeOptions options) {
    columns.forEach(ColumnFamilyHandle::close);
    if (db != null) {
      db.close();
    }
    options.close();
  }
}
