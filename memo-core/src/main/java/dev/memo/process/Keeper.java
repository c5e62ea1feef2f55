package dev.memo.process;

import dev.memo.failure.DirectoryException;
import dev.memo.process.reads.LiveWriter;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Source;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds this process its role in the directory, and another one when that has ended: it leads if it
 * can have the lock, else it follows whoever has it.
 *
 * <p>Its thread elects, opens, connects and does the {@link Housekeeping}, all of which may block;
 * the {@link Pulse} does not. All locks and channels are theirs.
 */
final class Keeper implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final DirectorySettings settings;
  private final Times times;
  private final Leadership.Rules rules;
  private final Member member;
  private final MemberEpochs epochs;
  private final LocalReads reads;
  private final Warnings warnings = new Warnings();
  private final Housekeeping housekeeping;
  private final Pulse pulse;
  private final Thread thread;
  private final Closers closers = new Closers(); // of whoever closes; filled in advance

  // of the keeper only, once it has started
  private Layout layout;
  private Object inode;
  private @Nullable Leadership leadership;
  private boolean hadRole;

  private volatile MemberFolder folder; // written by the keeper
  private volatile boolean closed;

  Keeper(
      Layout layout,
      DirectorySettings settings,
      Times times,
      Leadership.Rules rules,
      MemberFolder folder,
      Member member,
      MemberEpochs epochs,
      Spool spool,
      LocalReads reads)
      throws IOException {
    this.layout = layout;
    this.inode = inode(layout);
    this.settings = settings;
    this.times = times;
    this.rules = rules;
    this.folder = folder;
    this.member = member;
    this.epochs = epochs;
    this.reads = reads;
    this.housekeeping = new Housekeeping(times, member, warnings);
    this.pulse = new Pulse(layout.root(), times, member, warnings);
    this.thread = new Thread(this::keep, "memo keeps " + layout.root());
    thread.setDaemon(true);
    closers.add(() -> this.folder.close()); // of the moment
    closers.add(reads::close); // it has files in the folder
    closers.add(spool::close);
    closers.add(this::step);
    // not before the keeper has ended: it would seek another role
    closers.add(member::close);
    closers.add(this::endThreads);
    closers.add(this::tellLast);
  }

  /**
   * Looks for a first role, as long as a call would; then goes on in the background.
   *
   * @throws DirectoryException if this process would lead but cannot open the database
   */
  void start() {
    pulse.start();
    long deadline = System.nanoTime() + times.silence().toNanos();
    while (!seek() && System.nanoTime() < deadline) {
      Pauses.pause(Duration.ofMillis(10));
    }
    if (member.role() == null) {
      pulse.warnOfSilence();
    }
    thread.start();
  }

  private void assume(Role role, String what) {
    member.assume(role);
    warnings.clear();
    // the first one is told by who opens the directory
    LOG.log(hadRole ? Level.INFO : Level.DEBUG, "{0}: this process {1}", layout.root(), what);
    hadRole = true;
  }

  private void keep() {
    while (!closed) {
      long pauseNanos = LOOK_NANOS;
      boolean goesOn = false;
      try {
        requireSameDirectory();
        Role role = member.role();
        if (role != null && !hasEnded(role)) {
          housekeeping.tidy(layout, folder.name(), role, leadership);
          goesOn = housekeeping.hasMore();
        } else if (!seek()) {
          // not all at the same moment
          pauseNanos = TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(5, 40));
        }
      } catch (Throwable e) { // whatever it is, this thread has to go on
        explain(e);
      }
      if (!closed && !goesOn) {
        LockSupport.parkNanos(this, pauseNanos);
      }
    }
  }

  /** Who is told of the end of the connection leaves the role, unless there was no memory to. */
  private static boolean hasEnded(Role role) {
    return role instanceof Role.Following following && following.primary().hasEnded();
  }

  private void explain(Throwable e) {
    try {
      if (e instanceof LostPrimaryException) {
        LOG.log(Level.DEBUG, "The primary of " + layout.root() + " has gone", e);
      } else if (!closed) {
        warnings.warn("Cannot use " + layout.root() + " at the moment, so calls compute: " + e, e);
      }
    } catch (Throwable again) {
      // a heap that is full has no place for words either: what is still wrong later is told then
    }
  }

  /** Tries to get a role; false if there is none at the moment. */
  private boolean seek() {
    step();
    OwnerLock lock = OwnerLock.tryAcquire(layout);
    if (lock != null) {
      lead(lock);
      return true;
    }
    try {
      return follow();
    } catch (IOException | LostPrimaryException e) {
      LOG.log(Level.DEBUG, "No primary of " + layout.root() + " yet", e);
      step();
      return false;
    }
  }

  private void lead(OwnerLock lock) {
    Leadership begun = begin(lock);
    leadership = begun;
    epochs.map(begun.page());
    member.announceTo(begun.role());
    try {
      Set<String> live = MemberFolder.sweep(layout);
      live.remove(folder.name());
      begun.serve(live, this::sessionEnded);
      housekeeping.requireSocket(layout, begun);
      pulse.lead(begun); // not before: the grace is counted from when others can come back
      housekeeping.replay(begun.role());
    } catch (IOException e) {
      throw Refusals.because("lead the directory", layout.root(), e);
    }
    assume(begun.role(), "is the primary now, the owner of epoch " + begun.page().ownerEpoch());
    housekeeping.expectLeftovers();
  }

  private Leadership begin(OwnerLock lock) {
    try {
      reads.rest(); // from now on this process has the database itself
      return Leadership.begin(layout, lock, settings, rules);
    } catch (Throwable e) {
      lock.close(); // again, unless it never came so far: nobody else could ever lead
      throw e;
    }
  }

  private void sessionEnded() {
    housekeeping.expectLeftovers();
    LockSupport.unpark(thread);
  }

  private boolean follow() throws IOException {
    Owner owner = Owner.read(layout.owner());
    if (owner == null || owner.socket() == null) {
      return false;
    }
    if (owner.directoryId() != null && member.knowsNothing()) {
      // before it answers, which it may not for long: results can go to the spool already
      epochs.map(ControlPage.openToRead(layout.control()));
      member.know(owner.directoryId());
    }
    Path socket = layout.sockets().resolve(Path.of(owner.socket()).getFileName());
    SocketChannel channel = connect(socket);
    ControlPage page = mapped(channel);
    RemotePrimary primary =
        RemotePrimary.introduce(channel, folder.name(), owner.epoch(), page, pulse::follow);
    Role.Following role = new Role.Following(primary);
    primary.whenEnded(
        () -> {
          member.leave(role);
          LockSupport.unpark(thread);
        });
    epochs.map(page);
    member.announceTo(role);
    primary.attached();
    housekeeping.replay(role);
    LiveWriter writer = new LiveWriter(page, primary::tables);
    reads.follow(new Source(layout.data(), folder.path(), page, owner.epoch(), writer));
    assume(role, "follows " + owner + ", the owner of epoch " + owner.epoch());
    if (primary.hasEnded()) {
      member.leave(role);
    }
    return true;
  }

  /** Not before it is connected: who tries in vain, and often, would leave as many mappings. */
  private ControlPage mapped(SocketChannel channel) throws IOException {
    try {
      return ControlPage.openToRead(layout.control());
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  private static SocketChannel connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      // a primary that is stopped takes no connections, which must not block
      channel.configureBlocking(false);
      if (!SocketAddresses.use(socket, channel::connect)) {
        throw new IOException("the primary is busy");
      }
      channel.configureBlocking(true);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What this process counts. */
  OwnCounters counters() {
    return housekeeping.counters();
  }

  /** How the directory is; null if no primary answers. */
  @Nullable DirectoryState state() {
    return member.state(role -> housekeeping.tell(role, folder.name()));
  }

  private static Object inode(Layout layout) throws IOException {
    Object key = Files.readAttributes(layout.root(), BasicFileAttributes.class).fileKey();
    return Objects.requireNonNullElse(key, layout.root());
  }

  /** Somebody may delete the directory while we have it open, and make another one. */
  private void requireSameDirectory() throws IOException {
    if (isSameDirectory()) {
      return;
    }
    warnings.warn(
        "The directory "
            + layout.root()
            + " was deleted while it was open, or its locks were: it is opened again",
        null);
    step();
    reads.rest();
    layout = Admission.admit(layout.root(), settings);
    folder.forget();
    folder = MemberFolder.make(layout, folder.name());
    inode = inode(layout);
  }

  /** The inode alone does not tell: a new directory may get that of the deleted one. */
  private boolean isSameDirectory() throws IOException {
    Leadership leading = leadership;
    return folder.isInPlace()
        && inode.equals(inode(layout))
        && (leading == null || leading.isInPlace());
  }

  /** Gives up whatever role there is. */
  private void step() {
    Role role = member.role();
    if (role != null) {
      member.leave(role);
    }
    pulse.rest();
    Leadership leading = leadership;
    leadership = null;
    if (leading != null) {
      try {
        housekeeping.tellIfPossible(leading.role(), folder.name());
      } finally {
        leading.close();
      }
    }
  }

  /** Ends the role and the member; another process takes over. */
  @Override
  public void close() {
    closers.close();
  }

  private void tellLast() {
    if (member.role() instanceof Role.Following role) {
      housekeeping.tellLast(role, folder.name());
    }
  }

  private void endThreads() {
    closed = true;
    LockSupport.unpark(thread);
    pulse.close(); // and with it the connection that the keeper may be waiting for
    PrivateThread.join(thread);
  }
}
