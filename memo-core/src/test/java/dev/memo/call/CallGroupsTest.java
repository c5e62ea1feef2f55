package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.call.CallGroups.Limits;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PendingPut;
import dev.memo.claims.Primary;
import dev.memo.claims.WaitGraph;
import dev.memo.claims.Wanted;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls of a batch that ask for their claims together and finish together, and whom that keeps
 * waiting: nobody, for longer than a moment.
 */
@Timeout(120)
final class CallGroupsTest {
  private static final int COUNT = 1000;

  /** Longer than any test. */
  private static final long OPEN = TimeUnit.MINUTES.toNanos(10);

  private static final long BRIEFLY = TimeUnit.MILLISECONDS.toNanos(5);
  private static final Limits STEADY = new Limits(64, OPEN, () -> 0);

  private final OpenDirectory directory;
  private final Remote primary;
  private final AtomicInteger runs = new AtomicInteger();

  /** What happens in the function, by its argument. */
  private volatile Body body = n -> n;

  @FunctionalInterface
  private interface Body {
    int call(int n);
  }

  CallGroupsTest(@TempDir Path folder) {
    directory = OpenDirectory.open(folder.resolve("groups.memo"), DirectorySettings.DEFAULT);
    primary = new Remote(directory.primary());
  }

  @AfterEach
  void close() {
    directory.close();
  }

  /** Counts questions, and stores a result only when its answer is waited for. */
  private static final class Remote extends DelegatingPrimary {
    final List<Integer> together = new CopyOnWriteArrayList<>();
    final AtomicInteger alone = new AtomicInteger();
    final List<WeakReference<Chain>> chains = new CopyOnWriteArrayList<>();
    volatile IntConsumer beforeAnswers = count -> {};
    volatile Runnable beforePuts = () -> {};
    volatile Runnable beforeAbandons = () -> {};

    Remote(Primary target) {
      super(target);
    }

    @Override
    public boolean isRemote() {
      return true;
    }

    @Override
    public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
      alone.incrementAndGet();
      return super.claim(key, variant, rejected, chain);
    }

    @Override
    public List<@Nullable Answer> claimAll(List<Wanted> wanted) {
      together.add(wanted.size());
      wanted.forEach(each -> chains.add(new WeakReference<>(each.chain())));
      beforeAnswers.accept(wanted.size());
      List<@Nullable Answer> answers = super.claimAll(wanted);
      alone.addAndGet(-wanted.size());
      return answers;
    }

    @Override
    public void abandon(CallKey key, int variant, Answer.Wait wait) {
      beforeAbandons.run();
      super.abandon(key, variant, wait);
    }

