package dev.memo.process.wire;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages of an outbox to a channel that does not block.
 *
 * <p>Whoever has added something writes it, and what others add meanwhile: to wake a thread for it
 * would take longer than most messages do. One at a time has the <em>turn</em>: whoever raises
 * {@link #owed} from 0, until it is 0 again. The turn is handed over to a thread of the sender's
 * own when the socket is full, or when it grows longer than a caller should be kept.
 *
 * <p><b>Interrupts</b> of a thread that writes leave the channel alone, as it does not block.
 * <b>Descriptors</b>: two, to wait for room in the socket.
 */
final class Sender {
  /** How often a caller writes for itself and others before the thread goes on. */
  private static final int CALLERS_WRITES = 16;

  private final SocketChannel channel;
  private final Outbox outbox;
  private final Consumer<@Nullable Throwable> end;
  private final Thread thread;

  /** What was added and not seen to yet; more than 0 while somebody has the turn. */
  private final AtomicInteger owed = new AtomicInteger(1); // the turn is taken until begin()

  private volatile boolean handedOver; // the turn, to the thread
  private volatile boolean ending; // what is added already is the last
  private volatile boolean closed;
  private volatile @Nullable Readiness room; // from begin() on

  // of whoever has the turn
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private int writes; // of this turn

  /**
   * @param end is told that nothing more will be sent, and why: null if it was asked for
   */
  Sender(SocketChannel channel, Outbox outbox, String name, Consumer<@Nullable Throwable> end) {
    this.channel = channel;
    this.outbox = outbox;
    this.end = end;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /** The channel does not block any more: what was added before is written, and what will be. */
  void begin() throws IOException {
    buffer = ByteBuffer.allocateDirect(4 * Wire.MAX_FRAME).limit(0);
    Readiness made = Readiness.of(channel, SelectionKey.OP_WRITE);
    room = made;
    if (closed) { // perhaps before it could be told
      made.end();
    }
    startOrClose(made);
    drain();
  }

  /** A selector that nobody closes keeps the socket open, too. */
  private void startOrClose(Readiness made) throws IOException {
    boolean started = false;
    try {
      thread.start();
      started = true;
    } finally {
      if (!started) {
        room = null;
        made.close();
      }
    }
  }

  /** Writes what was added, unless somebody is at it, who will. */
  void flush() {
    if (owed.getAndIncrement() == 0) {
      drain();
    }
  }

  /** Has the thread write what was added, unless somebody is at it: the caller has more to do. */
  void flushElsewhere() {
    if (owed.getAndIncrement() == 0) {
      handOver();
    }
  }

  /**
   * Everything that was added is the last: {@code end} is told when what may be sent of it is
   * written. (Of a large message only the beginning may, before the peer asks for more.)
   */
  void endAfterwards() {
    ending = true;
    flush();
  }

  private void handOver() {
    handedOver = true;
    LockSupport.unpark(thread);
  }

  private void drain() {
    writes = 0;
    if (!writeAll()) {
      handOver();
    }
  }

  /** Ends the turn when nothing is left, or keeps it and returns false. */
  private boolean writeAll() {
    try {
      int seen;
      do {
        seen = owed.get();
        boolean last = ending; // before the outbox is found empty
        if (!writeSome()) {
          return false;
        }
        if (last) {
          end.accept(null);
        }
      } while (owed.addAndGet(-seen) != 0);
    } catch (IOException | RuntimeException | Error e) {
      end.accept(e); // and the turn is nobody's any more
    }
    return true;
  }

  /** Returns false if more is left than the socket, or a caller, takes at once. */
  private boolean writeSome() throws IOException {
    while (writes++ < CALLERS_WRITES) {
      if (!buffer.hasRemaining()) {
        outbox.fill(buffer.clear());
        buffer.flip();
      }
      if (!buffer.hasRemaining()) {
        return true;
      }
      channel.write(buffer);
      if (buffer.hasRemaining()) {
        return false;
      }
    }
    return false;
  }

  private void run() {
    try (Readiness room = requireNonNull(this.room)) {
      while (!closed) {
        if (handedOver) {
          handedOver = false;
          writePatiently(room);
        } else {
          LockSupport.park(this);
          Readiness.forgetInterrupt();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      end.accept(e);
    }
  }

  private void writePatiently(Readiness room) throws IOException {
    writes = 0;
    while (!closed && !writeAll()) {
      writes = 0;
      if (buffer.hasRemaining()) {
        room.await();
      }
    }
  }

  /** Ends the thread; nothing more is written. */
  void close() {
    closed = true;
    LockSupport.unpark(thread);
    Readiness waiting = room;
    if (waiting != null) {
      waiting.end();
    }
  }

  /** Waits until the thread has ended. */
  void awaitEnd() throws InterruptedException {
    thread.join();
  }
}
