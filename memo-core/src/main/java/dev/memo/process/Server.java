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
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;

/** The socket of the primary, and a {@link Session} for each process that has connected to it. */
final class Server implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private final Path socket;
  private final ServerSocketChannel channel;
  private final Session.Seat seat;
  private final Grace grace;
  private final Runnable sessionEnded;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final Set<String> awaited = new HashSet<>(); // guarded by this
  private final Thread acceptor;
  private volatile boolean closed;

  /**
   * Begins to serve.
   *
   * @param awaited the names of the processes that must have introduced themselves before claims
   *     are granted
   * @param sessionEnded is told when a process has gone
   */
  Server(Path socket, Session.Seat seat, Grace grace, Set<String> awaited, Runnable sessionEnded)
      throws IOException {
    this.socket = socket;
    this.seat = seat;
    this.grace = grace;
    this.awaited.addAll(awaited);
    this.sessionEnded = sessionEnded;
    Files.createDirectories(socket.getParent());
    this.channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    SocketAddresses.use(socket, channel::bind);
    this.acceptor = new Thread(this::accept, "memo accepts processes");
    acceptor.setDaemon(true);
    acceptor.start();
    if (awaited.isEmpty()) {
      grace.end();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        serve(channel.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.log(Level.WARNING, "Cannot accept a process at " + socket, e);
        Pauses.pause(Duration.ofMillis(100)); // no descriptor is left, for instance
      }
    }
  }

  private void serve(SocketChannel peer) throws IOException {
    String user = peer.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    String owner = Files.getOwner(socket).getName();
    if (!user.equals(owner)) {
      LOG.log(Level.WARNING, "Refused a process of user {0} at {1}", user, socket);
      peer.close();
      return;
    }
    Session session = new Session(peer, seat, this::attached, this::ended);
    sessions.add(session);
    session.connection().start();
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

  /** Gives a sign of life to all, and parts from those that have given none for too long. */
  void beat(long leaseNanos) {
    for (Session session : sessions) {
      if (session.connection().silentNanos() > leaseNanos) {
        String name = session.member();
        if (name != null) { // else it never introduced itself, and has none
          LOG.log(Level.WARNING, "The process {0} is silent: its claims end", name);
        }
        session.connection().close();
      } else {
        session.connection().send(0, new Message.Beat(Long.MAX_VALUE));
      }
    }
  }

  void restartSilence() {
    sessions.forEach(session -> session.connection().restartSilence());
  }

  @Override
  public void close() {
    closed = true;
    try {
      channel.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw Refusals.because("close", socket, e);
    } finally {
      sessions.forEach(session -> session.connection().close());
    }
  }
}
