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
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.FunctionClashException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of claims, results and invalidations, one test each. */
final class LocalPrimaryTest {
  private static final long FUNCTION = 7;
  private static final CallKey KEY = CallKey.of(FUNCTION, "args".getBytes(UTF_8));
  private static final CallKey OTHER = CallKey.of(FUNCTION, "arks".getBytes(UTF_8));
  private static final int V = 1;
  private static final int W = 2;
  private static final String DAMAGED = "damaged";
  private static final byte[] NEW = bytes("new");

  private final FaultyStore store = new FaultyStore(new HeapStore());
  private final Path path;
  private final ControlPage page;
  private LocalPrimary primary;

  LocalPrimaryTest(@TempDir Path folder) {
    path = folder;
    page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    primary = primary(Outdating.STARTED_BEFORE);
  }

  private LocalPrimary primary(Outdating outdating) {
    return new LocalPrimary(
        path, store, page, stored -> !text(stored).equals(DAMAGED), outdating, Grace.none());
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

  @Nested
  @DisplayName("results that come together")
  final class SeveralResults {
    private final AtomicInteger writes = new AtomicInteger();

    @BeforeEach
    void reserveSequences() {
      kept(put(new Claim(0, 0), "any"));
    }

    private PutRequest request(int key, long start, String value) {
      return new PutRequest(
          CallKey.of(FUNCTION, new byte[] {(byte) key}), V, new Claim(0, start), bytes(value), 0);
    }

    private List<PutAnswer> putAll(PutRequest... requests) {
      store.beforeWrites(writes::incrementAndGet);
      return primary.putAll(List.of(requests));
    }

    private String read(int key) {
      return text(requireNonNull(primary.read(CallKey.of(FUNCTION, new byte[] {(byte) key}), V)));
    }

    @Test
    void areStoredWithOneWrite() {
      long now = page.lastSequence();
      putAll(request(11, now, "a"), request(12, now, "b"), request(13, now, "c"))
          .forEach(LocalPrimaryTest::kept);
      assertThat(writes).hasValue(1);
      assertThat(read(11) + read(12) + read(13)).isEqualTo("abc");
    }

    @Test
    @DisplayName("P1: the first of two results of one call is the answer to the other")
    void twoOfOneCall() {
      long now = page.lastSequence();
      List<PutAnswer> answers = putAll(request(11, now, "first"), request(11, now, "second"));
      kept(answers.get(0));
      assertThat(text(((PutAnswer.Lost) answers.get(1)).winner())).isEqualTo("first");
      assertThat(read(11)).isEqualTo("first");
    }

    @Test
    @DisplayName("P6: an outdated one is not stored with the others")
    void anOutdatedOne() {
      long before = page.lastSequence();
      primary.invalidate(CallKey.of(FUNCTION, new byte[] {12}));
      List<PutAnswer> answers =
          putAll(request(11, before, "a"), request(12, before, "b"), request(13, before, "c"));
      assertThat(answers.get(1)).isInstanceOf(PutAnswer.Outdated.class);
      kept(answers.get(0));
      kept(answers.get(2));
      assertThat(primary.read(CallKey.of(FUNCTION, new byte[] {12}), V)).isNull();
    }

    @Test
    @DisplayName("P3: what the database refuses of several is refused of that one only")
    void oneThatIsRefused() {
      long now = page.lastSequence();
      Answer.Wait waiting = waitingFor(12);
      store.failWrite(1, Reason.OTHER); // all together
      store.failWrite(3, Reason.OTHER); // the second alone
      List<PutAnswer> answers =
          putAll(request(11, now, "a"), request(12, now, "b"), request(13, now, "c"));
      assertThat(answers.get(1)).isInstanceOf(PutAnswer.Refused.class);
      kept(answers.get(0));
      kept(answers.get(2));
      assertThat(read(11) + read(13)).isEqualTo("ac");
      assertThat(waiting.next()).as("its claim is another's").isNotDone();
    }

    private Answer.Wait waitingFor(int key) {
      CallKey call = CallKey.of(FUNCTION, new byte[] {(byte) key});
      granted(claim(call));
      return waiting(claim(call));
    }

    @Test
    @DisplayName("P1: whoever waits for one of several has its result")
    void waitersAreAnswered() {
      CallKey call = CallKey.of(FUNCTION, new byte[] {12});
      Claim claim = granted(claim(call));
      Answer.Wait waiting = waiting(claim(call));
      long now = page.lastSequence();
      putAll(request(11, now, "a"), new PutRequest(call, V, claim, bytes("b"), 0));
      assertThat(text(hit(waiting.next().join()).stored())).isEqualTo("b");
    }
  }

  @Nested
  @DisplayName(
      "P6: the stripes of what is changed are odd while it is written, and even again after")
  final class StripesOfChanges {

    /** Two calls of one stripe, and one of another. */
    private final CallKey one = numbered(number -> true);

    private final CallKey two = numbered(key -> key.stripe() == one.stripe() && !key.equals(one));
    private final CallKey far = numbered(key -> key.stripe() != one.stripe());

    private final List<Long> atWrites = new ArrayList<>();

    @BeforeEach
    void storeAll() {
      for (CallKey key : List.of(one, two, far)) {
        kept(primary.put(key, V, new Claim(0, page.lastSequence()), bytes(DAMAGED), 0));
        assertStripes(0, 0); // a first result moves nothing
      }
      store.beforeWrites(() -> atWrites.add(page.stripe(one.stripe())));
    }

    private CallKey numbered(Predicate<CallKey> wanted) {
      return IntStream.range(0, 1_000_000)
          .mapToObj(number -> CallKey.of(FUNCTION, ("key" + number).getBytes(UTF_8)))
          .filter(wanted)
          .findFirst()
          .orElseThrow();
    }

    private void assertStripes(long ofOneAndTwo, long ofFar) {
      assertThat(page.stripe(one.stripe())).isEqualTo(ofOneAndTwo);
      assertThat(page.stripe(far.stripe())).isEqualTo(ofFar);
    }

    private List<PutAnswer> replace(CallKey... keys) {
      return primary.putAll(
          List.of(keys).stream()
              .map(key -> new PutRequest(key, V, new Claim(0, page.lastSequence()), NEW, 0))
              .toList());
    }

    @Test
    void replacementsOfOneStripeThatAreWrittenTogether() {
      replace(one, two, far).forEach(LocalPrimaryTest::kept);
      assertThat(atWrites).containsExactly(1L);
      assertStripes(2, 2);
    }

    @Test
    void replacementsThatAreRefusedTogetherAndTakenAlone() {
      store.failWrite(1, Reason.OTHER);
      replace(one, two, far).forEach(LocalPrimaryTest::kept);
      assertThat(atWrites).as("together, one, two, far").containsExactly(1L, 3L, 5L, 6L);
      assertStripes(6, 4);
    }

    @Test
    void replacementsAmongFirstResults() {
      CallKey first = numbered(key -> key.stripe() == one.stripe() + 1);
      replace(first, two).forEach(LocalPrimaryTest::kept);
      assertThat(page.stripe(first.stripe())).isZero();
      assertStripes(2, 0);
    }

    @Test
    void resultsOutOfASpool() throws IOException {
      Path folder = Files.createDirectory(path.resolve("spool"));
      UUID id = new UUID(1, 2);
      try (SpoolFile file = SpoolFile.create(folder.resolve("killed"))) {
        for (CallKey key : List.of(one, two, far)) {
          file.append(new SpoolFile.Result(id, key, V, page.lastSequence(), NEW), false);
        }
      }
      assertThat(Spool.fold(folder, id, primary).stored()).isEqualTo(3);
      assertThat(atWrites).as("each alone").containsExactly(1L, 3L, 4L);
      assertStripes(4, 2);
    }

    /** It may be in the log all the same, so what was read before must not count any more. */
    @Test
    void changesThatAreRefusedMoveTheirStripesToo() {
      store.failAllWrites(Reason.OTHER);
      assertThatThrownBy(() -> primary.invalidate(one))
          .isInstanceOf(DirectoryUnavailableException.class);
      assertStripes(2, 0);
      assertThat(primary.replace(two, V, NEW, Long.MAX_VALUE))
          .isInstanceOf(PutAnswer.Refused.class);
      assertStripes(4, 0);
      assertThat(replace(far)).hasOnlyElementsOfType(PutAnswer.Refused.class);
      assertStripes(4, 2);
      assertThat(atWrites).containsExactly(1L, 3L, 4L);
      CallKey first = numbered(key -> key.stripe() == one.stripe() + 1);
      assertThat(replace(first)).hasOnlyElementsOfType(PutAnswer.Refused.class);
      assertThat(page.stripe(first.stripe())).as("nothing was there to be replaced").isZero();
    }

    @Test
    void changesThatEndWithAnErrorMoveTheirStripesToo() {
      store.beforeWrites(
          () -> {
            throw new IOException("by script"); // which comes out as an error
          });
      assertThatThrownBy(() -> primary.invalidate(one)).isInstanceOf(AssertionError.class);
      assertStripes(2, 0);
    }

    @Test
    void changesThatAreNeverWrittenMoveNothing() {
      store.failAllScans(Reason.OTHER);
      assertThatThrownBy(() -> primary.invalidate(one))
          .isInstanceOf(DirectoryUnavailableException.class);
      assertThat(atWrites).isEmpty();
      assertStripes(0, 0);
    }
  }

  @Nested
  @DisplayName("between the write of a mutation and its return")
  final class DuringMutations {

    @BeforeEach
    void reserveSequences() {
      kept(put(new Claim(0, 0), "old"));
    }

    /** Does something in another thread when this one has written, as far as it gets by itself. */
    private Thread whenWritten(Runnable action) {
      Thread other = new Thread(action);
      store.afterWrites(
          () -> {
            store.afterWrites(() -> true);
            other.start();
            Openings.await(
                "the other has ended, or waits for this one",
                () ->
                    other.getState() == Thread.State.WAITING
                        || other.getState() == Thread.State.TERMINATED);
            return true;
          });
      return other;
    }

    @Test
    @DisplayName("P6: an invalidation in the midst of an invalidateAll still counts after it")
    void invalidateDuringInvalidateAll() throws Exception {
      AtomicReference<Claim> claim = new AtomicReference<>();
      Thread other =
          whenWritten(
              () -> {
                claim.set(granted(primary.claim(OTHER, V, 0, Chain.root())));
                primary.invalidate(OTHER);
              });
      primary.invalidateAll(FUNCTION);
      other.join();
      assertThat(primary.put(OTHER, V, claim.get(), bytes("older than the invalidation"), 0))
          .isInstanceOf(PutAnswer.Outdated.class);
    }

    @Test
    @DisplayName(
        "P6: who has seen the new value is not followed by who finds the old one in memory")
    void readDuringPut() throws Exception {
      long before = page.stripe(KEY.stripe());
      AtomicReference<String> seen = new AtomicReference<>();
      AtomicLong stripe = new AtomicLong();
      Thread other =
          whenWritten(
              () -> {
                seen.set(text(requireNonNull(primary.read(KEY, V))));
                stripe.set(page.stripe(KEY.stripe()));
              });
      kept(primary.replace(KEY, V, bytes("new"), Long.MAX_VALUE));
      other.join();
      assertThat(seen).hasValue("new");
      assertThat(stripe).hasValueGreaterThan(before);
    }
  }

  /** A secondary sees results in the log before the primary does in memory. */
  @Test
  void aReadThatMeetsAPutFindsWhatItStored() throws Exception {
    kept(put(new Claim(0, 0), "reserves sequences"));
    AtomicReference<Stored> seen = new AtomicReference<>();
    Thread other = new Thread(() -> seen.set(primary.read(OTHER, V)));
    store.beforeWrites(
        () -> {
          other.start();
          Openings.await("it waits for the put", () -> other.getState() == Thread.State.WAITING);
          return true;
        });
    kept(primary.put(OTHER, V, new Claim(0, page.lastSequence()), bytes("new"), 0));
    other.join();
    assertThat(text(requireNonNull(seen.get()))).isEqualTo("new");
  }

  /** As above, but the put is over when the read asks whether there is one. */
  @Test
  void aReadThatBeganDuringAPutFindsWhatItStored() throws Exception {
    kept(put(new Claim(0, 0), "reserves sequences"));
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeWrites(
        () -> {
          writing.countDown();
          return goOn.await(60, TimeUnit.SECONDS);
        });
    Thread other =
        new Thread(
            () -> kept(primary.put(OTHER, V, new Claim(0, page.lastSequence()), bytes("new"), 0)));
    other.start();
    assertThat(writing.await(60, TimeUnit.SECONDS)).isTrue();
    Thread reader = Thread.currentThread();
    store.afterReads(
        () -> {
          if (Thread.currentThread() == reader) {
            goOn.countDown();
            other.join();
          }
          return true;
        });
    assertThat(text(requireNonNull(primary.read(OTHER, V)))).isEqualTo("new");
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

  @BeforeEach
  void nothingIsRaisedYet() {
    assertThat(page.stripe(KEY.stripe())).isZero();
  }

  private Answer claim(CallKey key) {
    return primary.claim(key, V, 0, Chain.root());
  }

  private PutAnswer put(Claim claim, String value) {
    return primary.put(KEY, V, claim, bytes(value), 0);
  }

  private long stored(String value) {
    return kept(put(granted(claim(KEY)), value));
  }

  private static long kept(PutAnswer answer) {
    assertThat(answer).isInstanceOf(PutAnswer.Kept.class);
    return ((PutAnswer.Kept) answer).sequence();
  }

  private static Claim granted(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Granted.class);
    return ((Answer.Granted) answer).claim();
  }

  private static Answer.Wait waiting(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Wait.class);
    return (Answer.Wait) answer;
  }

  private static Answer.Hit hit(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Hit.class);
    return (Answer.Hit) answer;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Stored stored) {
    byte[] bytes = stored.bytes();
    return new String(bytes, Stored.ENTRY_OFFSET, bytes.length - Stored.ENTRY_OFFSET, UTF_8);
  }
}
