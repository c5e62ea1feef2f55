package dev.memo.process.wire;

import dev.memo.store.StackReserve;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A socket to another process of the directory.
 *
 * <p><b>Threads</b>: any thread may send, and is kept neither by a slow peer nor by an interrupt
 * (see {@link Sender}). The listener is called by a thread that reads. <b>Failure</b>: the first
 * failure, or the end of the stream, closes the connection, which the listener is told once.
 */
public final class Connection implements AutoCloseable {
  private static final int BUFFER = 4 * Wire.MAX_FRAME;

  /** Stack for a write: half of one would leave the peer with half a frame. */
  private static final int RESERVED_BYTES = 4 << 10;

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
  private final Sender sender;
  private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
  private final Thread reader;
  private volatile @Nullable Readiness arrivals; // while it is read
  private volatile boolean closed;
  private volatile long lastReceived = System.nanoTime();
  private volatile boolean receiving; // the listener is called, which may take its time

  private boolean answered; // of the reader: something was added, and not sent yet

  /**
   * Takes over a connected channel.
   *
   * @param name of its threads, for people who read thread dumps
   */
  public Connection(SocketChannel channel, String name, Listener listener) {
    this.channel = channel;
    this.listener = listener;
    this.sender = new Sender(channel, outbox, name + " writes", this::close);
    this.reader = new Thread(this::read, name + " reads");
    reader.setDaemon(true);
  }

  /** Begins to read and to write. */
  public void start() {
    reader.start();
  }

  /**
   * Sends a message; nobody gets it if the connection has ended. The bytes are not copied.
   *
   * @throws StackOverflowError if the stack is too small to send it: nothing was sent
   */
  public void send(int stream, Message message) {
    StackReserve.require(RESERVED_BYTES);
    outbox.add(Outgoing.of(stream, message));
    if (Thread.currentThread() == reader) {
      answered = true; // sent when no more has arrived, or by take(), which has more to do
    } else {
      sender.flush();
    }
  }

  /**
   * Lets the peer have what the listener has sent so far: what it does next may take its time. For
   * the listener, in a call of it.
   */
  public void sendNow() {
    if (answered) {
      answered = false;
      sender.flush();
    }
  }

  /** Sends a message as the last one: the connection ends when it is written. */
  public void sendLast(int stream, Message message) {
    outbox.add(Outgoing.of(stream, message));
    sender.endAfterwards();
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
      channel.configureBlocking(false);
      try (Readiness made = Readiness.of(channel, SelectionKey.OP_READ)) {
        arrivals = made;
        if (closed) { // perhaps before it could be told
          made.end();
        }
        sender.begin();
        receiveAll(made);
      }
    } catch (IOException | RuntimeException | Error e) {
      close(e);
    } finally {
      listener.ended(end.get());
    }
  }

  private void receiveAll(Readiness arrivals) throws IOException {
    Inbox inbox = new Inbox(listener::received, this::giveCredit);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    while (true) {
      int count = channel.read(buffer);
      if (count < 0) {
        throw new EOFException("the peer closed the connection");
      } else if (count == 0) {
        arrivals.await();
      } else {
        receiving = true;
        take(buffer.flip(), inbox);
        buffer.compact();
        lastReceived = System.nanoTime();
        receiving = false;
      }
    }
  }

  private void giveCredit(int stream) {
    outbox.giveCredit(stream);
    answered = true;
  }

  private void take(ByteBuffer buffer, Inbox inbox) throws IOException {
    while (takeFrame(buffer, inbox)) {
      if (answered && buffer.hasRemaining()) {
        answered = false;
        sender.flushElsewhere(); // what comes next may take its time
      }
    }
    listener.drained();
    sendNow();
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
      answered = true;
      return true;
    }
    byte[] payload = new byte[length - Wire.HEAD_AFTER_LENGTH];
    buffer.get(payload);
    inbox.frame(code, stream, payload);
    return true;
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
    try {
      channel.close();
    } catch (IOException e) {
      if (first && why != null) {
        why.addSuppressed(e);
      }
    }
    sender.close();
    Readiness waiting = arrivals;
    if (waiting != null) {
      waiting.end();
    }
  }

  /** Waits until its threads have ended; not to be called by them. */
  public void awaitEnd() throws InterruptedException {
    reader.join();
    sender.awaitEnd();
  }
}