    @Override
    public PendingPut startPut(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
      return () -> {
        beforePuts.run();
        return put(key, variant, claim, entry, rejected);
      };
    }
  }

  private StoredFunction<Integer, Integer, RuntimeException> function() {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("f", "1"),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(Integer.class, List.of()),
            0,
            n -> {
              runs.incrementAndGet();
              return body.call(n);
            }),
        new CallContext(
            primary,
            new HeapTier(),
            WaitGraph.unconnected(),
            () -> false,
            InstantSource.system(),
            Duration.ofMinutes(5)));
  }

  private static Integer[] range(int size) {
    return IntStream.range(0, size).boxed().toArray(Integer[]::new);
  }

  private static BulkCalls<Integer, Integer, RuntimeException> batch(
      StoredFunction<Integer, Integer, RuntimeException> function, int size, Limits limits) {
    Integer[] arguments = range(size);
    BulkCalls<Integer, Integer, RuntimeException> calls =
        new BulkCalls<>(function, arguments, new BatchCounts(), limits);
    calls.lookUp(0, size);
    assertThat(calls.lookedUp()).isFalse();
    return calls;
  }

  /** Makes all calls on this thread, which is in a chain as a worker is. */
  private void callAll(BulkCalls<Integer, Integer, RuntimeException> calls, int size) {
    Chain.root()
        .run(
            chain -> {
              for (int i = 0; i < size; i++) {
                calls.start(i);
              }
              return 0;
            });
    calls.finish();
    for (int i = 0; i < size; i++) {
      assertThat(calls.results()[i]).isEqualTo(i);
    }
  }

  /** Soon: what a timer has taken to give back may be under way. */
  private void assertNothingIsHeld() {
    awaitZero("claims that are held", () -> directory.state().claims());
    awaitZero("waits", () -> directory.state().waits());
  }

  private static void awaitZero(String what, LongSupplier count) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (long now = count.getAsLong(); now > 0; now = count.getAsLong()) {
      assertThat(System.nanoTime()).as("%s: %s", what, now).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void quickCallsAreAskedForTogetherMoreAndMore() {
    StoredFunction<Integer, Integer, RuntimeException> function = function();
    callAll(batch(function, COUNT, STEADY), COUNT);
    assertThat(primary.together).startsWith(2, 4, 8, 16, 32, 64, 64);
    assertThat(primary.together.stream().mapToInt(Integer::intValue).sum() + primary.alone.get())
        .isEqualTo(COUNT);
    assertThat(primary.alone).as("the first").hasValue(1);
    assertThat(runs).hasValue(COUNT);
    FunctionStats stats = function.stats();
    assertThat(stats.calls()).isEqualTo(COUNT);
    assertThat(stats.misses()).isEqualTo(COUNT);
    assertThat(stats.computations()).isEqualTo(COUNT);
    assertNothingIsHeld();
    BulkCalls<Integer, Integer, RuntimeException> again =
        new BulkCalls<>(function(), range(COUNT), new BatchCounts(), STEADY);
    again.lookUp(0, COUNT);
    assertThat(again.lookedUp()).as("all are stored").isTrue();
  }

  @Test
  void groupsGrowAgainAfterSomeSlowCalls() {
    int many = 3 * COUNT;
    body =
        n -> {
          if (n < COUNT && n % 150 == 149) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
          }
          return n;
        };
    AtomicInteger late = new AtomicInteger();
    primary.beforeAnswers =
        count -> {
          if (runs.get() > COUNT) {
            late.addAndGet(count);
          }
        };
    long expiring = TimeUnit.MILLISECONDS.toNanos(100);
    callAll(batch(function(), many, new Limits(64, expiring, () -> 0)), many);
    assertThat(late.get()).as("of 2,000 quick calls, asked for together").isGreaterThan(1000);
  }

  @Test
  @DisplayName("P1: a result that cannot be stored is not computed again")
  void whatCannotBeFinishedIsNotRunAgain() {
    AtomicInteger puts = new AtomicInteger();
    primary.beforePuts =
        () -> {
          if (puts.incrementAndGet() == 10) {
            throw new NoClassDefFoundError("of a class that decoding needs");
          }
        };
    Throwable thrown = catchThrowable(() -> callAll(batch(function(), COUNT, STEADY), COUNT));
    assertThat(runs).as("runs, if %s was thrown", thrown).hasValue(COUNT);
  }

  @Test
  void groupsThatAreUsedUpAreForgottenWhileTheBatchRuns() {
    BulkCalls<Integer, Integer, RuntimeException> calls =
        batch(function(), COUNT, new Limits(64, TimeUnit.SECONDS.toNanos(1), () -> 0));
    callAll(calls, COUNT);
    assertThat(primary.chains.size()).isGreaterThan(COUNT / 10);
    awaitZero(
        "calls, with their requests, that a batch keeps",
        () -> {
          System.gc();
          return primary.chains.stream().filter(chain -> chain.get() != null).count();
        });
    assertThat(calls.results()).hasSize(COUNT); // it is reachable until here
  }

  @Test
  @DisplayName("P4: an error while a wait is handed back loses no claim of the group")
  void anErrorAmongTheAnswers() {
    OutOfMemoryError noMemory = new OutOfMemoryError("for the test");
    primary.beforeAbandons =
        () -> {
          primary.beforeAbandons = () -> {};
          throw noMemory;
        };
    StoredFunction<Integer, Integer, RuntimeException> function = function();
    BulkCalls<Integer, Integer, RuntimeException> calls = batch(function, 3, STEADY);
    Request<Integer> one = function.request(1);
    int variant = function.slot().variant();
    Answer held = directory.primary().claim(one.key(), variant, 0, Chain.root());
    calls.start(0);
    assertThatThrownBy(() -> calls.start(1)).isSameAs(noMemory);
    directory.primary().release(one.key(), variant, ((Answer.Granted) held).claim());
    calls.close();
    // The wait of 1 was not handed back, so it is granted the claim; but its chain has ended.
    assertThat(function.call(1)).isEqualTo(1);
    assertThat(function.call(2)).as("its claim was given back").isEqualTo(2);
    assertThat(function.stats().missesByReason()).containsEntry(MissReason.MAX_WAIT, 0L);
    assertNothingIsHeld();
  }

  @Test
  @DisplayName("P4: a group that is closed while waits are handed back hands all of them back")
  void closedAmongTheAnswers() {
    StoredFunction<Integer, Integer, RuntimeException> function = function();
    BulkCalls<Integer, Integer, RuntimeException> calls = batch(function, 3, STEADY);
    int variant = function.slot().variant();
    for (int n = 1; n <= 2; n++) {
      directory.primary().claim(function.request(n).key(), variant, 0, Chain.root());
    }
    primary.beforeAbandons =
        () -> {
          primary.beforeAbandons = () -> {};
          calls.close();
        };
    calls.start(0);
    Parked parked = calls.start(1);
    assertThat(parked).isNotNull();
    parked.end();
    parked.drop();
    assertThat(directory.state().waits()).as("waits of the group").isZero();
  }

  @Test
  @DisplayName("twin: without groups each call asks for its claim")
  void twinWithoutGroups() {
    callAll(batch(function(), COUNT, new Limits(1, OPEN, () -> 0)), COUNT);
    assertThat(primary.together).isEmpty();
    assertThat(primary.alone).hasValue(COUNT);
  }

  @Test
  void aGroupIsExpectedToTakeAMillisecond() {
    AtomicLong clock = new AtomicLong();
    body =
        n -> {
          clock.addAndGet(300_000);
          return n;
        };
    callAll(batch(function(), 100, new Limits(64, OPEN, clock::get)), 100);
    assertThat(primary.together).startsWith(2, 3, 3, 3).allMatch(size -> size <= 3);
  }

  @Test
  void slowCallsAreAskedForAlone() {
    AtomicLong clock = new AtomicLong();
    body =
        n -> {
          clock.addAndGet(600_000);
          return n;
        };
    callAll(batch(function(), 100, new Limits(64, OPEN, clock::get)), 100);
    assertThat(primary.together).isEmpty();
  }

  /** Calls 0 to 2 follow each other: 1 and 2 are one group, and 1 blocks. */
  private final class BlockedGroup implements AutoCloseable {
    final CountDownLatch blocked = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    final BulkCalls<Integer, Integer, RuntimeException> calls;
    final CompletableFuture<@Nullable Void> batch;

    BlockedGroup(int blocking, long openNanos) throws InterruptedException {
      body =
          n -> {
            if (n == blocking) {
              blocked.countDown();
              await(goOn);
            }
            return n;
          };
      calls = batch(function(), 3, new Limits(64, openNanos, () -> 0));
      batch = CompletableFuture.runAsync(() -> callAll(calls, 3), task -> new Thread(task).start());
      await(blocked);
      assertThat(primary.together).containsExactly(2);
    }

    @Override
    public void close() {
      goOn.countDown();
      batch.join();
      assertThat(runs).hasValue(3);
      assertNothingIsHeld();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("nothing came");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What another process is told that asks for a call. */
  private Answer.Wait asked(int n) {
    CallKey key =
        CallKey.of(
            new FunctionIdentity("f", "1").functionId(),
            ArgumentsFormat.ofOne(Integer.class).encode(n));
    int variant = ResultFormat.of(Integer.class, List.of()).variant();
    return (Answer.Wait) directory.primary().claim(key, variant, 0, Chain.root());
  }

  @Test
  @DisplayName("P4: a claim that is held ahead is given back while a call before it is slow")
  void aClaimAheadOfASlowCall() throws Exception {
    try (BlockedGroup group = new BlockedGroup(1, BRIEFLY)) {
      StoredFunction<Integer, Integer, RuntimeException> other = function();
      assertThat(other.call(2)).as("another one computes it").isEqualTo(2);
      assertThat(group.batch).isNotDone();
    }
  }

  @Test
  @DisplayName("twin: a claim that is not given back keeps others waiting")
  void twinOfAClaimAhead() throws Exception {
    try (BlockedGroup group = new BlockedGroup(1, OPEN)) {
      Answer.Wait wait = asked(2);
      assertThat(wait.next()).isNotDone();
      assertThat(group.batch).isNotDone();
      group.goOn.countDown();
      assertThat(wait.next().get(60, TimeUnit.SECONDS)).isInstanceOf(Answer.Hit.class);
    }
  }

  @Test
  @DisplayName("P4: a result is handed on while the call after it is slow")
  void aResultBeforeASlowCall() throws Exception {
    try (BlockedGroup group = new BlockedGroup(2, BRIEFLY)) {
      StoredFunction<Integer, Integer, RuntimeException> other = function();
      assertThat(other.call(1)).isEqualTo(1);
      assertThat(other.stats().hits()).as("it was stored").isEqualTo(1);
      assertThat(group.batch).isNotDone();
    }
  }

  @Test
  @DisplayName("twin: a result that is not finished keeps others waiting")
  void twinOfAResultBefore() throws Exception {
    try (BlockedGroup group = new BlockedGroup(2, OPEN)) {
      Answer.Wait wait = asked(1);
      assertThat(wait.next()).isNotDone();
      assertThat(group.batch).isNotDone();
    }
  }

  @Test
  @DisplayName("P4: a group whose claims are being asked for is not taken for one that is used up")
  void aGroupThatIsBeingAskedFor() {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    primary.beforeAnswers =
        count -> {
          if (count == 2) {
            asked.countDown();
            await(answer);
          }
        };
    body =
        n -> {
          if (n == 1) {
            blocked.countDown();
            await(goOn);
          }
          return n;
        };
    BulkCalls<Integer, Integer, RuntimeException> calls =
        batch(function(), 7, new Limits(64, BRIEFLY, () -> 0));
    calls.start(0);
    CompletableFuture<?> first =
        CompletableFuture.runAsync(() -> calls.start(1), task -> new Thread(task).start());
    await(asked);
    calls.start(3); // looks for groups to close
    assertThat(primary.together).containsExactly(2, 4);
    answer.countDown();
    await(blocked);
    assertThat(function().call(2)).as("its claim was given back").isEqualTo(2);
    assertThat(first).isNotDone();
    goOn.countDown();
    first.join();
    calls.close();
    assertNothingIsHeld();
  }

  @Test
  @DisplayName("P1: a call of a group may need others that are held ahead, or are being stored")
  void callsOfAGroupThatNeedEachOther() {
    StoredFunction<Integer, Integer, RuntimeException> function = function();
    body =
        n -> {
          int other = n % 6 == 1 ? n + 1 : n % 6 == 5 ? n - 1 : n;
          return other == n ? n : function.call(other) + n - other;
        };
    callAll(batch(function, 40, new Limits(64, BRIEFLY, () -> 0)), 40);
    assertThat(runs).hasValue(40);
    assertNothingIsHeld();
  }

  @Test
  void aFailureIsThrownAndWhatIsLeftIsGivenBack() {
    body =
        n -> {
          if (n == 4) {
            throw new IllegalStateException("four");
          }
          return n;
        };
    BulkCalls<Integer, Integer, RuntimeException> calls = batch(function(), 10, STEADY);
    for (int i = 0; i < 4; i++) {
      calls.start(i);
    }
    assertThatThrownBy(() -> calls.start(4)).hasMessage("four");
    assertThat(directory.state().claims()).as("held ahead, or being stored").isEqualTo(3);
    calls.close();
    assertNothingIsHeld();
    FunctionStats stats = function().stats();
    assertThat(stats.computations()).isZero();
    assertThat(function().call(3)).isEqualTo(3);
    assertThat(runs).as("it was stored").hasValue(5);
  }

  @Test
  @DisplayName("P1: a call that another one computes is waited for in its turn, not before")
  void aCallThatIsComputedElsewhere() {
    CallKey key = function().request(2).key();
    int variant = ResultFormat.of(Integer.class, List.of()).variant();
    Answer.Granted elsewhere =
        (Answer.Granted) directory.primary().claim(key, variant, 0, Chain.root());
    BulkCalls<Integer, Integer, RuntimeException> calls = batch(function(), 4, STEADY);
    calls.start(0);
    calls.start(1);
    assertThat(primary.together).containsExactly(2);
    assertThat(directory.state().waits()).as("nobody waits yet").isZero();
    directory.primary().release(key, variant, elsewhere.claim());
    calls.start(2);
    calls.start(3);
    calls.finish();
    assertThat(calls.results()).containsExactly(0, 1, 2, 3);
    assertThat(runs).hasValue(4);
    assertNothingIsHeld();
  }
}
