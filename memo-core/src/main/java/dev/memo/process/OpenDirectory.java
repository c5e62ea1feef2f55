package dev.memo.process;

import dev.memo.claims.Primary;
import dev.memo.claims.Stored;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.StoreException;
import dev.memo.process.LocalPrimary.Outdating;
import dev.memo.store.Durability;
import dev.memo.store.RocksStore;
import dev.memo.store.Store;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Predicate;

/** A directory that this process has open. Thread-safe. */
public final class OpenDirectory implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final long BALLAST_BYTES = 2 * RocksStore.WRITE_BUFFER_BYTES;

  private final Path path;
  private final UUID id;
  private final LocalPrimary primary;

  private final Closers closers; // guarded by this

  private OpenDirectory(Path path, UUID id, LocalPrimary primary, Closers closers) {
    this.path = path;
    this.id = id;
    this.primary = primary;
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
    OpenDirectory open =
        PrivateThread.call(
            "memo opens " + directory, () -> doOpen(directory, settings, intact, outdating));
    LOG.log(Level.INFO, "Opened the directory {0}", open.path);
    return open;
  }

  private static OpenDirectory doOpen(
      Path directory, DirectorySettings settings, Predicate<Stored> intact, Outdating outdating) {
    Layout layout = Admission.admit(directory, settings);
    Closers closers = new Closers();
    try {
      return openAll(layout, settings, intact, outdating, closers);
    } catch (RuntimeException | Error e) {
      closers.closeAfter(e);
      throw e;
    }
  }

  private static OpenDirectory openAll(
      Layout layout,
      DirectorySettings settings,
      Predicate<Stored> intact,
      Outdating outdating,
      Closers closers) {
    closers.add(OwnerLock.acquire(layout)::close);
    try {
      Ballast ballast = new Ballast(layout.ballast(), BALLAST_BYTES);
      closers.add(ballast::takeBack); // whether the opening fails or not
      ballast.makeRoom();
      ControlPage page = takeOver(layout);
      Store store = new Database(layout, page, settings.durability(), ballast).open();
      closers.add(store::close);
      if (settings.durability() == Durability.POWER_LOSS) {
        layout.forceWay(); // the database forces the names inside its own folder
      }
      ballast.make();
      UUID id = directoryId(new Meta(store));
      LocalPrimary primary = new LocalPrimary(layout.root(), store, page, intact, outdating);
      closers.add(primary::close);
      return new OpenDirectory(layout.root(), id, primary, closers);
    } catch (StoreException e) {
      throw new DirectoryException("cannot open " + layout.root() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw Refusals.because("open the directory", layout.root(), e);
    }
  }

  /** Tells the others who is the owner now, and that what they know is old. */
  private static ControlPage takeOver(Layout layout) throws IOException {
    Owner former = Owner.read(layout.owner());
    ControlPage page =
        ControlPage.openAsOwner(layout.control(), former == null ? 0 : former.epoch());
    Owner.thisProcess(page.ownerEpoch()).write(layout.owner());
    return page;
  }

  private static UUID directoryId(Meta meta) {
    UUID id = meta.directoryId();
    if (id == null) {
      id = UUID.randomUUID();
      meta.writeDirectoryId(id);
    }
    return id;
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
    return id;
  }

  /** Who answers the calls of this process. */
  public Primary primary() {
    return primary;
  }

  /**
   * Waits for operations under way, then closes the database and frees the lock. May be called
   * again.
   */
  @Override
  public synchronized void close() {
    PrivateThread.run("memo closes " + path, closers::close);
  }
}
