package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.StoreException.Reason;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of what takes results back or puts others in their place, one test each. */
final class InvalidationRulesTest extends PrimaryRules {
  private static final int W = 2;

  InvalidationRulesTest(@TempDir Path folder) {
    super(folder);
  }

  @Nested
  final class Invalidation {

    @Test
    @DisplayName("P6: what was invalidated is gone, in all variants, and readers are told")
    void removesAllVariants() {
      stored("one");
      Claim claim = granted(primary.claim(KEY, W, 0, Chain.root()));
      kept(primary.put(KEY, W, claim, bytes("uno"), 0));
      long stripe = page.stripe(KEY.stripe());
      primary.invalidate(KEY);
      assertThat(primary.read(KEY, V)).isNull();
      assertThat(primary.read(KEY, W)).isNull();
      assertThat(page.stripe(KEY.stripe())).isEqualTo(stripe + 2);
    }

    @Test
    void leavesOtherCallsAlone() {
      Claim claim = granted(claim(OTHER));
      kept(primary.put(OTHER, V, claim, bytes("other"), 0));
      primary.invalidate(KEY);
      assertThat(text(requireNonNull(primary.read(OTHER, V)))).isEqualTo("other");
    }

    /** A function that is known by its name may get another parameter. */
    @Test
    @DisplayName("P6: calls with more arguments keep their entries and their tombstones")
    void leavesCallsWithMoreArgumentsAlone() {
      CallKey longer = CallKey.of(FUNCTION, "args\nabc".getBytes(UTF_8));
      CallKey removed = CallKey.of(FUNCTION, "argsfour".getBytes(UTF_8)); // as long as a variant
      Claim claim = granted(claim(longer));
      kept(primary.put(longer, V, claim, bytes("longer"), 0));
      Claim outdated = granted(claim(removed));
      primary.invalidate(removed);
      primary.invalidate(KEY);
      assertThat(text(requireNonNull(primary.read(longer, V)))).isEqualTo("longer");
      assertThat(primary.put(removed, V, new Claim(0, outdated.start()), bytes("old"), 0))
          .isInstanceOf(PutAnswer.Outdated.class);
    }

    @Test
    @DisplayName("P3, P6: no call's tombstone takes the place of another one's entry")
    void tombstonesAndEntriesDoNotMeet() {
      CallKey longer = CallKey.of(FUNCTION, "args\0\0\0\1".getBytes(UTF_8)); // and V is 1
      stored("one");
      Claim claim = granted(claim(longer));
      kept(primary.put(longer, V, claim, bytes("longer"), 0));
      primary.invalidate(longer);
      assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("one");
    }

    @Test
    @DisplayName("P6: a result whose computation started before is not stored")
    void outdatesWhatStartedBefore() {
      assertThat(putAfterInvalidate()).isInstanceOf(PutAnswer.Outdated.class);
      assertThat(primary.read(KEY, V)).isNull();
    }

    @Test
    @DisplayName("P6, twin: without the look at the tombstone the old result comes back")
    void withoutTombstonesTheOldResultComesBack() {
      primary = primary((start, changed) -> false);
      assertThat(putAfterInvalidate()).isInstanceOf(PutAnswer.Kept.class);
      assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("old");
    }

    private PutAnswer putAfterInvalidate() {
      Claim claim = granted(claim(KEY));
      primary.invalidate(KEY);
      return put(claim, "old");
    }

    @Test
    @DisplayName("P6: a new owner remembers what outdates a result")
    void tombstonesOutliveTheOwner() {
      Claim claim = granted(claim(KEY));
      primary.invalidate(KEY);
      primary = primary(Outdating.STARTED_BEFORE);
      assertThat(put(new Claim(0, claim.start()), "old")).isInstanceOf(PutAnswer.Outdated.class);
    }

    @Test
    void whoAsksLaterIsGrantedAnotherClaim() {
      Claim before = granted(claim(KEY));
      Answer.Wait waiter = waiting(claim(KEY));
      primary.invalidate(KEY);
      Claim after = granted(claim(KEY));
      assertThat(after.start()).isGreaterThan(before.start());
      assertThat(put(before, "old")).isInstanceOf(PutAnswer.Outdated.class);
      // who waited for the old computation now waits for the new one
      Answer.Wait longer = waiting(waiter.next().join());
      assertThat(longer.next()).isNotDone();
      kept(put(after, "new"));
      assertThat(text(hit(longer.next().join()).stored())).isEqualTo("new");
    }

    @Test
    void anOutdatedClaimIsHandedToAWaiterWhenNobodyElseComputes() {
      Claim before = granted(claim(KEY));
      Answer.Wait waiter = waiting(claim(KEY));
      primary.invalidate(KEY);
      assertThat(put(before, "old")).isInstanceOf(PutAnswer.Outdated.class);
      kept(put(granted(waiter.next().join()), "new"));
    }

    @Test
    @DisplayName("P6: invalidateAll removes a function's entries and outdates its computations")
    void allOfAFunction() {
      stored("one");
      Claim claim = granted(claim(OTHER));
      long epoch = page.directory();
      primary.invalidateAll(FUNCTION);
      assertThat(primary.read(KEY, V)).isNull();
      assertThat(page.directory()).isEqualTo(epoch + 1);
      Claim after = granted(claim(OTHER));
      assertThat(primary.put(OTHER, V, claim, bytes("old"), 0))
          .isInstanceOf(PutAnswer.Outdated.class);
      kept(primary.put(OTHER, V, after, bytes("new"), 0));
      primary = primary(Outdating.STARTED_BEFORE);
      assertThat(primary.read(KEY, V)).isNull();
      assertThat(text(requireNonNull(primary.read(OTHER, V)))).isEqualTo("new");
    }

