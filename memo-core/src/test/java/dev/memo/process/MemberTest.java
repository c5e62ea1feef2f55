package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.UnstoredReason;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.claims.WaitGraph;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.wire.Message;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import dev.memo.store.Store;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of computations while one primary follows another. */
@Timeout(120)
final class MemberTest {
  private static final UUID ID = new UUID(1, 2);
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final int VARIANT = 1;
  private static final Duration NO_PATIENCE = Duration.ZERO;

  private final Layout layout;
  private final MemberEpochs epochs = new MemberEpochs();
  private final ControlPage page;
  private final Spool spool;
  private int played;
  private final Member member;
  private final Role.Leading first;
  private final FaultyStore storeOfSecond = new FaultyStore(new HeapStore());
  private final Role.Leading second;

  MemberTest(@TempDir Path folder) {
    layout = new Layout(folder);
    page = ControlPage.openAsOwner(layout.control(), 0);
    epochs.map(page);
    spool = new Spool(layout, "member", false, epochs);
    member = new Member(folder, NO_PATIENCE, spool, epochs, LocalReads.NONE, Runnable::run);
    first = primary(new HeapStore());
    second = primary(storeOfSecond);
  }

  @BeforeEach
  void make() throws IOException {
    FormatFile.write(layout);
    Files.createDirectory(layout.spool());
  }

