package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Finds out, for whoever cannot ask the writer of a database, of which tables it is made, and that
 * none of them is missing: what a table has removed would be back without it.
 *
 * <p>A secondary of RocksDB leaves out a table that it cannot open, and all that came later,
 * without a word. So the database is opened as who writes it would, but through links in another
 * folder, where nothing that RocksDB does can harm it. A manifest that was cut names fewer tables,
 * also without a word. But RocksDB numbers all changes: those in the logs go on where the manifest
 * ends, or some are in a table that it does not name.
 */
public final class WholeDatabase {
  private static final Logger LOG = System.getLogger("dev.memo.store");
  private static final int TRIES = 3;

  /** Before the content of a record of a log; that of the first one begins with its number. */
  private static final int HEAD = 7;

  private static final int TYPE_AT = 6;

  /** Of a record that is whole, and of the first part of one. */
  private static final Set<Byte> BEGINNINGS = Set.of((byte) 1, (byte) 2);

  private final Path folder;
  private final Path links;
  private @Nullable Outline asOf; // guarded by this
  private long tables; // guarded by this

  /**
   * @param links a folder that does not exist, and will not
   */
  public WholeDatabase(Path folder, Path links) {
    this.folder = folder;
    this.links = links;
  }

  /**
   * As {@link Store#tables}.
   *
   * @throws StoreException if it is not whole; with the reason {@link Reason#TRY_AGAIN} if it
   *     changes too fast to tell
   */
  public synchronized long tables() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Outline before = Outline.ofTables(folder);
      if (before.equals(asOf)) {
        return tables;
      }
      StoreException damage = look();
      if (before.equals(Outline.ofTables(folder))) {
        if (damage != null) {
          throw damage;
        }
        asOf = before;
        return tables;
      }
    }
    throw new StoreException(
        Reason.TRY_AGAIN, "the database " + folder + " changed whenever it was read", null);
  }

  /** Asks the database for its tables; what is wrong with it, or null. */
  private @Nullable StoreException look() throws IOException {
    Files.createDirectory(links);
    try (SecondaryCache cache = new SecondaryCache()) {
      link();
      NativeDatabase database = NativeDatabase.openUnchanging(links, cache.cache(), Seams.NONE);
      long last;
      try {
        last = database.changeCount();
        tables = database.tables();
      } finally {
        database.free();
      }
      long next = firstChange(folder);
      return next <= last + 1 ? null : missing(folder, last, next);
    } catch (RocksDBException e) {
      StoreException damage = RocksFailures.translate("opening all tables of", folder, e);
      String message = String.valueOf(damage.getMessage());
      return new StoreException(
          damage.reason(), message.replace(links.toString(), folder.toString()), e);
    } finally {
      remove(links);
    }
  }

  private void link() throws IOException {
    Path current = folder.resolve(Outline.CURRENT);
    Files.copy(current, links.resolve(current.getFileName()));
    // not the logs: it is the manifest that is asked how far the tables go
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "{MANIFEST-*,*.sst}")) {
      for (Path file : files) {
        Files.createSymbolicLink(links.resolve(file.getFileName()), file.toAbsolutePath());
      }
    }
  }

  /** The number of the first change in the logs; 0 if there is none. */
  private static long firstChange(Path folder) throws IOException {
    long first = Long.MAX_VALUE;
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : logs) {
        first = Math.min(first, firstChangeIn(log));
      }
    }
    return first == Long.MAX_VALUE ? 0 : first;
  }

  private static long firstChangeIn(Path log) throws IOException {
    try (InputStream in = Files.newInputStream(log)) {
      byte[] record = in.readNBytes(HEAD + Long.BYTES);
      return record.length == HEAD + Long.BYTES && BEGINNINGS.contains(record[TYPE_AT])
          ? ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getLong(HEAD)
          : Long.MAX_VALUE;
    } catch (NoSuchFileException e) {
      return Long.MAX_VALUE; // its owner has removed it
    }
  }

  private static StoreException missing(Path folder, long last, long next) {
    return new StoreException(
        Reason.CORRUPT,
        "the database "
            + folder
            + " has lost tables: its manifest ends with change "
            + last
            + ", and its logs begin with "
            + next,
        null);
  }

  /** What is left goes with the folder of the process; it must not hide why a look has failed. */
  private static void remove(Path links) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(links)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(links);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(Level.DEBUG, "Left for later: " + links, e);
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
