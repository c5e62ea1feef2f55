package dev.memo.process.wire;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Lets one thread wait until a channel that does not block has something to read, or room to write.
 *
 * <p>Takes its descriptors when it is made: when a thread has to wait there may be none left.
 */
final class Readiness implements AutoCloseable {
  private final Selector selector;
  private volatile boolean ended;

  private Readiness(Selector selector) {
    this.selector = selector;
  }

  /**
   * @param operation as in {@link SelectionKey}
   */
  static Readiness of(SocketChannel channel, int operation) throws IOException {
    Selector selector = Selector.open();
    boolean registered = false;
    try {
      channel.register(selector, operation);
      registered = true;
      return new Readiness(selector);
    } finally {
      if (!registered) {
        selector.close();
      }
    }
  }

  /** Returns when the channel is ready, at once after {@link #end}, and perhaps before. */
  void await() throws IOException {
    if (!ended) { // or its wake-up was for a wait before
      selector.select(key -> {});
      forgetInterrupt();
    }
  }

  /** Nobody means this thread, which would not wait any more. */
  static void forgetInterrupt() {
    boolean unused = Thread.interrupted();
  }

  /** Nobody is to wait any more. May be called by any thread. */
  void end() {
    ended = true;
    selector.wakeup();
  }

  @Override
  public void close() throws IOException {
    selector.close();
  }
}