  private Role.Leading primary(Store store) {
    LocalPrimary primary =
        new LocalPrimary(
            layout.root(), store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
    primary.register(7, "function");
    return new Role.Leading(primary, ID);
  }

  private Claim granted() {
    return ((Answer.Granted) member.claim(KEY, VARIANT, 0, Chain.root())).claim();
  }

  private static Answer asked(Role.Leading role) {
    return role.primary().claim(KEY, VARIANT, 0, Chain.root());
  }

  @Test
  @DisplayName("P4: what ends between two primaries is not claimed for ever at the second")
  void anEndBetweenTwoPrimaries() {
    member.assume(first);
    Claim claim = granted();
    member.leave(first);
    member.announceTo(second);
    Answer.Wait waiting = (Answer.Wait) asked(second);
    member.release(KEY, VARIANT, claim);
    assertThat(waiting.next().join()).isInstanceOf(Answer.Granted.class);
  }

  @Test
  @DisplayName("P4: what has ended before is not announced")
  void whatHasEndedIsNotAnnounced() {
    member.assume(first);
    Claim claim = granted();
    member.leave(first);
    member.release(KEY, VARIANT, claim);
    member.announceTo(second);
    assertThat(asked(second)).isInstanceOf(Answer.Granted.class);
  }

  @Test
  @DisplayName("P1: a spooled result ends the claim that was announced meanwhile, when it is there")
  void aSpooledResultEndsItsClaim() throws IOException {
    member.assume(first);
    Claim claim = granted();
    member.leave(first);
    member.announceTo(second);
    byte[] entry = "value".getBytes(UTF_8);
    assertThat(member.put(KEY, VARIANT, claim, entry, 0)).isInstanceOf(PutAnswer.Spooled.class);
    Answer.Wait waiting = (Answer.Wait) asked(second);
    assertThat(waiting.next()).as("not computed again").isNotDone();
    member.replay(second);
    assertThat(((Answer.Hit) waiting.next().join()).stored().bytes()).endsWith(entry);
    assertThat(member.hasSpooled()).isFalse();
  }

  @Test
  @DisplayName("P3: a call that comes to the spool after its close learns that, and loses nothing")
  void aResultThatComesAfterTheClose() {
    member.assume(first);
    Claim claim = granted();
    member.leave(first);
    spool.close();
    assertThatThrownBy(() -> member.put(KEY, VARIANT, claim, new byte[] {1}, 0))
        .isInstanceOf(DirectoryClosedException.class);
    GatedFunctions functions =
        new GatedFunctions(member, member.waits(), Duration.ofSeconds(60), begun -> {});
    assertThat(functions.call("quick", 1)).isNotEmpty();
    assertThat(functions.stats().unstoredByReason()).containsEntry(UnstoredReason.CLOSED, 1L);
    assertThat(layout.spool()).isEmptyDirectory();
  }

  /** Its answer makes no sense: no counter has such a name. */
  private static final Message NONSENSE =
      new Message.State(1, 0, 0, Map.of("no name!", 1L), Map.of());

  private Member patient() {
    Duration patience = Duration.ofMinutes(10);
    return new Member(layout.root(), patience, spool, epochs, LocalReads.NONE, Runnable::run);
  }

  /** Primaries follow each other; each ends the connection of who asks it, in this way. */
  private void followEachOther(
      Member member, int primaries, BiConsumer<PlayedPrimary, PlayedPrimary.Question> end)
      throws Exception {
    for (int number = 0; number < primaries; number++) {
      Path socket = layout.root().resolve("played" + played++);
      try (PlayedPrimary primary = new PlayedPrimary(socket, ID, epochs)) {
        member.assume(new Role.Following(primary.remote));
        end.accept(primary, primary.next());
        Openings.await("the connection has ended", primary.remote::hasEnded);
      }
    }
  }

  private static <T extends @Nullable Object> CompletableFuture<T> asking(Supplier<T> question) {
    return CompletableFuture.supplyAsync(
        question,
        task -> {
          Thread thread = new Thread(task);
          thread.setDaemon(true);
          thread.start();
        });
  }

  @Test
  @DisplayName("P4: who asks how the directory is and understands no answer is told so in the end")
  void whoDoesNotUnderstandIsTold() throws Exception {
    Member member = patient();
    CompletableFuture<?> state = asking(() -> member.state(role -> {}));
    followEachOther(member, 3, (primary, question) -> primary.answer(question, NONSENSE));
    assertThat(state)
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(DirectoryUnavailableException.class)
        .withMessageContainingAll(layout.root().toString(), "a counter whose name is not");
  }

  @Test
  @DisplayName("P4: an answer that does not fit its question is not asked for without end either")
  void anAnswerThatDoesNotFit() throws Exception {
    Member member = patient();
    CompletableFuture<?> state = asking(() -> member.state(role -> {}));
    followEachOther(
        member, 3, (primary, question) -> primary.answer(question, new Message.Absent()));
    assertThat(state)
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("does not fit");
  }

  @Test
  @DisplayName("P4: a call that understands no primary computes, as if there were none")
  void aCallThatUnderstandsNoPrimaryComputes() throws Exception {
    Member member = patient();
    CompletableFuture<Answer> claim = asking(() -> member.claim(KEY, VARIANT, 0, Chain.root()));
    followEachOther(member, 3, (primary, question) -> primary.answer(question, NONSENSE));
    assertThat(claim).succeedsWithin(Duration.ofSeconds(60)).isInstanceOf(Answer.NoPrimary.class);
  }

  @Test
  @DisplayName("twin: primaries that only end are followed to the one that answers")
  void primariesThatOnlyEnd() throws Exception {
    Member member = patient();
    CompletableFuture<?> state = asking(() -> member.state(role -> {}));
    followEachOther(member, 5, (primary, question) -> primary.close());
    assertThat(state).isNotDone();
    member.assume(first);
    assertThat(state).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(first.state());
  }

  @Test
  @DisplayName("P1: a result that is spooled while others are handed in ends its claim, too")
  void aResultSpooledDuringAReplay() throws IOException {
    member.assume(first);
    CallKey other = CallKey.of(7, new byte[] {2});
    Claim before = ((Answer.Granted) member.claim(other, VARIANT, 0, Chain.root())).claim();
    Claim meanwhile = granted();
    member.leave(first);
    member.announceTo(second);
    byte[] entry = "value".getBytes(UTF_8);
    assertThat(member.put(other, VARIANT, before, entry, 0)).isInstanceOf(PutAnswer.Spooled.class);
    List<PutAnswer> answers = new ArrayList<>();
    storeOfSecond.beforeWrites(
        () -> {
          storeOfSecond.beforeWrites(() -> true);
          return answers.add(member.put(KEY, VARIANT, meanwhile, entry, 0));
        });
    assertThat(member.replay(second).isComplete()).isTrue();
    assertThat(answers).hasSize(1).first().isInstanceOf(PutAnswer.Spooled.class);
    assertThat(second.primary().read(KEY, VARIANT)).as("it was handed in").isNotNull();
    while (member.hasSpooled()) { // as the keeper does
      assertThat(member.replay(second).isComplete()).isTrue();
    }
    assertThat(second.primary().state().claims()).isZero();
    assertThat(second.primary().oldestStart()).as("nothing runs").isEqualTo(page.lastSequence());
  }

  @Test
  @DisplayName("P4: who waits when the directory closes is answered, though nobody asks again")
  void aWaitThatNobodyTakesOn() throws IOException {
    loseWait(
        task -> {
          throw new RejectedExecutionException("closed");
        });
  }

  @Test
  @DisplayName("P4: who waits is answered also if there is no thread that asks again")
  void aWaitThatHasNoThread() throws IOException {
    loseWait(
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
  }

  /** Has a wait end with its primary, and nobody ask the next one. */
  private void loseWait(Executor again) throws IOException {
    Spool spool = new Spool(layout, "follower", false, epochs);
    Member follower = new Member(layout.root(), NO_PATIENCE, spool, epochs, LocalReads.NONE, again);
    Path socket = layout.sockets().resolve("socket");
    Session.Seat seat = new Session.Seat(first.primary(), ID, page.ownerEpoch(), WaitGraph.JVM);
    try (Server server = new Server(seat, Grace.none(), Set.of(), () -> {});
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.openAt(socket);
      assertThat(SocketAddresses.<Boolean>use(socket, channel::connect)).isTrue();
      RemotePrimary remote =
          RemotePrimary.introduce(channel, "follower", page.ownerEpoch(), epochs, watched -> {});
      follower.assume(new Role.Following(remote));
      assertThat(asked(first)).isInstanceOf(Answer.Granted.class);
      Answer.Wait waiting = (Answer.Wait) follower.claim(KEY, VARIANT, 0, Chain.root());
      remote.close();
      assertThat(waiting.next())
          .succeedsWithin(Duration.ofSeconds(60))
          .isInstanceOf(Answer.NoPrimary.class);
    }
  }

  @Test
  @DisplayName("P4: a claim whose chain was ended by an error is handed on")
  void aClaimOfAnEndedChain() {
    member.assume(first);
    Chain chain = Chain.root();
    Answer claimed = chain.run(c -> member.claim(KEY, VARIANT, 0, c));
    assertThat(claimed).isInstanceOf(Answer.Granted.class);
    Answer.Wait waiting = (Answer.Wait) asked(first);
    member.running().endAbandoned();
    assertThat(waiting.next().join()).isInstanceOf(Answer.Granted.class);
  }

  @Test
  @DisplayName("P1: a claim of a chain that goes on without a stack is held until the chain ends")
  void aClaimOfAVisitedChain() {
    member.assume(first);
    Chain chain = Chain.root();
    Chain.Scope visit = chain.visit();
    Answer claimed = member.claim(KEY, VARIANT, 0, chain);
    visit.close();
    assertThat(claimed).isInstanceOf(Answer.Granted.class);
    Answer.Wait waiting = (Answer.Wait) asked(first);
    member.running().endAbandoned();
    assertThat(waiting.next()).isNotDone();

    chain.end();
    member.running().endAbandoned();
    assertThat(waiting.next().join()).isInstanceOf(Answer.Granted.class);
  }

  @Test
  @DisplayName("P4: a spooled result that the caller cannot use is computed, not found for ever")
  void aSpooledResultThatIsRejected() {
    member.assume(first);
    Claim claim = granted();
    member.leave(first);
    member.put(KEY, VARIANT, claim, "value".getBytes(UTF_8), 0);
    Stored found = ((Answer.Hit) member.claim(KEY, VARIANT, 0, Chain.root())).stored();
    assertThat(member.claim(KEY, VARIANT, found.sequence(), Chain.root()))
        .isInstanceOf(Answer.NoPrimary.class);
  }

  @Test
  @DisplayName("P6: the oldest start covers claims, computations without one, and the spool")
  void theOldestStart() {
    member.assume(first);
    first.primary().invalidate(CallKey.of(7, new byte[] {9}));
    Claim claimed = granted();
    first.primary().invalidate(CallKey.of(7, new byte[] {9}));
    Claim begun = member.begin(KEY, VARIANT, Chain.root());
    first.primary().invalidate(CallKey.of(7, new byte[] {9}));
    long now = page.lastSequence();

    assertThat(claimed.start()).isLessThan(begun.start());
    assertThat(member.oldestStart()).isEqualTo(claimed.start());
    member.release(KEY, VARIANT, claimed);
    assertThat(member.oldestStart()).isEqualTo(begun.start()).isLessThan(now);
    member.leave(first);
    member.put(KEY, VARIANT, begun, new byte[] {1}, 0);
    member.release(KEY, VARIANT, begun);
    assertThat(member.oldestStart()).as("in the spool").isEqualTo(begun.start());
  }
}
