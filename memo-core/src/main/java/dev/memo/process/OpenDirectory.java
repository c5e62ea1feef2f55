package dev.memo.process;

import dev.memo.claims.Primary;
import dev.memo.claims.Stored;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.process.LocalPrimary.Outdating;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.SecondaryReads;
import dev.memo.store.Durability;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A directory that this process has open, with any number of others. One of them, the primary, has
 * its database open; when that one goes, another takes its place. Thread-safe.
 */
public final class OpenDirectory implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private final Path path;
  private final Member member;
  private final Keeper keeper;
  private final Closers closers; // guarded by this

  private OpenDirectory(Path path, Member member, Keeper keeper, Closers closers) {
    this.path = path;
    this.member = member;
    this.keeper = keeper;
    this.closers = closers;
  }

  /**
   * Opens the directory, or makes it.
   *
   * @throws DirectoryException if it cannot be opened; no result in it was removed
   */
  public static OpenDirectory open(Path directory, DirectorySettings settings) {
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
      ExecutorService again =
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "memo asks again");
                thread.setDaemon(true);
                return thread;
              });
      closers.add(again::shutdown);
      Member member = new Member(layout.root(), times.silence(), spool, epochs, reads, again);
      Keeper keeper =
          new Keeper(layout, settings, times, rules, folder, member, epochs, spool, reads);
      closers.add(keeper::close);
      keeper.start();
      return new OpenDirectory(layout.root(), member, keeper, closers);
    } catch (IOException e) {
      closers.closeAfter(e);
      throw Refusals.because("open the directory", layout.root(), e);
    } catch (RuntimeException | Error e) {
      closers.closeAfter(e);
      throw e;
    }
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
    return member.directoryId();
  }

  /** Who answers the calls of this process. */
  public Primary primary() {
    return member;
  }

  /**
   * From now on the directory is told about every second, and when this is closed, what this
   * process counts; so are others that ask for the {@link #state}.
   *
   * @param counters what was counted so far of each registered function, by its id and then by
   *     name: letters, digits, dots and underscores; never less than before. Called by any thread;
   *     must not block.
   */
  public void countWith(Supplier<Map<Long, Map<String, Long>>> counters) {
    keeper.counters().countWith(counters);
  }

  /**
   * How the directory is, with all that this process has counted; null if it is closed, or if no
   * primary answers within the time that a call would wait for one.
   */
  public @Nullable DirectoryState state() {
    try {
      return keeper.state();
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
