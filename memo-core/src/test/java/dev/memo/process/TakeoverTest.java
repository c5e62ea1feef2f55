package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.store.HeapStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Computations that outlive the primary which granted their claims. */
@Timeout(120)
final class TakeoverTest {
  private final Path folder;
  private final Path path;

  TakeoverTest(@TempDir Path folder) {
    this.folder = folder;
    this.path = folder.resolve("d");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("P1: a computation that outlives its primary is the only one of its call")
  void aComputationOutlivesItsPrimary(boolean killed) {
    List<String> begun = new CopyOnWriteArrayList<>();
    try (Peer first = Peer.open(path, Openings.SOON_WITH_LONG_GRACE);
        Peer holder = Peer.open(path, Openings.SOON_WITH_LONG_GRACE);
        OpenDirectory directory = Openings.open(path, Openings.SOON_WITH_LONG_GRACE)) {
      GatedFunctions here = GatedFunctions.of(directory, begun::add);
      here.open("f", 1);
      Peer.Asked slow = holder.ask("call", "f", 1);
      holder.await("computes f 1");
      Thread early = new Thread(() -> here.call("f", 1));
      early.start();
      Openings.await("it waits", () -> early.getState() == Thread.State.TIMED_WAITING);
      if (killed) {
        first.kill();
      } else {
        first.leave();
      }
      Peer.Asked late = holder.ask("call", "f", 1);
      Thread asker = new Thread(() -> here.call("f", 1));
      asker.start();
      Openings.await("there is another primary", () -> !Openings.role(directory).equals("none"));
      String unrelated = here.call("quick", 5);
      assertThat(holder.get("call", "quick", 5)).isEqualTo(unrelated);
      holder.ask("open", "f", 1);
      assertThat(here.call("f", 1)).isEqualTo(slow.value());
      assertThat(late.value()).isEqualTo(slow.value());
      assertThat(holder.computations("f", 1)).isEqualTo(1);
      assertThat(begun).doesNotContain("f 1");
    }
  }

  @Test
  @DisplayName("P1: a new primary grants nothing while a process it knows of has not come back")
  void grantsNothingAtOnce() {
    Times soon = Openings.SOON;
    Times tight =
        new Times(Duration.ofMillis(4), soon.silence(), soon.lease(), Duration.ofSeconds(30));
    try (Peer first = Peer.open(path, Openings.SOON);
        Peer stopped = Peer.open(path, Openings.SOON)) {
      stopped.await("opened");
      stopped.stop();
      first.kill();
      try (OpenDirectory directory = Openings.open(path, tight)) {
        assertThat(Openings.role(directory)).isEqualTo("leads");
        Answer answer = directory.primary().claim(CallKey.of(7, new byte[1]), 1, 0, Chain.root());
        assertThat(answer).isInstanceOf(Answer.Wait.class);
        CompletableFuture<Answer> next = ((Answer.Wait) answer).next();
        assertThat(next).isNotDone();
        stopped.resume();
        assertThat(next.join()).as("it came back").isInstanceOf(Answer.Granted.class);
      }
    }
  }

  @Test
  @DisplayName("P1: a result that is ready while there is no primary goes to the next one")
  void aResultWaitsForTheNextPrimary() {
    // who is killed is not silent but gone; a result is spooled by who waits longer than that
    Times patient =
        new Times(
            Openings.SOON.beat(),
            Duration.ofSeconds(60),
            Openings.SOON.lease(),
            Openings.SOON.grace());
    try (Peer first = Peer.open(path, patient);
        Peer holder = Peer.open(path, patient);
        Peer third = Peer.open(path, patient)) {
      Peer.Asked slow = holder.ask("call", "f", 1);
      holder.await("computes f 1");
      first.kill();
      holder.ask("open", "f", 1);
      String value = slow.value();
      assertThat(holder.get("spooled")).isEqualTo("0");
      assertThat(third.get("call", "f", 1)).isEqualTo(value);
      assertThat(third.computations("f", 1)).isZero();
    }
  }

  @Nested
  @DisplayName("the grace of a new primary")
  final class OfGrace {
    private static final CallKey KEY = CallKey.of(7, new byte[] {1});
    private static final int VARIANT = 1;

    private LocalPrimary primary(Grace grace) {
      LocalPrimary primary =
          new LocalPrimary(
              folder,
              new HeapStore(),
              ControlPage.openAsOwner(folder.resolve("control"), 0),
              stored -> true,
              Outdating.STARTED_BEFORE,
              grace);
      primary.register(7, "function");
      return primary;
    }

    @Test
    @DisplayName("P1: a claim that is announced in time is not granted to who asked before")
    void whoAsksWaitsForWhoIsAnnounced() {
      Grace grace = new Grace();
      LocalPrimary primary = primary(grace);
      Answer.Wait wait = (Answer.Wait) primary.claim(KEY, VARIANT, 0, Chain.root());
      Claim announced = primary.announce(KEY, VARIANT, 0, Chain.root());
      grace.end();
      Answer.Wait longer = (Answer.Wait) wait.next().join();
      assertThat(longer.next()).isNotDone();
      assertThat(primary.put(KEY, VARIANT, announced, new byte[] {9}, 0))
          .isInstanceOf(PutAnswer.Kept.class);
      assertThat(longer.next().join()).isInstanceOf(Answer.Hit.class);
    }

    @Test
    @DisplayName("twin: without a grace the call is computed twice")
    void twinWithoutGrace() {
      LocalPrimary primary = primary(Grace.none());
      assertThat(primary.claim(KEY, VARIANT, 0, Chain.root())).isInstanceOf(Answer.Granted.class);
      Claim announced = primary.announce(KEY, VARIANT, 0, Chain.root());
      assertThat(announced.id()).as("two compute").isPositive();
    }

    @Test
    void whatIsStoredIsAHitAtOnce() {
      Grace grace = new Grace();
      LocalPrimary primary = primary(grace);
      primary.replace(KEY, VARIANT, new byte[] {9}, Long.MAX_VALUE);
      assertThat(primary.claim(KEY, VARIANT, 0, Chain.root())).isInstanceOf(Answer.Hit.class);
    }

    @Test
    @DisplayName("P4: who has asked in vain is granted the claim when the grace ends")
    void afterTheGraceOneIsGranted() {
      Grace grace = new Grace();
      LocalPrimary primary = primary(grace);
      Answer.Wait one = (Answer.Wait) primary.claim(KEY, VARIANT, 0, Chain.root());
      Answer.Wait two = (Answer.Wait) primary.claim(KEY, VARIANT, 0, Chain.root());
      grace.end();
      assertThat(one.next().join()).isInstanceOf(Answer.Granted.class);
      assertThat(two.next().join()).isInstanceOf(Answer.Wait.class);
    }

    @Test
    @DisplayName("P4: a grace that no thread can be had to end is ended by a later try")
    void aGraceIsEndedByALaterTry() {
      Grace grace = new Grace();
      LocalPrimary primary = primary(grace);
      Answer.Wait wait = (Answer.Wait) primary.claim(KEY, VARIANT, 0, Chain.root());
      Executor noThread =
          end -> {
            throw new OutOfMemoryError("unable to create native thread, says a test");
          };
      assertThatThrownBy(() -> grace.expire(noThread)).isInstanceOf(OutOfMemoryError.class);
      assertThat(wait.next()).isNotDone();
      grace.expire(Runnable::run);
      assertThat(wait.next().join()).isInstanceOf(Answer.Granted.class);
      grace.expire(end -> Assertions.fail("it has ended"));
    }

    @Test
    @DisplayName("P4: who waits for the grace of a primary that closes is told to compute")
    void closingEndsTheGrace() {
      Grace grace = new Grace();
      LocalPrimary primary = primary(grace);
      Answer.Wait wait = (Answer.Wait) primary.claim(KEY, VARIANT, 0, Chain.root());
      primary.close();
      assertThat(wait.next().join()).isInstanceOf(Answer.NoPrimary.class);
    }

    @Test
    @DisplayName("P6: who abandoned its wait is granted nothing that would stay claimed")
    void whoAbandonedHoldsNothing() {
      Grace grace = new Grace();
      LocalPrimary primary = primary(grace);
      Answer.Wait wait = (Answer.Wait) primary.claim(KEY, VARIANT, 0, Chain.root());
      primary.abandon(KEY, VARIANT, wait);
      grace.end();
      assertThat(primary.claim(KEY, VARIANT, 0, Chain.root())).isInstanceOf(Answer.Granted.class);
    }
  }
}
