package dev.memo.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.FunctionClashException;
import dev.memo.failure.StoreException.Reason;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of claims, results and registrations, one test each. */
final class LocalPrimaryTest extends PrimaryRules {
  private static final int W = 2;

  LocalPrimaryTest(@TempDir Path folder) {
    super(folder);
  }

  @Nested
  final class Claims {

    @Test
    @DisplayName("P1: the first to ask computes, the others wait for its result")
    void theFirstComputesTheOthersWait() {
      Chain holder = Chain.root();
      Claim claim = granted(primary.claim(KEY, V, 0, holder));
      Answer.Wait wait = waiting(claim(KEY));
      assertThat(wait.holder()).isSameAs(holder);
      assertThat(wait.next()).isNotDone();
      kept(put(claim, "one"));
      assertThat(text(hit(wait.next().join()).stored())).isEqualTo("one");
      assertThat(text(hit(claim(KEY)).stored())).isEqualTo("one");
    }

    @Test
    void claimsOfOtherKeysAndVariantsAreTheirOwn() {
      granted(claim(KEY));
      granted(claim(OTHER));
      granted(primary.claim(KEY, W, 0, Chain.root()));
    }

    @Test
    void aReleasedClaimIsHandedToOneWaiter() {
      Claim claim = granted(claim(KEY));
      Answer.Wait first = waiting(claim(KEY));
      Answer.Wait second = waiting(claim(KEY));
      primary.release(KEY, V, claim);
      Claim next = granted(first.next().join());
      // it is told whom it waits for now
      Answer.Wait longer = waiting(second.next().join());
      assertThat(longer.next()).isNotDone();
      kept(put(next, "one"));
      assertThat(text(hit(longer.next().join()).stored())).isEqualTo("one");
    }

    @Test
    void unknownClaimsAreReleasedInPeace() {
      primary.release(KEY, V, new Claim(99, 0));
      primary.release(KEY, V, new Claim(0, 0));
      granted(claim(KEY));
    }

    @Test
    void whoStopsWaitingIsPassedOver() {
      Claim claim = granted(claim(KEY));
      Answer.Wait first = waiting(claim(KEY));
      Answer.Wait second = waiting(claim(KEY));
      primary.abandon(KEY, V, first);
      primary.release(KEY, V, claim);
      assertThat(first.next()).isNotDone();
      granted(second.next().join());
    }

    @Test
    void aGrantThatNobodyWantsAnyMoreIsHandedOn() {
      Claim claim = granted(claim(KEY));
      Answer.Wait first = waiting(claim(KEY));
      Answer.Wait second = waiting(claim(KEY));
      primary.release(KEY, V, claim);
      granted(first.next().join());
      primary.abandon(KEY, V, first);
      granted(waiting(second.next().join()).next().join());
    }

    @Test
    void whoStopsWaitingAfterTheClaimWasHandedOnIsPassedOver() {
      Claim claim = granted(claim(KEY));
      Answer.Wait first = waiting(claim(KEY));
      Answer.Wait second = waiting(claim(KEY));
      primary.release(KEY, V, claim);
      Claim next = granted(first.next().join());
      primary.abandon(KEY, V, second);
      primary.release(KEY, V, next);
      granted(claim(KEY));
    }

    @Test
    void aRejectedEntryIsNoHitButAnotherOneIs() {
      long sequence = stored("one");
      Claim claim = granted(primary.claim(KEY, V, sequence, Chain.root()));
      long next = kept(primary.put(KEY, V, claim, bytes("two"), sequence));
      assertThat(next).isGreaterThan(sequence);
      assertThat(text(hit(primary.claim(KEY, V, sequence, Chain.root())).stored()))
          .isEqualTo("two");
    }

    @Test
    @DisplayName("P2: a damaged entry is absent")
    void aDamagedEntryIsAbsent() {
      stored(DAMAGED);
      Claim claim = granted(claim(KEY));
      kept(put(claim, "sound"));
      assertThat(text(hit(claim(KEY)).stored())).isEqualTo("sound");
    }

    @Test
    @DisplayName("P4: a database that cannot be read costs a computation, not a failure")
    void anUnreadableDatabaseGrants() {
      granted(claim(OTHER)); // the function's era is known now
      store.failRead(1, Reason.OTHER);
      Claim claim = granted(claim(KEY));
      kept(put(claim, "one"));
    }

    @Test
    @DisplayName("P4: closing leaves nobody waiting")
    void closingLeavesNobodyWaiting() {
      granted(claim(KEY));
      Answer.Wait wait = waiting(claim(KEY));
      primary.close();
      granted(wait.next().join());
      assertThatThrownBy(() -> claim(KEY))
          .isInstanceOf(DirectoryClosedException.class)
          .hasMessageContaining(path.toString());
      primary.release(KEY, V, new Claim(1, 0));
      primary.abandon(KEY, V, wait);
    }
  }

  @Nested
  final class Results {

