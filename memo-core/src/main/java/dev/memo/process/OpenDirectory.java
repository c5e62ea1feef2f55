package dev.memo.process;

import dev.memo.claims.Primary;
import dev.memo.claims.Stored;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.process.reads.LatestReads;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.SecondaryReads;
import dev.memo.store.Durability;
import dev.memo.store.SecondaryStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A directory that this process has open, with any number of others. One of them, the primary, has
 * its database open; when that one goes, another takes its place. A process that only reads takes
 * no part in this. Thread-safe.
 */
public final class OpenDirectory implements AutoCloseable {
  /** All wait for the same primary, and then for nothing that takes long. */
  private static final int ASKING_AGAIN = 4;

  private static final Logger LOG = System.getLogger("dev.memo.process");

  private final Path path;
  private final Primary primary;
  private final Supplier<UUID> id;
  private final @Nullable Keeper keeper; // null if it is only read
  private final Closers closers; // guarded by this

  private OpenDirectory(
      Path path, Primary primary, Supplier<UUID> id, @Nullable Keeper keeper, Closers closers) {
    this.path = path;
    this.primary = primary;
    this.id = id;
    this.keeper = keeper;
    this.closers = closers;
  }

  /**
   * Opens the directory, or makes it unless it is only to be read.
   *
   * @throws DirectoryException if it cannot be opened; no result in it was removed
   */
  public static OpenDirectory open(Path directory, DirectorySettings settings) {
    if (settings.readOnly()) {
      return openToRead(directory, settings, LatestReads::new, OwnerWatch.Rules.DEFAULT);
    }
    return open(directory, settings, OpenDirectory::isIntact, Outdating.STARTED_BEFORE);
  }

  static OpenDirectory open(
      Path directory, DirectorySettings settings, Predicate<Stored> intact, Outdating outdating) {
    return open(directory, settings, Times.DEFAULT, new Leadership.Rules(intact, outdating));
  }

  static OpenDirectory open(
      Path directory, DirectorySettings settings, Times times, Leadership.Rules rules) {
    return open(directory, settings, times, rules, reads(settings.readPath()));
  }

  /** As above, with reads of the caller's, which belong to the result. */
  static OpenDirectory open(
      Path directory,
      DirectorySettings settings,
      Times times,
      Leadership.Rules rules,
      LocalReads reads) {
    OpenDirectory open =
        PrivateThread.call(
            "memo opens " + directory, () -> doOpen(directory, settings, times, rules, reads));
    LOG.log(Level.INFO, "Opened the directory {0}", open.path);
    return open;
  }

  private static OpenDirectory doOpen(
      Path directory,
      DirectorySettings settings,
      Times times,
      Leadership.Rules rules,
      LocalReads reads) {
    Layout layout = Admission.admit(directory, settings);
    Closers closers = new Closers();
    try {
      MemberFolder folder = MemberFolder.make(layout);
      closers.add(folder::close); // until the keeper does
      MemberEpochs epochs = new MemberEpochs();
      boolean forces = settings.durability() == Durability.POWER_LOSS;
      Spool spool = new Spool(layout, folder.name(), forces, epochs);
      ThreadPoolExecutor again =
          new ThreadPoolExecutor(
              ASKING_AGAIN,
              ASKING_AGAIN,
              1,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              task -> {
                Thread thread = new Thread(task, "memo asks again");
                thread.setDaemon(true);
                return thread;
              });
      again.allowCoreThreadTimeOut(true);
      closers.add(again::shutdown);
      Member member = new Member(layout.root(), times.silence(), spool, epochs, reads, again);
      Keeper keeper =
          new Keeper(layout, settings, times, rules, folder, member, epochs, spool, reads);
      closers.add(keeper::close);
      keeper.start();
      return new OpenDirectory(layout.root(), member, member::directoryId, keeper, closers);
    } catch (IOException e) {
      closers.closeAfter(e);
      throw Refusals.because("open the directory", layout.root(), e);
    } catch (RuntimeException | Error e) {
      closers.closeAfter(e);
      throw e;
    }
  }

