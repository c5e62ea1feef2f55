package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.CallKey;
import dev.memo.claims.WaitGraph;
import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the primary keeps in memory for a process that asks and does not read its answers. */
@Timeout(120)
@Tag("heavy")
final class UnreadAnswersTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final int VARIANT = 1;
  private static final int VALUE_BYTES = 16 << 20;

  private final Path folder;
  private final CountDownLatch reads = new CountDownLatch(1);
  private final AtomicInteger hits = new AtomicInteger();
  private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
  private final LocalPrimary primary;
  private Session session;
  private Connection secondary;

  UnreadAnswersTest(@TempDir Path folder) {
    this.folder = folder;
    this.primary =
        new LocalPrimary(
            folder,
            new HeapStore(),
            ControlPage.openAsOwner(folder.resolve("control"), 0),
            stored -> true,
            Outdating.STARTED_BEFORE,
            Grace.none());
  }

  @BeforeEach
  void connect() throws IOException {
    primary.replace(KEY, VARIANT, new byte[VALUE_BYTES], Long.MAX_VALUE);
    Path socket = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      secondary =
          new Connection(
              SocketChannel.open(UnixDomainSocketAddress.of(socket)), "memo test", new Reader());
      session =
          new Session(
              server.accept(),
              new Session.Seat(primary, new UUID(1, 2), 1, WaitGraph.unconnected()),
              attached -> {},
              ended -> {});
    }
    session.connection().start();
    secondary.start();
    secondary.send(0, new Message.Hello(Wire.VERSION, Wire.VERSION, 1, 1, "test"));
  }

  @AfterEach
  void close() {
    reads.countDown();
    secondary.close();
    session.connection().close();
  }

  /** Reads nothing until it is told to. */
  private final class Reader implements Connection.Listener {
    @Override
    public void received(int stream, Message message) {
      try {
        reads.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (message instanceof Message.Hit hit) {
        assertThat(hit.stored().bytes()).hasSizeGreaterThan(VALUE_BYTES);
        hits.incrementAndGet();
      }
    }

    @Override
    public void ended(@Nullable Throwable why) {
      end.complete(why);
    }
  }

  private void ask(int requests) {
    for (int stream = 1; stream <= requests; stream++) {
      secondary.send(stream, new Message.Read(KEY, VARIANT));
    }
  }

  @Test
  @DisplayName("P8, P4: values are put off while others wait to be read, and sent later")
  void valuesArePutOff() {
    ask(100);
    Openings.await("much waits", () -> session.connection().unsentBytes() > 64 << 20);
    Openings.await("all were asked for", () -> secondary.unsent() == 0);
    assertThat(session.connection().unsentBytes()).isLessThan((64 << 20) + 2 * VALUE_BYTES);
    reads.countDown();
    Openings.await(
        "all have come",
        () -> {
          session.connection().send(0, new Message.Beat(0));
          secondary.send(0, new Message.Beat(0));
          return hits.get() == 100;
        });
    assertThat(end).isNotDone();
  }

  @Test
  @DisplayName("P8: who asks on and on and reads nothing is parted from")
  void whoNeverReads() throws Exception {
    ask(300_000);
    Openings.await("the end", () -> session.connection().isClosed());
  }
}
