package dev.memo.process;

import dev.memo.process.wire.Message;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The socket of the primary, and a {@link Session} for each process that has connected to it. The
 * sessions outlive the socket, which somebody may delete.
 *
 * <p>The socket is opened and closed by one thread, the keeper's; all else is thread-safe.
 */
final class Server implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Session.Seat seat;
  private final Grace grace;
  private final Runnable sessionEnded;
  private final Entrance entrance;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final Set<String> awaited = new HashSet<>(); // guarded by this
  private final Warnings warnings = new Warnings();
  private @Nullable Door door;
  private volatile boolean closed;

  /** Says who may come in at a socket. */
  @FunctionalInterface
  interface Entrance {
    boolean admits(SocketChannel peer, Path socket) throws IOException;
  }

  /** What processes come in by. */
  private record Door(Path socket, ServerSocketChannel channel, AtomicBoolean accepts) {

    static Door open(Path socket) throws IOException {
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        SocketAddresses.use(socket, channel::bind);
        return new Door(socket, channel, new AtomicBoolean(true));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }

    void close() throws IOException {
      channel.close();
      Files.deleteIfExists(socket);
    }
  }

  /**
   * @param awaited the names of the processes that must have introduced themselves before claims
   *     are granted
   * @param sessionEnded is told when a process has gone
   */
  Server(Session.Seat seat, Grace grace, Set<String> awaited, Runnable sessionEnded) {
    this(seat, grace, awaited, sessionEnded, Server::isOfOurUser);
  }

  Server(
      Session.Seat seat,
      Grace grace,
      Set<String> awaited,
      Runnable sessionEnded,
      Entrance entrance) {
    this.entrance = entrance;
    this.seat = seat;
    this.grace = grace;
    this.awaited.addAll(awaited);
    this.sessionEnded = sessionEnded;
    if (awaited.isEmpty()) {
      grace.end();
    }
  }

  /** Whether processes find the socket. */
  boolean isOpen() {
    return door != null && door.accepts.get() && Files.exists(door.socket);
  }

  /** Lets processes in at this socket, which must not exist, and no longer at the one before. */
  void openAt(Path socket) throws IOException {
    Files.createDirectories(socket.getParent());
    Door opened = Door.open(socket);
    try {
      Thread acceptor = new Thread(() -> accept(opened), "memo accepts processes");
      acceptor.setDaemon(true);
      acceptor.start();
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
    Door former = door;
    door = opened;
    if (former != null) {
      former.close();
    }
  }

  private void accept(Door door) {
    try {
      acceptAll(door);
    } finally {
      door.accepts.set(false); // whatever ended it, the keeper opens another one
    }
  }

  private void acceptAll(Door door) {
    while (!closed) {
      try {
        serve(door.channel.accept(), door);
      } catch (ClosedChannelException e) {
        return;
      } catch (Throwable e) { // whatever is wrong with one process, or for a while
        warnings.warn("Cannot accept processes at " + door.socket + " at the moment", e);
        LockSupport.parkNanos(PAUSE_NANOS); // no descriptor is left, for instance
      }
    }
  }

  private void serve(SocketChannel peer, Door door) throws IOException {
    boolean served = false;
    try {
      if (entrance.admits(peer, door.socket)) {
        begin(peer);
        served = true;
      }
    } finally {
      if (!served) { // whatever it was: nothing else knows of the channel
        peer.close();
      }
    }
  }

  private static boolean isOfOurUser(SocketChannel peer, Path socket) throws IOException {
    String user = peer.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    if (user.equals(Files.getOwner(socket.getParent()).getName())) {
      return true;
    }
    LOG.log(Level.WARNING, "Refused a process of user {0} at {1}", user, socket);
    return false;
  }

  private void begin(SocketChannel peer) {
    Session session = new Session(peer, seat, this::attached, this::ended);
    boolean begun = false;
    try {
      sessions.add(session);
      session.connection().start();
      begun = true;
    } finally {
      if (!begun) {
        session.connection().close();
        sessions.remove(session);
      }
    }
    if (closed) {
      session.connection().close();
    }
  }

  private void attached(Session session) {
    boolean last;
    synchronized (this) {
      awaited.remove(session.member());
      last = awaited.isEmpty();
    }
    if (last) {
      grace.end();
    }
  }

  private void ended(Session session) {
    sessions.remove(session);
    sessionEnded.run();
  }

  Set<Session> sessions() {
    return sessions;
  }

  /**
   * No result that one of these processes, or one whose connection has not ended yet, may still
   * send has a smaller start.
   *
   * @param live the names of the processes
   * @return 0 if one of them has not said
   */
  long oldestStart(Set<String> live) {
    Set<String> silent = new HashSet<>(live);
    long oldest = Long.MAX_VALUE;
    for (Session session : sessions) {
      String name = session.member();
      if (name != null) { // else it can have sent no result yet
        silent.remove(name);
        oldest = Math.min(oldest, session.oldestStart());
      }
    }
    return silent.isEmpty() ? oldest : 0;
  }

  /** Gives a sign of life to all, and parts from those that have given none for too long. */
  void beat(long leaseNanos, Message.Beat sign) {
    for (Session session : sessions) {
      if (session.connection().silentNanos() > leaseNanos) {
        String name = session.member();
        if (name != null) { // else it never introduced itself, and has none
          LOG.log(Level.WARNING, "The process {0} is silent: its claims end", name);
        }
        session.connection().close();
      } else {
        session.connection().send(0, sign);
      }
    }
  }

  void restartSilence() {
    sessions.forEach(session -> session.connection().restartSilence());
  }

  @Override
  public void close() {
    closed = true;
    sessions.forEach(Session::keepClaims);
    Door open = door;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw Refusals.because("close", open.socket, e);
    } finally {
      sessions.forEach(session -> session.connection().close());
    }
  }
}
