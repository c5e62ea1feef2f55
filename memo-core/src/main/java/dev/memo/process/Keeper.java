package dev.memo.process;

import dev.memo.failure.DirectoryException;
import dev.memo.failure.StoreException;
import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Message;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds this process its role in the directory, and another one when that has ended: it leads if it
 * can have the lock, else it follows whoever has it.
 *
 * <p>Two threads: one elects, opens, connects and cleans up, all of which may block; the other one,
 * the pulse, gives and checks signs of life, and never blocks. All locks and channels are theirs.
 */
final class Keeper implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int TICKS_PER_BEAT = 4;
  private static final int BEATS_PER_SWEEP = 10;

  /** How long a process that ends waits for the primary to take its counters. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final DirectorySettings settings;
  private final Times times;
  private final Leadership.Rules rules;
  private final Member member;
  private final MemberEpochs epochs;
  private final Spool spool;
  private final OwnCounters counters;
  private final AtomicLong folded = new AtomicLong();
  private final Thread keeper;
  private final Thread pulse;

  // of the keeper only, once it has started
  private Layout layout;
  private Object inode;
  private long nextReplay = System.nanoTime();
  private long nextSweep = System.nanoTime();
  private long counted = System.nanoTime() - LOOK_NANOS;

  private volatile MemberFolder folder; // written by the keeper
  private volatile @Nullable Leadership leadership; // written by the keeper
  private volatile @Nullable Connection following; // written by the keeper
  private volatile boolean mustFold;
  private volatile @Nullable String lastWarning;
  private volatile long leadingSince;
  private volatile boolean closed;

  Keeper(
      Layout layout,
      DirectorySettings settings,
      Times times,
      Leadership.Rules rules,
      MemberFolder folder,
      Member member,
      MemberEpochs epochs,
      Spool spool)
      throws IOException {
    this.layout = layout;
    this.inode = inode(layout);
    this.settings = settings;
    this.times = times;
    this.rules = rules;
    this.folder = folder;
    this.member = member;
    this.epochs = epochs;
    this.spool = spool;
    this.counters =
        new OwnCounters(() -> Map.of(DirectoryState.FOLDED, spool.replayed() + folded.get()));
    this.keeper = new Thread(this::keep, "memo keeps " + layout.root());
    this.pulse = new Thread(this::beat, "memo beats for " + layout.root());
    keeper.setDaemon(true);
    pulse.setDaemon(true);
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
      warnOfSilence();
    }
    keeper.start();
  }

  private void warnOfSilence() {
    warn(
        "The process that owns "
            + layout.root()
            + " does not answer: calls compute, and what they return is stored when it does",
        null);
  }

  /** Says what is wrong, once until something else is. */
  private void warn(String what, @Nullable Throwable cause) {
    if (!what.equals(lastWarning)) {
      lastWarning = what;
      LOG.log(Level.WARNING, what, cause);
    }
  }

  private void assume(Role role, String what) {
    member.assume(role);
    lastWarning = null;
    LOG.log(Level.DEBUG, "{0}: this process {1}", layout.root(), what);
  }

  private void keep() {
    while (!closed) {
      long pauseNanos = LOOK_NANOS;
      boolean goesOn = false;
      try {
        requireSameDirectory();
        if (member.role() != null) {
          tidy();
          goesOn = mustFold;
        } else if (!seek()) {
          // not all at the same moment
          pauseNanos = TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(5, 40));
        }
      } catch (LostPrimaryException e) {
        LOG.log(Level.DEBUG, "The primary of " + layout.root() + " has gone", e);
      } catch (Throwable e) { // whatever it is, this thread has to go on
        if (!closed) {
          warn("Cannot use " + layout.root() + " at the moment, so calls compute: " + e, e);
        }
      }
      if (!closed && !goesOn) {
        LockSupport.parkNanos(this, pauseNanos);
      }
    }
  }

  /** Tries to get a role; false if there is none at the moment. */
  private boolean seek() {
    step();
    OwnerLock lock = OwnerLock.tryAcquire(layout);
    try {
      if (lock != null) {
        lead(lock);
        return true;
      }
      return follow();
    } catch (IOException | LostPrimaryException e) {
      LOG.log(Level.DEBUG, "No primary of " + layout.root() + " yet", e);
      step();
      return false;
    }
  }

  private void lead(OwnerLock lock) throws IOException {
    Leadership begun = Leadership.begin(layout, lock, settings, rules);
    leadingSince = System.nanoTime(); // before the pulse sees it, which ends the grace
    leadership = begun;
    epochs.map(begun.page());
    member.announceTo(begun.role());
    Set<String> live = MemberFolder.sweep(layout);
    live.remove(folder.name());
    leadingSince = System.nanoTime();
    begun.serve(live, this::sessionEnded);
    requireSocket(begun);
    member.replay(begun.role());
    assume(begun.role(), "is the primary");
    mustFold = true;
  }

  private void requireSocket(Leadership leading) {
    try {
      leading.requireSocket();
    } catch (IOException e) {
      warn(
          "No other process can share "
              + layout.root()
              + " at the moment, because its socket cannot be opened: others compute, and this one"
              + " tries again",
          e);
    }
  }

  private void sessionEnded() {
    mustFold = true;
    LockSupport.unpark(keeper);
  }

  private boolean follow() throws IOException {
    Owner owner = Owner.read(layout.owner());
    if (owner == null || owner.socket() == null) {
      return false;
    }
    ControlPage page = ControlPage.openToRead(layout.control());
    if (owner.directoryId() != null && member.knowsNothing()) {
      // before it answers, which it may not for long: results can go to the spool already
      epochs.map(page);
      member.know(owner.directoryId());
    }
    Path socket = layout.sockets().resolve(Path.of(owner.socket()).getFileName());
    RemotePrimary primary =
        RemotePrimary.introduce(connect(socket), folder.name(), owner.epoch(), page, this::watch);
    Role.Following role = new Role.Following(primary);
    primary.whenEnded(
        () -> {
          member.leave(role);
          LockSupport.unpark(keeper);
        });
    epochs.map(page);
    member.announceTo(role);
    primary.attached();
    member.replay(role);
    assume(role, "follows " + owner);
    if (primary.hasEnded()) {
      member.leave(role);
    }
    return true;
  }

  /** From now on the connection is ended when it is silent, or when this is closed. */
  private void watch(Connection connection) {
    following = connection;
    if (closed) {
      connection.close(); // close() may have come too early to see it
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

  /** What there is to do from time to time. */
  private void tidy() throws IOException {
    Leadership leading = leadership;
    Role role = member.role();
    member.running().endAbandoned();
    if (role != null && member.hasSpooled() && System.nanoTime() - nextReplay >= 0) {
      if (!member.replay(role)) {
        nextReplay = System.nanoTime() + REFUSED_NANOS; // the disk is full, most likely
      }
    }
    if (leading != null) {
      requireSocket(leading);
    }
    if (leading != null && System.nanoTime() - nextSweep >= 0) {
      nextSweep = System.nanoTime() + BEATS_PER_SWEEP * times.beat().toNanos();
      sweepTombstones(leading);
    }
    if (leading != null && mustFold) {
      mustFold = false;
      LocalPrimary primary = leading.role().primary();
      primary.counters().retain(MemberFolder.sweep(layout));
      folded.addAndGet(Spool.fold(layout.spool(), leading.role().directoryId(), primary).stored());
    }
    if (role != null && System.nanoTime() - counted >= LOOK_NANOS / 10 * 9) {
      counted = System.nanoTime();
      tellIfPossible(role);
      if (leading != null) {
        leading.role().primary().counters().write();
      }
    }
  }

  /** What this process counts; and how the directory is, null if no primary answers. */
  OwnCounters counters() {
    return counters;
  }

  @Nullable DirectoryState state() {
    return member.state(this::tell);
  }

  /**
   * Tells what this process counted, if the database of whoever leads allows.
   *
   * @throws LostPrimaryException if the connection ends
   */
  private void tell(Role role) {
    try {
      counters.tell(counts -> role.count(folder.name(), counts));
    } catch (StoreException e) {
      LOG.log(Level.DEBUG, "The primary takes no counters yet", e); // it is told again
    }
  }

  /** Tells it for the last time, but does not wait long for whoever may be stopped. */
  private void tellLast() {
    Role role = member.role();
    if (role instanceof Role.Following) {
      Thread teller = new Thread(() -> tellIfPossible(role), "memo tells what it counted");
      teller.setDaemon(true);
      teller.start();
      try {
        teller.join(LAST_WORDS.toMillis());
      } catch (InterruptedException e) {
        throw new AssertionError("closing runs on a private thread", e);
      }
    }
  }

  private void tellIfPossible(Role role) {
    try {
      tell(role);
    } catch (LostPrimaryException e) {
      LOG.log(Level.DEBUG, "Nobody is there to be told what was counted", e);
    }
  }

  /** Old ones cost space only, so whatever is in doubt keeps them all. */
  private void sweepTombstones(Leadership leading) throws IOException {
    Server server = leading.server();
    long oldest = Math.min(leading.role().primary().oldestStart(), member.oldestStart());
    Set<String> live = MemberFolder.sweep(layout);
    if (server == null || Spool.isLeft(layout.spool(), live)) {
      return;
    }
    live.remove(folder.name());
    oldest = Math.min(oldest, server.oldestStart(live));
    leading.role().primary().tombstones().sweep(oldest);
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
    warn(
        "The directory "
            + layout.root()
            + " was deleted while it was open, or its locks were: it is opened again",
        null);
    step();
    layout = Admission.admit(layout.root(), settings);
    folder.forget();
    folder = MemberFolder.make(layout);
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
    Connection connection = following;
    following = null;
    if (connection != null) {
      connection.close();
    }
    Leadership leading = leadership;
    leadership = null;
    if (leading != null) {
      try {
        tellIfPossible(leading.role());
      } finally {
        leading.close();
      }
    }
  }

  private void beat() {
    long tickNanos = times.beat().toNanos() / TICKS_PER_BEAT;
    long last = System.nanoTime();
    for (int tick = 0; !closed; tick++) {
      LockSupport.parkNanos(this, tickNanos);
      long now = System.nanoTime();
      try {
        tick(now - last, tick % TICKS_PER_BEAT == 0);
      } catch (Throwable e) { // without its pulse this process would lose its claims
        warn("This process may seem silent to those that share " + layout.root(), e);
      }
      last = now;
    }
  }

  private void tick(long sinceLastNanos, boolean beats) {
    Leadership leading = leadership;
    Connection connection = following;
    if (sinceLastNanos > times.silence().toNanos() / 2) {
      restartSilence(leading, connection); // this process was paused
    }
    if (leading != null && System.nanoTime() - leadingSince > times.grace().toNanos()) {
      endGrace(leading.grace());
    }
    if (beats) {
      beat(leading, connection);
    }
  }

  /** On a thread of its own: whoever was deferred is answered with what the database says. */
  private static void endGrace(Grace grace) {
    if (grace.expire()) {
      Thread thread = new Thread(grace::end, "memo ends the grace");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void restartSilence(@Nullable Leadership leading, @Nullable Connection connection) {
    member.restartSilence();
    Server server = leading == null ? null : leading.server();
    if (server != null) {
      server.restartSilence();
    }
    if (connection != null) {
      connection.restartSilence();
    }
  }

  private void beat(@Nullable Leadership leading, @Nullable Connection connection) {
    Server server = leading == null ? null : leading.server();
    if (server != null) {
      server.beat(times.lease().toNanos());
    }
    if (connection != null && connection.silentNanos() > times.silence().toNanos()) {
      member.detach();
      warnOfSilence();
      connection.close(new IOException("the primary was silent for " + times.silence()));
    } else if (connection != null) {
      connection.send(0, new Message.Beat(member.oldestStart()));
    }
  }

  /** Ends the role and the member; another process takes over. */
  @Override
  public void close() {
    tellLast();
    closed = true;
    LockSupport.unpark(keeper);
    LockSupport.unpark(pulse);
    Connection connection = following;
    if (connection != null) {
      connection.close(); // the keeper may be waiting for it
    }
    join(keeper);
    join(pulse);
    Closers closers = new Closers();
    closers.add(folder::close);
    closers.add(spool::close);
    closers.add(this::step);
    // not before the keeper has ended: it would seek another role
    closers.add(member::close);
    closers.close();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError("closing runs on a private thread", e);
    }
  }
}