    @Test
    void invalidateAllLeavesOtherFunctionsAlone() {
      stored("one");
      primary.invalidateAll(FUNCTION + 1);
      assertThat(primary.read(KEY, V)).isNotNull();
    }

    @Test
    @DisplayName("P6: an invalidation that was not written is not acknowledged")
    void refusedInvalidationsThrow() {
      stored("one");
      store.failAllWrites(Reason.NO_SPACE);
      assertThatThrownBy(() -> primary.invalidate(KEY))
          .isInstanceOf(DirectoryUnavailableException.class)
          .hasMessageContaining("invalidate was not carried out in " + path);
      assertThatThrownBy(() -> primary.invalidateAll(FUNCTION))
          .isInstanceOf(DirectoryUnavailableException.class);
      store.failAllWrites(null);
      assertThat(text(hit(claim(KEY)).stored())).isEqualTo("one");
    }
  }

  @Nested
  final class Replacement {

    @Test
    void replacesAllVariantsAndAnswersThoseWhoWait() {
      Claim claim = granted(claim(KEY));
      Answer.Wait wait = waiting(claim(KEY));
      Claim other = granted(primary.claim(KEY, W, 0, Chain.root()));
      kept(primary.put(KEY, W, other, bytes("uno"), 0));
      kept(primary.replace(KEY, V, bytes("put"), Long.MAX_VALUE));
      assertThat(text(hit(wait.next().join()).stored())).isEqualTo("put");
      assertThat(primary.read(KEY, W)).isNull();
      assertThat(page.stripe(KEY.stripe())).isEqualTo(2); // before and after the write
      assertThat(put(claim, "computed"))
          .isInstanceOfSatisfying(
              PutAnswer.Lost.class, lost -> assertThat(text(lost.winner())).isEqualTo("put"));
    }

    @Test
    void outdatesComputationsOfOtherVariants() {
      Claim other = granted(primary.claim(KEY, W, 0, Chain.root()));
      kept(primary.replace(KEY, V, bytes("put"), Long.MAX_VALUE));
      assertThat(primary.put(KEY, W, other, bytes("old"), 0))
          .isInstanceOf(PutAnswer.Outdated.class);
    }

    @Test
    void aRefreshYieldsToWhatHappenedMeanwhile() {
      stored("one");
      long start = page.lastSequence();
      kept(primary.replace(KEY, V, bytes("put"), Long.MAX_VALUE));
      assertThat(primary.replace(KEY, V, bytes("refreshed"), start))
          .isInstanceOf(PutAnswer.Outdated.class);
      assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("put");
      kept(primary.replace(KEY, V, bytes("refreshed"), page.lastSequence()));
      assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("refreshed");
    }

    @Test
    void aRefusedReplacementLeavesTheOldEntry() {
      stored("one");
      store.failAllWrites(Reason.NO_SPACE);
      assertThat(primary.replace(KEY, V, bytes("two"), Long.MAX_VALUE))
          .isInstanceOf(PutAnswer.Refused.class);
      assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("one");
    }
  }

  @Nested
  final class DamagedBlocks {

    @Test
    @DisplayName("P6: what lies in a damaged block is removed unread")
    void whatCannotBeReadIsRemoved() {
      for (boolean replaced : new boolean[] {false, true}) {
        stored("one");
        Claim other = granted(primary.claim(KEY, W, 0, Chain.root()));
        kept(primary.put(KEY, W, other, bytes("uno"), 0));
        store.failAllScans(Reason.CORRUPT);
        if (replaced) {
          kept(primary.replace(KEY, V, bytes("put"), Long.MAX_VALUE));
          assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("put");
          assertThat(primary.read(KEY, W)).isNull();
        } else {
          primary.invalidate(KEY);
          assertThat(primary.read(KEY, V)).isNull();
          assertThat(primary.read(KEY, W)).isNull();
        }
        store.failAllScans(null);
      }
    }

    @Test
    @DisplayName("P6: a scan that fails for another reason removes nothing")
    void otherFailuresRemoveNothing() {
      stored("one");
      store.failAllScans(Reason.OTHER);
      assertThatThrownBy(() -> primary.invalidate(KEY))
          .isInstanceOf(DirectoryUnavailableException.class);
      assertThat(primary.read(KEY, V)).isNotNull();
    }

    @Test
    @DisplayName("P6: a tombstone that cannot be read outdates what is under way, nothing later")
    void anUnreadableTombstoneIsOneOfNow() {
      Claim before = granted(claim(KEY));
      primary.invalidate(KEY);
      long start = page.lastSequence();
      store.failRead(1, Reason.CORRUPT); // it is the only row that a refresh reads
      assertThat(primary.replace(KEY, V, bytes("old"), start))
          .isInstanceOf(PutAnswer.Outdated.class);
      assertThat(put(before, "older")).isInstanceOf(PutAnswer.Outdated.class);
      kept(primary.replace(KEY, V, bytes("new"), page.lastSequence()));
      store.failRead(1, Reason.CORRUPT);
      kept(primary.replace(KEY, V, bytes("put"), Long.MAX_VALUE));
    }
  }
}
