package dev.memo.process.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A socket to another process of the directory, with a thread that reads and one that writes.
 *
 * <p><b>Threads</b>: any thread may send; none of those that send touches the channel, because an
 * interrupt would close it. The listener is called by the reading thread. <b>Failure</b>: the first
 * failure, or the end of the stream, closes the connection, which the listener is told once.
 */
public final class Connection implements AutoCloseable {
  private static final int BUFFER = 4 * Wire.MAX_FRAME;

  /** What becomes of what is received. */
  public interface Listener {
    void received(int stream, Message message);

    /** All that has arrived was received; what comes next may take its time. */
    default void drained() {}

    /**
     * The connection has ended, and nothing more will be received.
     *
     * @param why null if this side closed it
     */
    void ended(@Nullable Throwable why);
  }

  private final SocketChannel channel;
  private final Listener listener;
  private final Outbox outbox = new Outbox();
  private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
  private final Thread reader;
  private final Thread writer;
  private volatile boolean closed;
  private volatile boolean writerParks;
  private volatile long lastReceived = System.nanoTime();
  private volatile boolean receiving; // the listener is called, which may take its time
  private volatile boolean ending; // what is sent already is the last

  /**
   * Takes over a connected channel.
   *
   * @param name of its threads, for people who read thread dumps
   */
  public Connection(SocketChannel channel, String name, Listener listener) {
    this.channel = channel;
    this.listener = listener;
    this.reader = new Thread(this::read, name + " reads");
    this.writer = new Thread(this::write, name + " writes");
    reader.setDaemon(true);
    writer.setDaemon(true);
  }

  /** Begins to read and to write. */
  public void start() {
    reader.start();
    writer.start();
  }

  /** Sends a message; it is dropped if the connection has ended. The bytes are not copied. */
  public void send(int stream, Message message) {
    outbox.add(Outgoing.of(stream, message));
    wakeWriter();
  }

  /** Sends a message as the last one: the connection ends when it is written. */
  public void sendLast(int stream, Message message) {
    outbox.add(Outgoing.of(stream, message));
    ending = true;
    LockSupport.unpark(writer);
  }

  /** How many messages wait to be sent, beside large ones that the peer is taking. */
  public int unsent() {
    return outbox.unsent();
  }

  /** How many bytes of messages wait to be sent. */
  public long unsentBytes() {
    return outbox.unsentBytes();
  }

  /** For how long nothing was received. While the listener is at work more may be waiting. */
  public long silentNanos() {
    return receiving ? 0 : System.nanoTime() - lastReceived;
  }

  /** Begins to measure the silence anew: this process itself was paused. */
  public void restartSilence() {
    lastReceived = System.nanoTime();
  }

  public boolean isClosed() {
    return closed;
  }

  private void read() {
    try {
      Inbox inbox =
          new Inbox(
              listener::received,
              stream -> {
                outbox.giveCredit(stream);
                wakeWriter();
              });
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
      while (true) {
        if (channel.read(buffer) < 0) {
          throw new EOFException("the peer closed the connection");
        }
        receiving = true;
        buffer.flip();
        while (takeFrame(buffer, inbox)) {}
        listener.drained();
        buffer.compact();
        lastReceived = System.nanoTime();
        receiving = false;
      }
    } catch (IOException | RuntimeException | Error e) {
      close(e);
    } finally {
      listener.ended(end.get());
    }
  }

  private boolean takeFrame(ByteBuffer buffer, Inbox inbox) throws IOException {
    if (buffer.remaining() < Wire.HEAD) {
      return false;
    }
    int length = buffer.getInt(buffer.position());
    if (length < Wire.HEAD_AFTER_LENGTH || length > Wire.MAX_FRAME - Integer.BYTES) {
      throw new WireException("a frame of " + length + " bytes");
    }
    if (buffer.remaining() - Integer.BYTES < length) {
      return false;
    }
    buffer.getInt();
    int code = buffer.get() & 0xFF;
    int stream = buffer.getInt();
    if (code == Kind.CREDIT.code()) {
      buffer.position(buffer.position() + length - Wire.HEAD_AFTER_LENGTH);
      outbox.credit(stream);
      wakeWriter();
      return true;
    }
    byte[] payload = new byte[length - Wire.HEAD_AFTER_LENGTH];
    buffer.get(payload);
    inbox.frame(code, stream, payload);
    return true;
  }

  private void write() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    try {
      while (!closed) {
        outbox.fill(buffer.clear());
        if (buffer.position() == 0 && ending && !outbox.hasWork()) {
          close();
        } else if (buffer.position() == 0) {
          park();
        } else {
          buffer.flip();
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      close(e);
    }
  }

  private void park() {
    writerParks = true;
    if (!outbox.hasWork() && !closed && !ending) {
      LockSupport.park(this);
    }
    writerParks = false;
  }

  private void wakeWriter() {
    if (writerParks) {
      LockSupport.unpark(writer);
    }
  }

  /** Ends the connection. What was not written yet is lost. May be called again. */
  @Override
  public void close() {
    close(null);
  }

  /** Ends the connection for a reason that the listener is told. */
  public void close(@Nullable Throwable why) {
    boolean first = !closed && end.compareAndSet(null, why);
    closed = true;
    LockSupport.unpark(writer);
    try {
      channel.close();
    } catch (IOException e) {
      if (first && why != null) {
        why.addSuppressed(e);
      }
    }
  }

  /** Waits until its threads have ended; not to be called by them. */
  public void awaitEnd() throws InterruptedException {
    reader.join();
    writer.join();
  }
}