  /** Makes reads as {@link LatestReads} are made. */
  @FunctionalInterface
  interface Reading {
    LocalReads by(Function<SecondaryStore, Map<Long, Long>> generations, Runnable seesAgain);
  }

  /** Opens the directory to read it only. */
  static OpenDirectory openToRead(
      Path directory, DirectorySettings settings, Reading reading, OwnerWatch.Rules rules) {
    OpenDirectory open =
        PrivateThread.call(
            "memo opens " + directory, () -> doOpenToRead(directory, settings, reading, rules));
    LOG.log(
        Level.INFO,
        "Opened the directory {0} to read it only: what is not stored there is computed, and not"
            + " stored",
        open.path);
    return open;
  }

  private static OpenDirectory doOpenToRead(
      Path directory, DirectorySettings settings, Reading reading, OwnerWatch.Rules rules) {
    Layout layout = Admission.admitToRead(directory, settings);
    Closers closers = new Closers();
    try {
      Identities identities = new Identities();
      MemberEpochs epochs = new MemberEpochs();
      LocalReads reads =
          readingIfPossible(layout, reading).by(identities::generations, epochs::forget);
      OwnerWatch watch = new OwnerWatch(settings, layout, epochs, reads, rules);
      closers.add(watch::removeFolder);
      closers.add(reads::close); // it has files in the folder
      closers.add(watch::close);
      watch.start();
      ReadOnlyPrimary primary = new ReadOnlyPrimary(layout.root(), identities, watch, reads);
      closers.add(primary::close);
      return new OpenDirectory(layout.root(), primary, primary::directoryId, null, closers);
    } catch (RuntimeException | Error e) {
      closers.closeAfter(e);
      throw e;
    }
  }

  private static Reading readingIfPossible(Layout layout, Reading reading) {
    if (SecondaryStore.isAvailable()) {
      return reading;
    }
    LOG.log(
        Level.WARNING,
        "Nothing that is stored in {0} can be served, so calls compute: another class loader of this"
            + " JVM has RocksDB, and only one can read with it",
        layout.root());
    return (generations, seesAgain) -> LocalReads.NONE;
  }

  private static LocalReads reads(ReadPath path) {
    return switch (path) {
      case SOCKET -> LocalReads.NONE;
      case SECONDARY -> new SecondaryReads(Meta::generations);
    };
  }

  private static boolean isIntact(Stored stored) {
    try {
      Entry.parse(stored.bytes(), Stored.ENTRY_OFFSET);
      return true;
    } catch (EntryRejectedException e) {
      // what is only too new for us is not damaged: others can read it
      return e.reason() != EntryRejectedException.Reason.DAMAGED;
    }
  }

  /** The real path of the directory. */
  public Path path() {
    return path;
  }

  /** Random; another one when the database of the directory began anew. */
  public UUID id() {
    return id.get();
  }

  /** Who answers the calls of this process. */
  public Primary primary() {
    return primary;
  }

  /** Whether this process only reads the directory. */
  public boolean isReadOnly() {
    return keeper == null;
  }

  /**
   * From now on the directory is told about every second, and when this is closed, what this
   * process counts; so are others that ask for the {@link #state}.
   *
   * @param counters what was counted so far of each registered function, by its id and then by
   *     name: letters, digits, dots and underscores; never less than before. Called by any thread;
   *     must not block. Not called in a process that only reads, which tells nobody
   */
  public void countWith(Supplier<Map<Long, Map<String, Long>>> counters) {
    if (keeper != null) {
      keeper.counters().countWith(counters);
    }
  }

  /**
   * How the directory is, with all that this process has counted; null if it is closed or only
   * read, or if no primary answers within the time that a call would wait for one.
   *
   * @throws dev.memo.failure.DirectoryUnavailableException if what it answers is not understood
   */
  public @Nullable DirectoryState state() {
    try {
      return keeper == null ? null : keeper.state();
    } catch (DirectoryClosedException e) {
      return null;
    }
  }

  /**
   * Waits for operations under way, then leaves the directory to the others. May be called again.
   */
  @Override
  public synchronized void close() {
    PrivateThread.run("memo closes " + path, closers::close);
  }
}
