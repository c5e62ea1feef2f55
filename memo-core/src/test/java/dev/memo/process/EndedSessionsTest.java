package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Waits;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process held that has gone, while something of its end fails. */
@Timeout(60)
final class EndedSessionsTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final CallKey OTHER = CallKey.of(7, new byte[] {2});
  private static final int VARIANT = 1;

  /** Has no memory to forget a wait. */
  private static final Waits FULL =
      new Waits() {
        @Override
        public boolean tryWait(Chain waiter, Chain holder, CompletableFuture<?> end) {
          return true;
        }

        @Override
        public void endWait(Chain waiter, CompletableFuture<?> end) {
          throw new OutOfMemoryError("of a test");
        }
      };

  private final Path socket;
  private final LocalPrimary primary;
  private final Server server;

  EndedSessionsTest(@TempDir Path folder) {
    socket = folder.resolve("s").resolve("socket");
    ControlPage page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    primary =
        new LocalPrimary(
            folder, new HeapStore(), page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
    primary.register(7, "function");
    Session.Seat seat = new Session.Seat(primary, new UUID(1, 2), page.ownerEpoch(), FULL);
    server = new Server(seat, Grace.none(), Set.of(), () -> {});
  }

  @BeforeEach
  void open() throws IOException {
    server.openAt(socket);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private SessionTest.Member member() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    assertThat(SocketAddresses.<Boolean>use(socket, channel::connect)).isTrue();
    SessionTest.Member member = new SessionTest.Member(channel);
    long epoch = primary.state().ownerEpoch();
    assertThat(member.ask(0, SessionTest.hello(Wire.VERSION, Wire.VERSION, epoch)))
        .isInstanceOf(Message.Welcome.class);
    return member;
  }

  private static Message claim(SessionTest.Member member, int stream, CallKey key) {
    return member.ask(stream, new Message.AskClaim(key, VARIANT, 0, new long[] {1}));
  }

  private Answer claim(CallKey key) {
    return primary.claim(key, VARIANT, 0, Chain.root());
  }

  @Test
  @DisplayName(
      "P4: claims of a process that has gone are handed on though its wait is not forgotten")
  void claimsAreHandedOn() throws Exception {
    SessionTest.Member member = member();
    Answer.Granted here = (Answer.Granted) claim(OTHER);
    assertThat(claim(member, 1, KEY)).isInstanceOf(Message.Granted.class);
    assertThat(claim(member, 2, OTHER)).isInstanceOf(Message.Wait.class);
    Answer.Wait wait = (Answer.Wait) claim(KEY);
    member.connection.close();
    assertThat(wait.next().get(30, TimeUnit.SECONDS)).isInstanceOf(Answer.Granted.class);
    Openings.await("it is gone", () -> server.sessions().isEmpty());
    primary.release(OTHER, VARIANT, here.claim());
    assertThat(claim(OTHER))
        .as("who has gone is granted nothing")
        .isInstanceOf(Answer.Granted.class);
  }
}
