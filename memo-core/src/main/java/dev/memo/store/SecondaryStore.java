package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The database on disk as a process sees it that does not write it: as it was at the opening, and
 * with what was added by the last catch-up.
 *
 * <p>What it finds was stored once; that it is still stored, the reader must know otherwise:
 * RocksDB's secondaries show old values for ever, whatever they catch up with. That it finds
 * nothing means nothing.
 *
 * <p>A catch-up of RocksDB can also make newer values disappear and older ones show, though it
 * reports success: when it learns of a table that is gone already. So readers are admitted only to
 * what was read while the manifest stood still, and to nothing while it is being read.
 *
 * <p><b>Threads</b>: {@link #get} is for any, the rest for one at a time.
 */
public final class SecondaryStore implements AutoCloseable {
  private static final int TRIES = 3;

  private final Path folder;
  private final NativeDatabase database;
  private final Seams seams;

  /** Null while nobody is admitted. */
  private volatile @Nullable Borrows<NativeDatabase> admitted;

  private boolean freed; // of the thread that closes

  private SecondaryStore(Path folder, NativeDatabase database, Seams seams) {
    this.folder = folder;
    this.database = database;
    this.seams = seams;
  }

  /** Whether this class loader may enter RocksDB without loading its library once more. */
  public static boolean isAvailable() {
    return NativeLibrary.isOurs();
  }

  /**
   * Opens what another process writes, or has written.
   *
   * @param own an empty folder for RocksDB's own notes, of this store only
   * @throws dev.memo.failure.DirectoryException if the native library cannot be loaded
   * @throws StoreException if the database cannot be opened; with the reason {@link
   *     Reason#TRY_AGAIN} if it changed too fast
   */
  public static SecondaryStore open(Path folder, Path own, SecondaryCache cache) {
    return open(folder, own, cache, Seams.ofThisJvm);
  }

  static SecondaryStore open(Path folder, Path own, SecondaryCache cache, Seams seams) {
    NativeLibrary.load();
    for (int i = 0; i < TRIES; i++) {
      SecondaryStore opened = tryOpen(folder, own, cache, seams);
      if (opened != null) {
        return opened;
      }
    }
    throw changing(folder);
  }

  private static @Nullable SecondaryStore tryOpen(
      Path folder, Path own, SecondaryCache cache, Seams seams) {
    try {
      Outline before = Outline.of(folder);
      NativeDatabase database = NativeDatabase.openAsSecondary(folder, own, cache.cache(), seams);
      SecondaryStore store = new SecondaryStore(folder, database, seams);
      boolean whole = false;
      try {
        // a log that was removed while it opened was skipped without a word
        database.catchUp();
        whole = !seams.verifiesViews() || before.equals(Outline.of(folder));
      } finally {
        if (!whole) {
          store.close();
        }
      }
      if (!whole) {
        return null;
      }
      store.admit();
      return store;
    } catch (RocksDBException e) {
      throw RocksFailures.translate("opening a secondary of", folder, e);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static StoreException changing(Path folder) {
    return new StoreException(
        Reason.TRY_AGAIN, "the database " + folder + " changed whenever it was read", null);
  }

  private static StoreException unreadable(Path folder, IOException e) {
    return new StoreException(Reason.OTHER, "cannot read the files of " + folder + ": " + e, e);
  }

  /**
   * The value, or null, which proves nothing. The array is the caller's.
   *
   * @throws StoreException if the database refuses
   */
  public byte @Nullable [] get(Family family, byte[] key) {
    Borrows<NativeDatabase> borrows = admitted;
    Borrows.Borrow<NativeDatabase> borrow = borrows == null ? null : borrows.tryBorrow();
    if (borrow == null) {
      return null;
    }
    try {
      return borrow.get().get(family, key);
    } catch (RocksDBException e) {
      throw RocksFailures.translate("reading", folder, e);
    } finally {
      borrow.close();
    }
  }

  /**
   * Shows the rows whose keys begin with {@code prefix}, in order.
   *
   * @throws StoreException if the database refuses, or nobody is admitted
   */
  public void scan(Family family, byte[] prefix, Store.Visitor visitor) {
    Borrows<NativeDatabase> borrows = admitted;
    Borrows.Borrow<NativeDatabase> borrow = borrows == null ? null : borrows.tryBorrow();
    if (borrow == null) {
      throw changing(folder);
    }
    try {
      borrow.get().scan(family, prefix, visitor);
    } catch (RocksDBException e) {
      throw RocksFailures.translate("scanning", folder, e);
    } finally {
      borrow.close();
    }
  }

  /**
   * Reads what was written since. Nobody is admitted meanwhile, nor afterwards if it fails.
   *
   * @throws StoreException if that cannot be; the store is of no use any more
   */
  public void catchUp() {
    boolean read = false;
    try {
      Outline before = Outline.ofTables(folder);
      expel();
      for (int i = 0; i < TRIES && !read; i++) {
        database.catchUp();
        Outline after = Outline.ofTables(folder);
        read = before.equals(after) || !seams.verifiesViews();
        before = after;
      }
      if (!read) {
        throw changing(folder);
      }
      admit();
    } catch (RocksDBException e) {
      throw RocksFailures.translate("catching up with", folder, e);
    } catch (IOException e) {
      throw unreadable(folder, e);
    } finally {
      if (!read) {
        expel();
      }
    }
  }

  /** How many changes of the database it has seen. */
  public long changeCount() {
    return database.changeCount();
  }

  private void admit() {
    admitted = new Borrows<>(database, "a view of " + folder, unused -> {});
  }

  private void expel() {
    Borrows<NativeDatabase> borrows = admitted;
    admitted = null;
    if (borrows != null) {
      borrows.close();
    }
  }

  /** Refuses reads, waits for those under way, then closes. May be called again. */
  @Override
  public void close() {
    expel();
    if (!freed) {
      freed = true;
      database.free();
    }
  }
}
