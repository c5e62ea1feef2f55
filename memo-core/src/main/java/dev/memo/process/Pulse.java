package dev.memo.process;

import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives the signs of life of this process, and parts from those that give none, on a thread of its
 * own that never blocks. It also ends the grace of a new primary.
 */
final class Pulse implements AutoCloseable {
  private static final int TICKS_PER_BEAT = 4;

  private final Path directory;
  private final Times times;
  private final Member member;
  private final Warnings warnings;
  private final Message.Beat nothing;
  private final Thread thread;

  // each is written by the keeper
  private volatile @Nullable Leadership leading;
  private volatile @Nullable Connection following;
  private volatile long leadingSince;
  private volatile boolean closed;

  /**
   * @param directory for messages
   */
  Pulse(Path directory, Times times, Member member, Warnings warnings) {
    this.directory = directory;
    this.times = times;
    this.member = member;
    this.warnings = warnings;
    // its classes are loaded now: later there may be no descriptor left to read them by
    this.nothing = new Message.Beat(Long.MAX_VALUE);
    this.thread = new Thread(this::run, "memo beats for " + directory);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** This process leads, and serves others: the grace of this primary is counted from now on. */
  void lead(Leadership begun) {
    leadingSince = System.nanoTime(); // first, because the pulse ends the grace
    leading = begun;
  }

  /** This process follows; the connection is ended when it is silent, or when this is closed. */
  void follow(Connection connection) {
    following = connection;
    if (closed) {
      connection.close(); // close() may have come too early to see it
    }
  }

  /** This process has no role; ends the connection that it had. */
  void rest() {
    leading = null;
    Connection connection = following;
    following = null;
    if (connection != null) {
      connection.close();
    }
  }

  private void run() {
    long tickNanos = times.beat().toNanos() / TICKS_PER_BEAT;
    long last = System.nanoTime();
    for (int tick = 0; !closed; tick++) {
      LockSupport.parkNanos(this, tickNanos);
      long now = System.nanoTime();
      try {
        tick(now - last, tick % TICKS_PER_BEAT == 0);
      } catch (Throwable e) { // without its pulse this process would lose its claims
        explain(e);
      }
      last = now;
    }
  }

  private void explain(Throwable e) {
    try {
      warnings.warn("This process may seem silent to those that share " + directory, e);
    } catch (Throwable again) {
      // a heap that is full has no place for words either: what is still wrong later is told then
    }
  }

  private void tick(long sinceLastNanos, boolean beats) {
    Leadership leads = leading;
    Server server = leads == null ? null : leads.server();
    Connection connection = following;
    if (sinceLastNanos > times.silence().toNanos() / 2) {
      restartSilence(server, connection); // this process was paused
    }
    if (leads != null && System.nanoTime() - leadingSince > times.grace().toNanos()) {
      leads.grace().expire(Pulse::onThread);
    }
    if (beats && server != null) {
      server.beat(times.lease().toNanos(), nothing);
    }
    if (beats && connection != null) {
      beat(connection);
    }
  }

  private void restartSilence(@Nullable Server server, @Nullable Connection connection) {
    member.restartSilence();
    if (server != null) {
      server.restartSilence();
    }
    if (connection != null) {
      connection.restartSilence();
    }
  }

  /** Whoever was deferred is answered with what the database says. */
  private static void onThread(Runnable end) {
    Thread thread = new Thread(end, "memo ends the grace");
    thread.setDaemon(true);
    thread.start();
  }

  private void beat(Connection connection) {
    if (connection.silentNanos() > times.silence().toNanos()) {
      member.detach();
      warnOfSilence();
      connection.close(new IOException("the primary was silent for " + times.silence()));
    } else {
      connection.send(0, new Message.Beat(member.oldestStart()));
    }
  }

  /** Says that nobody answers. */
  void warnOfSilence() {
    warnings.warn(
        "The process that owns "
            + directory
            + " does not answer: calls compute, and what they return is stored when it does",
        null);
  }

  /** Ends the thread, and the connection that the keeper may be waiting for. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    Connection connection = following;
    if (connection != null) {
      connection.close();
    }
    PrivateThread.join(thread);
  }
}
