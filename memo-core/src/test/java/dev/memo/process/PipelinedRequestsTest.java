package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.DelegatingPrimary;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PendingPut;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.claims.WaitGraph;
import dev.memo.claims.Wanted;
import dev.memo.failure.StoreException;
import dev.memo.process.PlayedPrimary.Question;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.wire.Failure;
import dev.memo.process.wire.Message;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Claims and results that are sent to the primary without waiting for an answer to each, and what
 * becomes of them when the primary goes meanwhile.
 */
@Timeout(120)
final class PipelinedRequestsTest {
  private static final UUID ID = new UUID(1, 2);
  private static final int VARIANT = 1;
  private static final int COUNT = 200;

  private final Path folder;
  private final Layout layout;
  private final ControlPage page;
  private final MemberEpochs epochs = new MemberEpochs();
  private final Member member;
  private final FaultyStore store = new FaultyStore(new HeapStore());
  private final LocalPrimary primary;

  PipelinedRequestsTest(@TempDir Path folder) {
    this.folder = folder;
    layout = new Layout(folder);
    page = ControlPage.openAsOwner(layout.control(), 0);
    epochs.map(page);
    Spool spool = new Spool(layout, "member", false, epochs);
    member = new Member(folder, Duration.ZERO, spool, epochs, LocalReads.NONE, Runnable::run);
    primary =
        new LocalPrimary(
            folder, store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
    primary.register(7, "function");
  }

  @BeforeEach
  void make() throws IOException {
    FormatFile.write(layout);
    Files.createDirectory(layout.spool());
  }

  private PlayedPrimary played() throws IOException {
    return new PlayedPrimary(folder.resolve("played"), ID, epochs);
  }

  private static CallKey key(int n) {
    return CallKey.of(7, new byte[] {(byte) (n >> 8), (byte) n});
  }

  private static byte[] entry(int n) {
    return ("value " + n).getBytes(UTF_8);
  }

  private static List<Wanted> wanted(int count) {
    Chain chain = Chain.root();
    return IntStream.range(0, count).mapToObj(n -> new Wanted(key(n), VARIANT, 0, chain)).toList();
  }

  /** As wanted; all must have been granted. */
  private static List<Claim> granted(Primary from, int count) {
    List<Claim> claims = new ArrayList<>();
    for (Answer answer : from.claimAll(wanted(count))) {
      assertThat(answer).isInstanceOf(Answer.Granted.class);
      claims.add(((Answer.Granted) answer).claim());
    }
    return claims;
  }

  private static List<PendingPut> started(Primary to, List<Claim> claims, int from, int end) {
    List<PendingPut> puts = new ArrayList<>();
    for (int n = from; n < end; n++) {
      puts.add(to.startPut(key(n), VARIANT, claims.get(n), entry(n), 0));
    }
    return puts;
  }

  @Test
  void allClaimsAreAskedForBeforeTheFirstIsGranted() throws Exception {
    try (PlayedPrimary played = played()) {
      CompletableFuture<List<Claim>> claims =
          CompletableFuture.supplyAsync(() -> granted(played.remote, COUNT));
      List<Question> asked = new ArrayList<>();
      for (int n = 0; n < COUNT; n++) {
        asked.add(played.next());
      }
      Collections.reverse(asked); // the answers may come in any order
      for (Question question : asked) {
        played.answer(question, new Message.Granted(number(question), 0));
      }
      assertThat(claims.get()).extracting(Claim::id).isEqualTo(numbers());
    }
  }

  @Test
  @DisplayName("twin: one by one, a claim is asked for when the one before was granted")
  void twinOfSingleClaims() throws Exception {
    try (PlayedPrimary played = played()) {
      CompletableFuture<List<Claim>> claims =
          CompletableFuture.supplyAsync(() -> granted(new DelegatingPrimary(played.remote), COUNT));
      for (int n = 0; n < COUNT; n++) {
        Question question = played.next();
        assertThat(played.questions).isEmpty();
        played.answer(question, new Message.Granted(number(question), 0));
      }
      assertThat(claims.get()).extracting(Claim::id).isEqualTo(numbers());
    }
  }

  /** A claim number that tells the call. */
  private static long number(Question question) {
    byte[] id = ((Message.AskClaim) question.message()).key().id();
    int n = (id[0] & 0xFF) << 8 | (id[1] & 0xFF);
    return 1000L + n;
  }

  private static List<Long> numbers() {
    return IntStream.range(0, COUNT).mapToObj(n -> 1000L + n).toList();
  }

  @Test
  void aClaimThatIsRefusedIsAskedForAgainAndTheOthersAreGranted() throws Exception {
    try (PlayedPrimary played = played()) {
      CompletableFuture<List<@Nullable Answer>> claims =
          CompletableFuture.supplyAsync(() -> played.remote.claimAll(wanted(3)));
      Message refused =
          new Message.Refused(Failure.of(StoreException.Reason.OTHER).code(), "cannot be read");
      played.answer(played.next(), new Message.Granted(1, 0));
      played.answer(played.next(), refused);
      played.answer(played.next(), new Message.Granted(3, 0));
      assertThat(claims.get())
          .containsExactly(
              new Answer.Granted(new Claim(1, 0)), null, new Answer.Granted(new Claim(3, 0)));
    }
  }

  @Test
  @DisplayName("P1: claims that a primary granted before it was lost are held at the next one")
  void claimsOfALostPrimary() throws Exception {
    try (PlayedPrimary played = played()) {
      member.assume(new Role.Following(played.remote));
      CompletableFuture<List<@Nullable Answer>> asked =
          CompletableFuture.supplyAsync(() -> member.claimAll(wanted(3)));
      played.answer(played.next(), new Message.Granted(1, 0));
      played.next();
      played.answer(played.next(), new Message.Granted(3, 0));
      played.endAfterAnswers();
      List<@Nullable Answer> answers = asked.get();
      assertThat(answers.get(0)).isInstanceOf(Answer.Granted.class);
      assertThat(answers.get(1)).as("its answer was lost").isNull();
      assertThat(answers.get(2)).isInstanceOf(Answer.Granted.class);
    }
    Role next = new Role.Leading(primary, ID);
    member.announceTo(next);
    member.assume(next);
    List<@Nullable Answer> others = primary.claimAll(wanted(2));
    assertThat(others.get(0)).isInstanceOf(Answer.Wait.class);
    assertThat(others.get(1)).as("nobody holds it").isInstanceOf(Answer.Granted.class);
  }

  @Test
  void withoutAPrimaryEachClaimIsAskedForByItself() {
    assertThat(member.claimAll(wanted(2))).containsExactly(null, null);
    assertThat(member.claim(key(0), VARIANT, 0, Chain.root())).isInstanceOf(Answer.NoPrimary.class);
  }

  /** How many writes it takes until the results of a secondary are stored. */
  private int writes(boolean pipelined) throws Exception {
    AtomicInteger writes = new AtomicInteger();
    CountDownLatch sent = new CountDownLatch(1);
    Path socket = layout.sockets().resolve("socket");
    Session.Seat seat = new Session.Seat(primary, ID, page.ownerEpoch(), WaitGraph.unconnected());
    try (Server server = new Server(seat, Grace.none(), Set.of(), () -> {});
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.openAt(socket);
      assertThat(SocketAddresses.<Boolean>use(socket, channel::connect)).isTrue();
      RemotePrimary remote =
          RemotePrimary.introduce(channel, "follower", page.ownerEpoch(), epochs, watched -> {});
      member.assume(new Role.Following(remote));
      List<Claim> claims = granted(member, COUNT);
      store.beforeWrites(
          () -> {
            writes.incrementAndGet();
            sent.await(); // the first write lasts until all results are on their way
            return true;
          });
      if (!pipelined) {
        sent.countDown();
      }
      Primary to = pipelined ? member : new DelegatingPrimary(member);
      List<PendingPut> puts = started(to, claims, 0, COUNT);
      sent.countDown();
      for (PendingPut put : puts) {
        assertThat(put.await()).isInstanceOf(PutAnswer.Kept.class);
      }
      claims.forEach(claim -> member.release(key(0), VARIANT, claim));
      assertAllAreStored();
      assertThat(primary.state().claims()).isZero();
      remote.close();
    }
    return writes.get();
  }

  private void assertAllAreStored() {
    for (int n = 0; n < COUNT; n++) {
      Stored stored = primary.read(key(n), VARIANT);
      assertThat(stored).isNotNull();
      assertThat(stored.bytes()).endsWith(entry(n));
    }
  }

  @Test
  void resultsThatAreOnTheirWayTogetherAreStoredWithFewWrites() throws Exception {
    assertThat(writes(true)).isLessThan(COUNT / 4);
  }

  @Test
  @DisplayName("twin: results that are each waited for are each written")
  void twinOfSingleWrites() throws Exception {
    assertThat(writes(false)).isGreaterThanOrEqualTo(COUNT);
  }

  /** A primary that takes results, and ends without storing them or telling. */
  private List<PendingPut> lost(List<Claim> claims) throws Exception {
    try (PlayedPrimary played = played()) {
      member.assume(new Role.Following(played.remote));
      CompletableFuture<List<Claim>> asked =
          CompletableFuture.supplyAsync(() -> granted(member, COUNT));
      for (int n = 0; n < COUNT; n++) {
        played.answer(played.next(), new Message.Granted(n + 1, page.lastSequence()));
      }
      claims.addAll(asked.get());
      List<PendingPut> puts = started(member, claims, 0, COUNT);
      for (int n = 0; n < COUNT; n++) {
        assertThat(played.next().message()).isInstanceOf(Message.Put.class);
      }
      return puts;
    }
  }

  @Test
  @DisplayName("P3: results that a lost primary did not answer are stored by the next one")
  void resultsOfALostPrimary() throws Exception {
    List<PendingPut> puts = lost(new ArrayList<>());
    Role next = new Role.Leading(primary, ID);
    member.announceTo(next);
    member.assume(next);
    Answer.Wait waiting = (Answer.Wait) primary.claim(key(0), VARIANT, 0, Chain.root());
    assertThat(primary.read(key(0), VARIANT)).as("only who waits for the answer knows").isNull();
    for (PendingPut put : puts) {
      assertThat(put.await()).isInstanceOf(PutAnswer.Kept.class);
    }
    assertAllAreStored();
    assertThat(waiting.next()).isCompletedWithValueMatching(Answer.Hit.class::isInstance);
    assertThat(primary.state().claims()).isZero();
  }

  @Test
  @DisplayName("twin: where nobody goes on to the next primary, a result is lost with the first")
  void twinOfALostResult() throws Exception {
    PendingPut put;
    try (PlayedPrimary played = played()) {
      put = played.remote.startPut(key(0), VARIANT, new Claim(1, 0), entry(0), 0);
      assertThat(played.next().message()).isInstanceOf(Message.Put.class);
    }
    assertThatThrownBy(put::await).isInstanceOf(LostPrimaryException.class);
    assertThat(primary.read(key(0), VARIANT)).isNull();
  }

  @Test
  @DisplayName("P3: results that a lost primary did not answer are spooled if there is no other")
  void resultsWithoutAPrimary() throws Exception {
    List<Claim> claims = new ArrayList<>();
    for (PendingPut put : lost(claims)) {
      assertThat(put.await()).isInstanceOf(PutAnswer.Spooled.class);
    }
    claims.forEach(claim -> member.release(key(0), VARIANT, claim));
    Role next = new Role.Leading(primary, ID);
    member.announceTo(next);
    assertThat(member.replay(next).isComplete()).isTrue();
    assertAllAreStored();
  }

  @Test
  @DisplayName("P1: a result that a lost primary has stored ends its claim at the next one, too")
  void aResultThatWasStoredBeforeTheTakeover() throws Exception {
    PendingPut put;
    Role next = new Role.Leading(primary, ID);
    try (PlayedPrimary played = played()) {
      member.assume(new Role.Following(played.remote));
      CompletableFuture<List<Claim>> asked =
          CompletableFuture.supplyAsync(() -> granted(member, 1));
      played.answer(played.next(), new Message.Granted(1, page.lastSequence()));
      Claim claim = asked.get().get(0);
      put = started(member, List.of(claim), 0, 1).get(0);
      played.answer(played.next(), new Message.Kept(5));
      played.endAfterAnswers();
      Openings.await("the end is known", played.remote::hasEnded);
      member.announceTo(next);
      member.assume(next);
    }
    Answer.Wait waiting = (Answer.Wait) primary.claim(key(0), VARIANT, 0, Chain.root());
    assertThat(waiting.next()).isNotDone();
    assertThat(put.await()).isEqualTo(new PutAnswer.Kept(5));
    assertThat(waiting.next()).isCompletedWithValueMatching(Answer.Hit.class::isInstance);
    assertThat(primary.state().claims()).isZero();
  }

  @Test
  @DisplayName("P3: of results on their way to a primary that is killed none is lost")
  void aKilledPrimary() {
    Path path = folder.resolve("d");
    try (Peer first = Peer.open(path, Openings.SOON);
        OpenDirectory directory = Openings.open(path, Openings.SOON)) {
      assertThat(Openings.role(directory)).isEqualTo("follows");
      Primary here = directory.primary();
      here.register(7, "function");
      List<Claim> claims = granted(here, COUNT);
      List<PendingPut> puts = started(here, claims, 0, COUNT / 2);
      first.stop(); // what comes now is not answered
      puts.addAll(started(here, claims, COUNT / 2, COUNT));
      first.kill();
      for (int n = 0; n < COUNT; n++) {
        PutAnswer answer = puts.get(n).await();
        if (answer instanceof PutAnswer.Lost lost) {
          assertThat(lost.winner().bytes()).as("its own").endsWith(entry(n));
        } else {
          assertThat(answer).isInstanceOfAny(PutAnswer.Kept.class, PutAnswer.Spooled.class);
        }
        here.release(key(n), VARIANT, claims.get(n));
      }
      Openings.awaitRole(directory, "leads");
      for (int n = 0; n < COUNT; n++) {
        CallKey key = key(n);
        Openings.await("it is stored", () -> here.read(key, VARIANT) != null);
        assertThat(here.claim(key, VARIANT, 0, Chain.root())).isInstanceOf(Answer.Hit.class);
      }
      Openings.awaitState(directory, "no claim is left", state -> state.claims() == 0);
    }
  }
}
