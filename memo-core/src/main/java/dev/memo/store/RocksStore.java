package dev.memo.store;

import dev.memo.failure.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** The store on disk: a RocksDB database that is entered through borrows only. */
public final class RocksStore implements Store {
  /** Size of the buffer that must fit on the disk for the database to recover from a full one. */
  public static final long WRITE_BUFFER_BYTES = NativeOptions.WRITE_BUFFER_BYTES;

  private final Path path;
  private final Borrows<NativeDatabase> database;

  RocksStore(Path path, Borrows<NativeDatabase> database) {
    this.path = path;
    this.database = database;
  }

  /**
   * Opens the database in this folder, or makes it.
   *
   * @throws dev.memo.failure.DirectoryException if the native library cannot be loaded
   * @throws StoreException if the database cannot be opened
   */
  public static RocksStore open(Path folder, Durability durability) {
    return open(folder, durability, false, Seams.ofThisJvm);
  }

  /** Opens the database without writing more than it must: for a disk that has no space left. */
  public static RocksStore openSparingly(Path folder, Durability durability) {
    return open(folder, durability, true, Seams.ofThisJvm);
  }

  /** Whether damage has stopped the writes of the last user of the database in this folder. */
  public static boolean isMarkedDamaged(Path folder) {
    return new DamageMark(folder).isLeft();
  }

  static RocksStore open(Path folder, Durability durability, boolean sparingly, Seams seams) {
    NativeLibrary.load();
    NativeDatabase database = null;
    boolean opened = false;
    try {
      database = NativeDatabase.open(folder, durability, sparingly, seams);
      RocksStore store =
          new RocksStore(
              folder, new Borrows<>(database, "the database " + folder, NativeDatabase::free));
      opened = true;
      return store;
    } catch (RocksDBException e) {
      throw RocksFailures.translate("opening", folder, e);
    } finally {
      if (!opened && database != null) { // there was no memory to lend it with
        database.free();
      }
    }
  }

  /**
   * Reads all tables. If they are sound, what has stopped writes was not on the disk, and the
   * database is not marked as damaged any more.
   *
   * @throws StoreException if one is damaged
   * @throws IOException if the mark cannot be removed
   */
  public void verify() throws IOException {
    try (Borrows.Borrow<NativeDatabase> borrow = database.borrow()) {
      borrow.get().verify();
    } catch (RocksDBException e) {
      throw RocksFailures.translate("verifying", path, e);
    }
    new DamageMark(path).remove();
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    try (Borrows.Borrow<NativeDatabase> borrow = database.borrow()) {
      return borrow.get().get(family, key);
    } catch (RocksDBException e) {
      throw RocksFailures.translate("reading", path, e);
    }
  }

  @Override
  public List<byte @Nullable []> multiGet(Family family, List<byte[]> keys) {
    try (Borrows.Borrow<NativeDatabase> borrow = database.borrow()) {
      return borrow.get().multiGet(family, keys);
    } catch (RocksDBException e) {
      throw RocksFailures.translate("reading", path, e);
    }
  }

  @Override
  public void write(Batch batch) {
    try (Borrows.Borrow<NativeDatabase> borrow = database.borrow()) {
      borrow.get().write(batch.changes());
    } catch (RocksDBException e) {
      StoreException failure = RocksFailures.translate(RocksFailures.WRITING, path, e);
      if (failure.reason() == StoreException.Reason.CORRUPT) {
        leaveMark(failure);
      }
      throw failure;
    }
  }

  private void leaveMark(StoreException failure) {
    try {
      new DamageMark(path).leave(String.valueOf(failure.getMessage()));
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void scan(Family family, byte[] prefix, Visitor visitor) {
    try (Borrows.Borrow<NativeDatabase> borrow = database.borrow()) {
      borrow.get().scan(family, prefix, visitor);
    } catch (RocksDBException e) {
      throw RocksFailures.translate("scanning", path, e);
    }
  }

  @Override
  public long changeCount() {
    try (Borrows.Borrow<NativeDatabase> borrow = database.borrow()) {
      return borrow.get().changeCount();
    }
  }

  @Override
  public long tables() {
    try (Borrows.Borrow<NativeDatabase> borrow = database.borrow()) {
      return borrow.get().tables();
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
