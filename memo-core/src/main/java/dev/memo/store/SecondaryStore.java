package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;
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
 * <p>RocksDB can also make newer values disappear and older ones show, though it reports success:
 * when files come and go while it reads, and when a table is damaged, which it then leaves out. So
 * readers are admitted only to what was read while the files stood still, and only if that has the
 * tables that the writer has; and to nothing while it is being read. Tests that have {@code
 * Secondary} in their names show all this with RocksDB alone.
 *
 * <p><b>Threads</b>: {@link #get} is for any, the rest for one at a time.
 */
public final class SecondaryStore implements AutoCloseable {
  private static final int TRIES = 3;

  private final Path folder;
  private final NativeDatabase database;
  private final LogScanner scanner;
  private final Seams seams;

  /** Null while nobody is admitted. */
  private volatile @Nullable Borrows<NativeDatabase> admitted;

  private @Nullable Outline verified; // when the tables were last found to be the writer's
  private boolean freed; // of the thread that closes

  private SecondaryStore(Path folder, NativeDatabase database, LogScanner scanner, Seams seams) {
    this.folder = folder;
    this.database = database;
    this.scanner = scanner;
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
   * @param tables what the writer says of its {@linkplain Store#tables tables}; 0 if it does not
   * @throws dev.memo.failure.DirectoryException if the native library cannot be loaded
   * @throws StoreException if the database cannot be opened; with the reason {@link
   *     Reason#TRY_AGAIN} if it changed too fast, or the writer says nothing
   */
  public static SecondaryStore open(
      Path folder, Path own, SecondaryCache cache, LongSupplier tables) {
    return open(folder, own, cache, tables, Seams.ofThisJvm);
  }

  static SecondaryStore open(
      Path folder, Path own, SecondaryCache cache, LongSupplier tables, Seams seams) {
    NativeLibrary.load();
    for (int i = 0; i < TRIES; i++) {
      SecondaryStore opened = tryOpen(folder, own, cache, tables, seams);
      if (opened != null) {
        return opened;
      }
    }
    throw changing(folder);
  }

  /** Null if files came and went meanwhile. */
  private static @Nullable SecondaryStore tryOpen(
      Path folder, Path own, SecondaryCache cache, LongSupplier tables, Seams seams) {
    try {
      LogScanner scanner = new LogScanner(folder);
      if (seams.verifiesViews()) {
        scanner.requireSound();
      }
      Outline before = Outline.of(folder);
      long expected = tables.getAsLong();
      NativeDatabase database = NativeDatabase.openAsSecondary(folder, own, cache.cache(), seams);
      SecondaryStore store = new SecondaryStore(folder, database, scanner, seams);
      boolean whole = false;
      try {
        // a log that was removed while it opened was skipped without a word
        database.catchUp();
        boolean complete = store.has(expected, tables);
        whole = !seams.verifiesViews() || before.equals(Outline.of(folder));
        if (whole && !complete && seams.verifiesViews()) {
          whole = false;
          throw incomplete(folder);
        }
      } finally {
        if (!whole) {
          store.close();
        }
      }
      if (!whole) {
        return null;
      }
      store.verified = before.withoutLogs();
      store.admit();
      return store;
    } catch (RocksDBException e) {
      throw RocksFailures.translate("opening a secondary of", folder, e);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /**
   * Whether it has the tables that the writer has, which may have been about to change them when it
   * was asked first. One that is missing or damaged is left out without a word.
   */
  private boolean has(long expected, LongSupplier tables) {
    long mine = database.tables();
    return mine == expected || mine == tables.getAsLong();
  }

  private static StoreException changing(Path folder) {
    return new StoreException(
        Reason.TRY_AGAIN, "the database " + folder + " changed whenever it was read", null);
  }

  private static StoreException incomplete(Path folder) {
    return new StoreException(
        Reason.CORRUPT,
        "the tables of "
            + folder
            + " cannot all be opened, though its writer has them open: one may be damaged",
        null);
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
   * @param tables as at the opening
   * @return false if nothing was read, because the writer does not answer
   * @throws StoreException if that cannot be; the store is of no use any more
   */
  public boolean catchUp(LongSupplier tables) {
    boolean usable = false;
    try {
      if (seams.verifiesViews()) {
        scanner.requireSound();
      }
      for (int i = 0; i < TRIES; i++) {
        Outline before = Outline.ofTables(folder);
        boolean sameTables = before.equals(verified);
        long expected = sameTables ? 0 : tables.getAsLong();
        if (expected == 0 && !sameTables && seams.verifiesViews()) {
          usable = i == 0; // nothing was read yet
          return false;
        }
        expel();
        database.catchUp();
        boolean complete = sameTables || has(expected, tables);
        if (!seams.verifiesViews() || before.equals(Outline.ofTables(folder))) {
          if (!complete && seams.verifiesViews()) {
            throw incomplete(folder);
          }
          verified = before;
          admit();
          usable = true;
          return true;
        }
      }
      throw changing(folder);
    } catch (RocksDBException e) {
      throw RocksFailures.translate("catching up with", folder, e);
    } catch (IOException e) {
      throw unreadable(folder, e);
    } finally {
      if (!usable) {
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
