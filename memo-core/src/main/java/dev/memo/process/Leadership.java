package dev.memo.process;

import dev.memo.claims.Stored;
import dev.memo.claims.WaitGraph;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.StoreException;
import dev.memo.store.Durability;
import dev.memo.store.RocksStore;
import dev.memo.store.Store;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the primary of a directory has open, as long as it is: the lock, the database, the socket.
 * All of it is made and closed by the {@link Keeper}.
 */
final class Leadership implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final long BALLAST_BYTES = 2 * RocksStore.WRITE_BUFFER_BYTES;

  /**
   * How the primary judges entries and results; tests judge otherwise.
   *
   * @param intact whether the checksum of an entry holds
   * @param counters whether those of before count
   */
  record Rules(Predicate<Stored> intact, Outdating outdating, SharedCounters.Keeping counters) {
    Rules(Predicate<Stored> intact, Outdating outdating) {
      this(intact, outdating, SharedCounters.Keeping.WRITTEN);
    }
  }

  private final Layout layout;
  private final OwnerLock lock;
  private final Closers closers;
  private final ControlPage page;
  private final Role.Leading role;
  private final Grace grace;
  private final Session.Seat seat;
  private volatile @Nullable Server server;

  // of the keeper
  private int sockets;
  private boolean published; // whether others are told of the socket

  private Leadership(
      Layout layout,
      OwnerLock lock,
      Closers closers,
      ControlPage page,
      Role.Leading role,
      Grace grace) {
    this.layout = layout;
    this.lock = lock;
    this.closers = closers;
    this.page = page;
    this.role = role;
    this.grace = grace;
    this.seat =
        new Session.Seat(role.primary(), role.directoryId(), page.ownerEpoch(), WaitGraph.JVM);
  }

  /**
   * Opens the database under the lock, which belongs to the result, and is freed if that fails.
   *
   * @throws DirectoryException if the database cannot be opened
   */
  static Leadership begin(Layout layout, OwnerLock lock, DirectorySettings settings, Rules rules) {
    Closers closers = new Closers();
    closers.add(lock::close);
    try {
      return begin(layout, lock, settings, rules, closers);
    } catch (StoreException e) {
      closers.closeAfter(e);
      throw new DirectoryException("cannot open " + layout.root() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      closers.closeAfter(e);
      throw Refusals.because("open the directory", layout.root(), e);
    } catch (RuntimeException | Error e) {
      closers.closeAfter(e);
      throw e;
    }
  }

  private static Leadership begin(
      Layout layout, OwnerLock lock, DirectorySettings settings, Rules rules, Closers closers)
      throws IOException {
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
    UUID former = new Meta(store).directoryId();
    UUID id = former == null ? newDirectoryId(new Meta(store)) : former;
    Grace grace = new Grace();
    LocalPrimary primary =
        new LocalPrimary(layout.root(), store, page, rules.intact, rules.outdating, grace);
    closers.add(primary::close);
    SharedCounters counters = primary.counters();
    counters.read(rules.counters);
    if (former != null) {
      counters.count(DirectoryState.TAKEOVERS);
    }
    closers.add(counters::write); // after the server, which may still add to them
    publishOpening(layout, page, id);
    return new Leadership(layout, lock, closers, page, new Role.Leading(primary, id), grace);
  }

  /** Tells the others who is the owner now, and that what they know is old. */
  private static ControlPage takeOver(Layout layout) throws IOException {
    Owner former = Owner.read(layout.owner());
    ControlPage page =
        ControlPage.openAsOwner(layout.control(), former == null ? 0 : former.epoch());
    Owner.thisProcess(page.ownerEpoch(), null, null).write(layout.owner());
    return page;
  }

  /** Tells who only reads that the database is as this owner has found or made it. */
  private static void publishOpening(Layout layout, ControlPage page, UUID id) {
    try {
      Owner.thisProcess(page.ownerEpoch(), null, id).write(layout.owner());
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Told when there is a socket: " + layout.root() + " is open", e);
    }
  }

  private static UUID newDirectoryId(Meta meta) {
    UUID id = UUID.randomUUID();
    meta.writeDirectoryId(id);
    return id;
  }

  /**
   * Begins to serve others, as soon as there is a {@linkplain #requireSocket socket}.
   *
   * @param live the names of the other processes that are known to live
   * @param sessionEnded is told when one of them has gone
   */
  void serve(Set<String> live, Runnable sessionEnded) {
    Server made = new Server(seat, grace, live, sessionEnded);
    closers.add(made::close);
    server = made;
  }

  /**
   * Opens a socket and tells where it is, unless there is one.
   *
   * @throws IOException if it cannot be opened: others wait, and then compute
   */
  void requireSocket() throws IOException {
    if (server == null || (published && server.isOpen())) {
      return;
    }
    published = false;
    String name =
        page.ownerEpoch() + "-" + ProcessHandle.current().pid() + "-" + ++sockets + ".sock";
    sweepSockets();
    server.openAt(layout.sockets().resolve(name));
    Owner.thisProcess(page.ownerEpoch(), name, role.directoryId()).write(layout.owner());
    published = true;
  }

  private void sweepSockets() throws IOException {
    if (Files.isDirectory(layout.sockets())) {
      try (var old = Files.list(layout.sockets())) {
        for (Path socket : old.toList()) {
          Files.deleteIfExists(socket);
        }
      }
    }
  }

  /** Whether whoever opens the directory finds this owner. */
  boolean isInPlace() throws IOException {
    return lock.isInPlace();
  }

  Role.Leading role() {
    return role;
  }

  ControlPage page() {
    return page;
  }

  Grace grace() {
    return grace;
  }

  /** Null until it serves. */
  @Nullable Server server() {
    return server;
  }

  @Override
  public void close() {
    closers.close();
  }
}
