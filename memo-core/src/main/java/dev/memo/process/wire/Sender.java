package dev.memo.process.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
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
 * <b>Descriptors</b>: two, from when the socket was full for the first time.
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
  private volatile @Nullable Selector writable; // made by the thread when it first waits

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
  void begin() {
    buffer = ByteBuffer.allocateDirect(4 * Wire.MAX_FRAME).limit(0);
    thread.start();
    drain();
  }

  /** Writes what was added, unless somebody is at it, who will. */
  void flush() {
    if (owed.getAndIncrement() == 0) {
      drain();
    }
  }

  /** As above, by the thread: the caller has something else to do. */
  void flushElsewhere() {
    if (owed.getAndIncrement() == 0) {
      handOver();
    }
  }

  /** Everything that was added is the last: {@code end} is told when it is written. */
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
    try {
      while (!closed) {
        if (handedOver) {
          handedOver = false;
          writePatiently();
        } else {
          LockSupport.park(this);
          forgetInterrupt();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      end.accept(e);
    } finally {
      closeSelector();
    }
  }

  private void writePatiently() throws IOException {
    writes = 0;
    while (!closed && !writeAll()) {
      writes = 0;
      if (buffer.hasRemaining()) {
        awaitRoom();
      }
    }
  }

  private void awaitRoom() throws IOException {
    Selector selector = writable;
    if (selector == null) {
      selector = Selector.open();
      writable = selector;
      channel.register(selector, SelectionKey.OP_WRITE);
    }
    if (!closed) { // or its wake-up came before there was a selector
      selector.select(key -> {});
      forgetInterrupt();
    }
  }

  /** Nobody means this thread, which would not wait any more. */
  static void forgetInterrupt() {
    boolean unused = Thread.interrupted();
  }

  private void closeSelector() {
    Selector selector = writable;
    if (selector != null) {
      try {
        selector.close();
      } catch (IOException e) {
        end.accept(e);
      }
    }
  }

  /** Ends the thread; nothing more is written. */
  void close() {
    closed = true;
    LockSupport.unpark(thread);
    Selector selector = writable;
    if (selector != null) {
      selector.wakeup();
    }
  }

  /** Waits until the thread has ended. */
  void awaitEnd() throws InterruptedException {
    thread.join();
  }
}