    @Test
    @DisplayName("P1: the first result wins and is what the second caller is told")
    void theFirstResultWins() {
      Claim claim = granted(claim(KEY));
      Claim anyway = new Claim(0, page.lastSequence());
      long first = kept(put(anyway, "first"));
      assertThat(put(claim, "second"))
          .isInstanceOfSatisfying(
              PutAnswer.Lost.class,
              lost -> {
                assertThat(text(lost.winner())).isEqualTo("first");
                assertThat(lost.winner().sequence()).isEqualTo(first);
              });
    }

    @Test
    void aResultWithoutAClaimAnswersThoseWhoWait() {
      Claim claim = granted(claim(KEY));
      Answer.Wait wait = waiting(claim(KEY));
      kept(put(new Claim(0, page.lastSequence()), "first"));
      assertThat(text(hit(wait.next().join()).stored())).isEqualTo("first");
      assertThat(put(claim, "second")).isInstanceOf(PutAnswer.Lost.class);
    }

    @Test
    void aNewEntryRaisesNoStripeButAReplacedOneDoes() {
      long sequence = stored("one");
      assertThat(page.stripe(KEY.stripe())).isZero();
      Claim claim = granted(primary.claim(KEY, V, sequence, Chain.root()));
      kept(primary.put(KEY, V, claim, bytes("two"), sequence));
      assertThat(page.stripe(KEY.stripe())).isEqualTo(2); // before and after the write
    }

    @Test
    void anEntryIsReplacedOnlyByWhoNamesIt() {
      long one = stored("one");
      Claim rejecting = granted(primary.claim(KEY, V, one, Chain.root()));
      long two = kept(primary.put(KEY, V, rejecting, bytes("two"), one));
      // another that had rejected "one" comes too late: "two" stays
      PutAnswer late = primary.put(KEY, V, new Claim(0, two), bytes("three"), one);
      assertThat(late).isInstanceOf(PutAnswer.Lost.class);
      assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("two");
    }

    @Test
    @DisplayName("P5: a refused write is told, and a waiter takes over")
    void aRefusedWriteHandsTheClaimOn() {
      Claim claim = granted(claim(KEY));
      Answer.Wait wait = waiting(claim(KEY));
      store.failAllWrites(Reason.NO_SPACE);
      assertThat(put(claim, "one"))
          .isInstanceOfSatisfying(
              PutAnswer.Refused.class,
              refused -> assertThat(refused.cause().reason()).isEqualTo(Reason.NO_SPACE));
      store.failAllWrites(null);
      kept(put(granted(wait.next().join()), "two"));
    }

    @Test
    void sequencesGrowAndAreShownBeforeTheAnswer() {
      long one = stored("one");
      assertThat(page.lastSequence()).isEqualTo(one);
      primary.invalidate(KEY);
      assertThat(page.lastSequence()).isEqualTo(one + 1);
      assertThat(granted(claim(KEY)).start()).isEqualTo(one + 1);
    }
  }

  @Nested
  @DisplayName("P4: what a function was before cannot be read")
  final class UnreadableFunctions {

    @BeforeEach
    void nothingCanBeRead() {
      store.failAllReads(Reason.OTHER);
    }

    @Test
    void resultsAreRefused() {
      assertThat(put(new Claim(0, 0), "one")).isInstanceOf(PutAnswer.Refused.class);
      assertThat(primary.replace(KEY, V, bytes("one"), Long.MAX_VALUE))
          .isInstanceOf(PutAnswer.Refused.class);
    }

    @Test
    void removalsAreNotAcknowledged() {
      assertThatThrownBy(() -> primary.invalidate(KEY))
          .isInstanceOf(DirectoryUnavailableException.class);
      assertThatThrownBy(() -> primary.invalidateAll(FUNCTION))
          .isInstanceOf(DirectoryUnavailableException.class);
    }

    @Test
    void registrationSaysSoAndCanBeTriedAgain() {
      assertThatThrownBy(() -> primary.register(FUNCTION, "a.B#c()\n1"))
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining("a.B#c() version 1");
      store.failAllReads(null);
      primary.register(FUNCTION, "a.B#c()\n1");
    }
  }

  @Nested
  final class Registration {

    @Test
    void oneIdOfTwoFunctionsIsRefused() {
      primary.register(FUNCTION, "a.B#c() v1");
      primary.register(FUNCTION, "a.B#c() v1");
      assertThatThrownBy(() -> primary.register(FUNCTION, "x.Y#z() v1"))
          .isInstanceOf(FunctionClashException.class)
          .hasMessageContaining("a.B#c() v1")
          .hasMessageContaining("x.Y#z() v1")
          .hasMessageContaining("0000000000000007");
    }

    @Test
    void isRememberedWithTheFirstResult() {
      primary.register(FUNCTION, "a.B#c() v1");
      stored("one");
      primary = primary(Outdating.STARTED_BEFORE);
      assertThatThrownBy(() -> primary.register(FUNCTION, "x.Y#z() v1"))
          .isInstanceOf(FunctionClashException.class);
    }

    @Test
    @DisplayName("P4: a full disk does not keep a function from being used")
    void needsNoWrite() {
      store.failAllWrites(Reason.NO_SPACE);
      primary.register(FUNCTION, "a.B#c() v1");
      granted(claim(KEY));
    }
  }
}
