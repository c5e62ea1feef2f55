package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.WaitGraph;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the primary knows of results that others may still send: it sweeps no tombstone of those.
 */
@Timeout(120)
final class ServerTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final int VARIANT = 1;
  private static final long NOTHING = Long.MAX_VALUE;

  /** A peer of SessionTest says that it is this process. */
  private static final String NAME = SessionTest.NAME;

  private final Path socket;
  private final ForgetfulOutdating outdating = new ForgetfulOutdating();
  private final LocalPrimary primary;
  private final AtomicReference<BooleanSupplier> admits = new AtomicReference<>(() -> true);
  private final Server server;
  private final List<SessionTest.Member> members = new ArrayList<>();

  ServerTest(@TempDir Path folder) {
    socket = folder.resolve("s").resolve("socket");
    ControlPage page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    primary =
        new LocalPrimary(folder, new HeapStore(), page, stored -> true, outdating, Grace.none());
    primary.register(7, "function");
    Session.Seat seat = new Session.Seat(primary, new UUID(1, 2), page.ownerEpoch(), WaitGraph.JVM);
    server =
        new Server(
            seat, Grace.none(), Set.of(), () -> {}, (peer, at) -> admits.get().getAsBoolean());
  }

  @BeforeEach
  void open() throws IOException {
    server.openAt(socket);
  }

  @AfterEach
  void close() {
    members.forEach(member -> member.connection.close());
    server.close();
  }

  private SessionTest.Member stranger() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    assertThat(SocketAddresses.<Boolean>use(socket, channel::connect)).isTrue();
    SessionTest.Member member = new SessionTest.Member(channel);
    members.add(member);
    return member;
  }

  private SessionTest.Member member() throws IOException {
    SessionTest.Member member = stranger();
    long epoch = primary.state().ownerEpoch();
    assertThat(member.ask(0, SessionTest.hello(Wire.VERSION, Wire.VERSION, epoch)))
        .isInstanceOf(Message.Welcome.class);
    return member;
  }

  /** Nothing that it computes has a smaller start. */
  private static void say(SessionTest.Member member, long oldestStart) {
    member.connection.send(0, new Message.Beat(oldestStart));
    assertThat(member.ask(1, new Message.Read(KEY, VARIANT))).as("it was heard").isNotNull();
  }

  @Test
  @DisplayName("P6: what a process says counts until its connection has ended, if it lives or not")
  void whatIsSaidCountsToTheEnd() throws IOException {
    SessionTest.Member member = member();
    assertThat(server.oldestStart(Set.of(NAME))).as("it has not said").isZero();
    say(member, 5);
    assertThat(server.oldestStart(Set.of(NAME))).isEqualTo(5);
    assertThat(server.oldestStart(Set.of())).as("no longer live").isEqualTo(5);
    say(member, 6);
    assertThat(server.oldestStart(Set.of())).isEqualTo(6);
    member.connection.close();
    Openings.await("its end was seen", () -> server.sessions().isEmpty());
    assertThat(server.oldestStart(Set.of())).isEqualTo(NOTHING);
  }

  @Test
  @DisplayName("P6: a process that lives and is not connected may have begun anything")
  void whoeverIsNotConnected() throws IOException {
    say(member(), 5);
    assertThat(server.oldestStart(Set.of(NAME, "another"))).isZero();
    members.get(0).connection.close();
    Openings.await("its end was seen", () -> server.sessions().isEmpty());
    assertThat(server.oldestStart(Set.of(NAME))).isZero();
    assertThat(server.oldestStart(Set.of())).isEqualTo(NOTHING);
  }

  @Test
  @DisplayName("P6: of two connections of a process, the former one may still bring results, too")
  void twoConnectionsOfOneProcess() throws IOException {
    say(member(), 5);
    say(member(), 8);
    assertThat(server.oldestStart(Set.of(NAME))).isEqualTo(5);
  }

  @Test
  void aConnectionWithoutAnIntroductionBringsNoResults() throws IOException {
    SessionTest.Member stranger = stranger();
    Openings.await("it is connected", () -> server.sessions().size() == 1);
    assertThat(server.oldestStart(Set.of())).isEqualTo(NOTHING);
    assertThat(stranger.end).isNotDone();
  }

  @Test
  @DisplayName("P4: whoever cannot be let in is told so at once, whatever was the matter")
  void whoCannotBeLetInIsNotKeptWaiting() throws IOException {
    admits.set(
        () -> {
          throw new OutOfMemoryError("thrown by a test");
        });
    assertThat(stranger().end).succeedsWithin(Duration.ofSeconds(60));
    admits.set(() -> false);
    assertThat(stranger().end).succeedsWithin(Duration.ofSeconds(60));
    admits.set(() -> true);
    assertThat(server.sessions()).isEmpty();
    assertThat(member().end).isNotDone();
  }

  /** Somebody waits for the claim of a process whose connection has ended in this way. */
  private CompletableFuture<Answer> waitForAClaim(Runnable end) throws IOException {
    Message granted = member().ask(1, new Message.AskClaim(KEY, VARIANT, 0, new long[] {1}));
    assertThat(granted).isInstanceOf(Message.Granted.class);
    Answer.Wait wait = (Answer.Wait) primary.claim(KEY, VARIANT, 0, Chain.root());
    end.run();
    Openings.await("its end was seen", () -> server.sessions().isEmpty());
    return wait.next();
  }

  @Test
  @DisplayName("P1: a primary that leaves grants nobody what a process computes on")
  void claimsOutliveAPrimaryThatLeaves() throws IOException {
    assertThat(waitForAClaim(server::close)).isNotDone();
  }

  @Test
  @DisplayName("P1, twin: where only the process seems to have gone, its claim is granted")
  void claimsEndWithTheirProcess() throws IOException {
    assertThat(waitForAClaim(() -> members.get(0).connection.close()).join())
        .isInstanceOf(Answer.Granted.class);
  }

  /** A process has begun a computation and its call is invalidated; then it dies. */
  private Message resultAfterASweep(LongSupplier oldestStart) throws IOException {
    SessionTest.Member member = member();
    long start = primary.epochs().lastSequence();
    say(member, start);
    primary.invalidate(KEY);
    primary.tombstones().sweep(oldestStart.getAsLong());
    return member.ask(2, new Message.Replace(KEY, VARIANT, start, new byte[] {1}));
  }

  @Test
  @DisplayName("P6: a result on its way from a process that has died is outdated by a tombstone")
  void aResultOfADeadProcess() throws IOException {
    assertThat(resultAfterASweep(() -> server.oldestStart(Set.of())))
        .isInstanceOf(Message.Outdated.class);
    assertThat(primary.read(KEY, VARIANT)).isNull();
  }

  @Test
  @DisplayName("P6, twin: without asking the connections an invalidated result is back")
  void twinThatAsksNoConnection() throws IOException {
    outdating.forgetSwept();
    assertThat(resultAfterASweep(() -> NOTHING)).isInstanceOf(Message.Kept.class);
    assertThat(primary.read(KEY, VARIANT)).isNotNull();
  }
}
