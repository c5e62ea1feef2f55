package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that stop in the middle: of sending, or of taking what they asked for. */
@Tag("heavy")
@Timeout(180)
final class SlowPeersTest {
  private static final Times SOON = Openings.SOON;
  private static final Duration LONGER_THAN_A_LEASE =
      SOON.lease().plus(SOON.beat().multipliedBy(2));
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final int VARIANT = 1;

  private final Path path;

  SlowPeersTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private Owner owner() throws IOException {
    Owner owner = Owner.read(path.resolve("owner"));
    assertThat(owner).isNotNull();
    return owner;
  }

  private SocketChannel channel() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Path socket = path.resolve("s").resolve(String.valueOf(owner().socket()));
    assertThat(SocketAddresses.<Boolean>use(socket, channel::connect)).isTrue();
    return channel;
  }

  /** A member that takes nothing after it was welcomed, until it is told to. */
  private static final class Taking implements Connection.Listener {
    final CountDownLatch welcomed = new CountDownLatch(1);
    final CountDownLatch mayTake = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void received(int stream, Message message) {
      welcomed.countDown();
      try {
        mayTake.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void ended(@Nullable Throwable why) {
      ended.countDown();
    }
  }

  private Connection introduce(SocketChannel channel, Taking listener) throws Exception {
    Connection connection = new Connection(channel, "memo test", listener);
    connection.start();
    connection.send(0, new Message.Hello(Wire.VERSION, Wire.VERSION, owner().epoch(), 1, "test"));
    assertThat(listener.welcomed.await(60, TimeUnit.SECONDS)).isTrue();
    return connection;
  }

  @Test
  @DisplayName(
      "P4: a member that stops in the middle of a frame holds nobody up, and loses its lease")
  void halfAFrame() throws Exception {
    try (Peer primary = Peer.open(path, SOON);
        OpenDirectory directory = Openings.open(path, SOON)) {
      Openings.awaitRole(directory, "follows");
      GatedFunctions here = GatedFunctions.of(directory);
      SocketChannel channel = channel();
      Taking silent = new Taking();
      Connection stops = introduce(channel, silent);
      silent.mayTake.countDown();
      // a claim that others will want, then half of a put
      stops.send(1, new Message.AskClaim(KEY, VARIANT, 0, new long[] {1}));
      ByteBuffer half = ByteBuffer.allocate(1_000).putInt(60_000).put((byte) 19).putInt(2);
      half.position(0);
      Openings.await("the claim is held", () -> isClaimed(directory));
      while (half.hasRemaining()) {
        channel.write(half);
      }
      CallKey key = KEY;
      Answer answer = directory.primary().claim(key, VARIANT, 0, Chain.root());
      assertThat(answer).isInstanceOf(Answer.Wait.class);
      int calls = 0;
      long begin = System.nanoTime();
      while (silent.ended.getCount() > 0) {
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(60));
        assertThat(primary.get("call", "quick", calls)).isEqualTo(here.call("quick", calls));
        calls++;
      }
      assertThat(System.nanoTime() - begin).isGreaterThan(SOON.silence().toNanos());
      assertThat(calls).isGreaterThan(10);
      Answer next = ((Answer.Wait) answer).next().get(60, TimeUnit.SECONDS);
      assertThat(next).as("the claim is handed on").isInstanceOf(Answer.Granted.class);
      assertThat(Openings.role(directory)).isEqualTo("follows");
      assertThat(here.stats().spooled()).isZero();
    }
  }

  private static boolean isClaimed(OpenDirectory directory) {
    Chain chain = Chain.root();
    Answer answer = directory.primary().claim(KEY, VARIANT, 0, chain);
    if (answer instanceof Answer.Granted granted) {
      directory.primary().release(KEY, VARIANT, granted.claim());
      return false;
    }
    directory.primary().abandon(KEY, VARIANT, (Answer.Wait) answer);
    return true;
  }

  @Test
  @DisplayName("P4, P8: a member that takes no answers cannot exhaust the memory of the primary")
  void takesNoAnswers() throws Exception {
    requireThatThePrimaryLives(1 << 20, 1_000);
  }

  @Test
  @DisplayName("P4, P8: neither can one that takes no small answers")
  void takesNoSmallAnswers() throws Exception {
    requireThatThePrimaryLives(10_000, 100_000);
  }

  /** The answers to all questions would need four times the memory that the primary has. */
  private void requireThatThePrimaryLives(int bytes, int questions) throws Exception {
    try (Peer primary =
            Peer.open(path, SOON, child -> child.option("-XX:+ExitOnOutOfMemoryError"));
        OpenDirectory directory = Openings.open(path, SOON)) {
      Openings.awaitRole(directory, "follows");
      directory.primary().register(7, "function");
      byte[] value = new byte[bytes];
      new Random(1).nextBytes(value);
      Answer.Granted granted =
          (Answer.Granted) directory.primary().claim(KEY, VARIANT, 0, Chain.root());
      directory.primary().put(KEY, VARIANT, granted.claim(), value, 0);
      GatedFunctions here = GatedFunctions.of(directory);

      Taking greedy = new Taking();
      try (Connection asks = introduce(channel(), greedy)) {
        for (int stream = 1; stream <= questions; stream++) {
          asks.send(stream, new Message.Read(KEY, VARIANT));
        }
        long begin = System.nanoTime();
        for (int calls = 0; System.nanoTime() - begin < LONGER_THAN_A_LEASE.toNanos(); calls++) {
          assertThat(primary.get("call", "quick", calls)).isEqualTo(here.call("quick", calls));
          asks.send(0, new Message.Beat(Long.MAX_VALUE)); // it lives
        }
        assertThat(Openings.role(directory)).isEqualTo("follows");
        assertThat(here.stats().spooled()).isZero();
        assertThat(primary.get("role")).isEqualTo("leads");
      } finally {
        greedy.mayTake.countDown();
      }
    }
  }
}
