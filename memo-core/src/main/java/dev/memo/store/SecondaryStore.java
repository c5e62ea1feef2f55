package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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

  private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(10);

  private final Path folder;
  private final NativeDatabase database;
  private final LogScanner scanner;
  private final Seams seams;

  /** Null while nobody is admitted. */
  private volatile @Nullable Borrows<NativeDatabase> admitted;

  private @Nullable Outline tablesAsOf; // when they were found to be those of the writer
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
   * @throws dev.memo.failure.DirectoryException if the native library cannot be loaded
   * @throws StoreException if the database cannot be opened; with the reason {@link
   *     Reason#TRY_AGAIN} if it changed too fast, or the writer says nothing or has not
   *     acknowledged what is there
   */
  public static SecondaryStore open(Path folder, Path own, SecondaryCache cache, Writer writer) {
    return open(folder, own, cache, writer, Seams.ofThisJvm);
  }

  static SecondaryStore open(
      Path folder, Path own, SecondaryCache cache, Writer writer, Seams seams) {
    NativeLibrary.load();
    for (int i = 0; i < TRIES; i++) {
      SecondaryStore opened = tryOpen(folder, own, cache, writer, seams);
      if (opened != null) {
        return opened;
      }
    }
    throw changing(folder);
  }

  /** Null if files came and went meanwhile. */
  private static @Nullable SecondaryStore tryOpen(
      Path folder, Path own, SecondaryCache cache, Writer writer, Seams seams) {
    try {
      LogScanner scanner = new LogScanner(folder);
      if (seams.verifiesViews()) {
        scanner.requireSound();
      }
      Outline before = Outline.of(folder);
      long expected = seams.verifiesViews() ? ask(folder, writer) : 0;
      NativeDatabase database = NativeDatabase.openAsSecondary(folder, own, cache.cache(), seams);
      SecondaryStore store = new SecondaryStore(folder, database, scanner, seams);
      boolean verified = false;
      try {
        // a log that was removed while it opened was skipped without a word
        database.catchUp();
        boolean complete = !seams.verifiesViews() || store.has(expected, before, writer);
        verified = store.isVerified(before, Outline.of(folder), complete, writer);
      } finally {
        if (!verified) {
          store.close();
        }
      }
      if (!verified) {
        return null;
      }
      store.tablesAsOf = before.withoutLogs();
      store.admit();
      return store;
    } catch (RocksDBException e) {
      throw RocksFailures.translate("opening a secondary of", folder, e);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static long ask(Path folder, Writer writer) {
    long digest = writer.tables();
    if (digest == 0) {
      throw new StoreException(
          Reason.TRY_AGAIN, "the writer of " + folder + " does not say which tables it has", null);
    }
    return digest;
  }

  /**
   * Whether it has the tables that the writer has. One that is missing or damaged is left out
   * without a word. The writer has them a moment after its manifest has them: then it is asked
   * again, until files come or go.
   */
  private boolean has(long expected, Outline before, Writer writer) throws IOException {
    long mine = database.tables();
    long begin = System.nanoTime();
    boolean same = mine == expected || mine == ask(folder, writer);
    while (!same
        && before.withoutLogs().equals(Outline.ofTables(folder))
        && System.nanoTime() - begin < writer.lag().toNanos()) {
      LockSupport.parkNanos(this, BETWEEN_QUESTIONS.toNanos());
      same = mine == ask(folder, writer);
    }
    return same;
  }

  /**
   * Whether what was read between the two can be trusted; false if files came and went.
   *
   * @param complete whether it has the tables that the writer has
   * @throws StoreException if it does not, or has not acknowledged all that was read
   */
  private boolean isVerified(Outline before, Outline after, boolean complete, Writer writer) {
    if (!seams.verifiesViews()) {
      return true;
    } else if (!before.equals(after)) {
      return false;
    } else if (!complete) {
      throw incomplete(folder);
    } else if (!writer.hasAcknowledged(database.changeCount())) {
      throw unacknowledged(folder);
    }
    return true;
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

  private static StoreException unacknowledged(Path folder) {
    return new StoreException(
        Reason.TRY_AGAIN,
        "the log of " + folder + " has changes that its writer has not acknowledged",
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
   * As {@link #get} for many, in the order of the keys.
   *
   * @throws StoreException if the database refuses
   */
  public List<byte @Nullable []> multiGet(Family family, List<byte[]> keys) {
    Borrows<NativeDatabase> borrows = admitted;
    Borrows.Borrow<NativeDatabase> borrow = borrows == null ? null : borrows.tryBorrow();
    if (borrow == null) {
      return Collections.nCopies(keys.size(), null);
    }
    try {
      return borrow.get().multiGet(family, keys);
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
   * @return false if nothing was read, because the writer does not answer
   * @throws StoreException if it fails, or the writer stops to answer meanwhile; the store is of no
   *     use any more
   */
  public boolean catchUp(Writer writer) {
    boolean usable = false;
    try {
      if (seams.verifiesViews()) {
        scanner.requireSound();
      }
      for (int i = 0; i < TRIES && !usable; i++) {
        Outline before = Outline.ofTables(folder);
        boolean asks = seams.verifiesViews() && !before.equals(tablesAsOf);
        long expected = asks ? writer.tables() : 0;
        if (asks && expected == 0 && i == 0) {
          usable = true; // as it was
          return false;
        }
        expel();
        database.catchUp();
        boolean complete = !asks || has(expected, before, writer);
        if (isVerified(before, Outline.ofTables(folder), complete, writer)) {
          tablesAsOf = before;
          admit();
          usable = true;
        }
      }
      if (!usable) {
        throw changing(folder);
      }
      return true;
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
