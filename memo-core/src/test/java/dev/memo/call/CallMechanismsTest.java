package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.FrozenEpochs;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each mechanism of a call, and a twin that switches it off and sees its promise break. */
@Timeout(60)
class CallMechanismsTest {
  private static final long PATIENCE_SECONDS = 30;

  @TempDir Path folder;
  private OpenDirectory directory;
  private final HeapTier heap = new HeapTier();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger runs = new AtomicInteger();

  @BeforeEach
  void open() {
    directory = OpenDirectory.open(folder.resolve("call.memo"), DirectorySettings.DEFAULT);
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    directory.close();
  }

  private CallContext context(Primary primary, WaitGraph waits, Duration minMaxWait) {
    return new CallContext(
        primary, heap, waits, () -> false, InstantSource.fixed(Instant.EPOCH), minMaxWait);
  }

  private StoredFunction<Integer, Integer, Exception> function(
      String name, CallContext context, ThrowingFunction<Integer, Integer, Exception> body) {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity(name, "1"),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(Integer.class, List.of()),
            0,
            body),
        context);
  }

  private StoredFunction<Integer, Integer, Exception> counting(Primary primary) {
    return function(
        "counting",
        context(primary, WaitGraph.JVM, Duration.ofMinutes(1)),
        n -> runs.incrementAndGet());
  }

  @Nested
  @DisplayName("P6: epochs")
  class EpochsOfHeapAndFlights {
    private Primary withFrozenEpochs() {
      return new DelegatingPrimary(directory.primary()) {
        @Override
        public Epochs epochs() {
          return new FrozenEpochs(super.epochs());
        }
      };
    }

    @Test
    void heapValueCountsNoMoreAfterAnInvalidation() throws Exception {
      StoredFunction<Integer, Integer, Exception> f = counting(directory.primary());
      f.call(1);
      f.invalidate(1);
      assertThat(f.call(1)).isEqualTo(2);
      f.invalidateAll();
      assertThat(f.call(1)).isEqualTo(3);
    }

    @Test
    void withoutEpochsTheHeapServesWhatWasInvalidated() throws Exception {
      StoredFunction<Integer, Integer, Exception> f = counting(withFrozenEpochs());
      f.call(1);
      f.invalidate(1);

      assertThat(f.call(1)).as("stale").isEqualTo(1);
    }

    @Test
    void withoutEpochsAnOlderFlightIsJoined() throws Exception {
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      StoredFunction<Integer, Integer, Exception> f =
          function(
              "flying",
              context(withFrozenEpochs(), WaitGraph.JVM, Duration.ofMinutes(1)),
              n -> {
                int run = runs.incrementAndGet();
                running.countDown();
                assertThat(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                return run;
              });
      Future<Integer> old = threads.submit(() -> f.call(1));
      assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      f.invalidate(1);

      AtomicReference<@Nullable Thread> asker = new AtomicReference<>();
      Future<Integer> later =
          threads.submit(
              () -> {
                asker.set(Thread.currentThread());
                return f.call(1);
              });
      awaitTimedWait(asker);
      go.countDown();

      assertThat(later.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("stale").isEqualTo(1);
      assertThat(old.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  @Nested
  @DisplayName("P1: claims between two function objects of one identity")
  class Claims {

    private int runsOfTwo(Primary primary) throws Exception {
      CountDownLatch bothAsked = new CountDownLatch(2);
      CountDownLatch go = new CountDownLatch(1);
      Primary watched =
          new DelegatingPrimary(primary) {
            @Override
            public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
              Answer answer = super.claim(key, variant, rejected, chain);
              bothAsked.countDown();
              return answer;
            }
          };
      CallContext context = context(watched, WaitGraph.JVM, Duration.ofMinutes(1));
      ThrowingFunction<Integer, Integer, Exception> body =
          n -> {
            assertThat(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return runs.incrementAndGet();
          };
      StoredFunction<Integer, Integer, Exception> one = function("same", context, body);
      StoredFunction<Integer, Integer, Exception> two = function("same", context, body);
      Future<Integer> first = threads.submit(() -> one.call(1));
      Future<Integer> second = threads.submit(() -> two.call(1));
      assertThat(bothAsked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      go.countDown();

      assertThat(first.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("the stored winner")
          .isEqualTo(second.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      return runs.get();
    }

    @Test
    void oneRuns() throws Exception {
      assertThat(runsOfTwo(directory.primary())).isEqualTo(1);
    }

    @Test
    void claimOfAFailedRunIsHandedToWhoWaits() throws Exception {
      IllegalStateException broken = new IllegalStateException("broken");
      CountDownLatch bothAsked = new CountDownLatch(2);
      Primary watched =
          new DelegatingPrimary(directory.primary()) {
            @Override
            public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
              Answer answer = super.claim(key, variant, rejected, chain);
              bothAsked.countDown();
              return answer;
            }
          };
      CallContext context = context(watched, WaitGraph.JVM, Duration.ofMinutes(10));
      ThrowingFunction<Integer, Integer, Exception> failsFirst =
          n -> {
            assertThat(bothAsked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            if (runs.incrementAndGet() == 1) {
              throw broken;
            }
            return n;
          };
      StoredFunction<Integer, Integer, Exception> one = function("same", context, failsFirst);
      StoredFunction<Integer, Integer, Exception> two = function("same", context, failsFirst);

      List<Future<Integer>> calls =
          List.of(threads.submit(() -> one.call(1)), threads.submit(() -> two.call(1)));
      int failures = 0;
      for (Future<Integer> call : calls) {
        try {
          assertThat(call.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        } catch (ExecutionException e) {
          assertThat(e).hasCause(broken);
          failures++;
        }
      }

      assertThat(failures).isEqualTo(1);
      assertThat(one.stats().plus(two.stats()).missesByReason())
          .as("handed on, not found abandoned")
          .containsEntry(MissReason.ABSENT, 2L)
          .containsEntry(MissReason.ABANDONED, 0L);
    }

    @Test
    void withoutClaimsBothRunAndTheFirstResultIsStillTheAnswerToBoth() throws Exception {
      Primary granting =
          new DelegatingPrimary(directory.primary()) {
            @Override
            public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
              return new Answer.Granted(new Claim(0, epochs().lastSequence()));
            }
          };

      assertThat(runsOfTwo(granting)).isEqualTo(2);
    }
  }

  @Nested
  @DisplayName("P1: waits")
  class Waits {

    private StoredFunction<Integer, Integer, Exception> deadlocked(
        WaitGraph left, WaitGraph right, Duration maxWait) throws Exception {
      CountDownLatch bothRun = new CountDownLatch(2);
      AtomicReference<StoredFunction<Integer, Integer, Exception>> other = new AtomicReference<>();
      AtomicInteger depth = new AtomicInteger();
      StoredFunction<Integer, Integer, Exception> one =
          function(
              "one",
              context(directory.primary(), left, maxWait),
              n -> meet(bothRun, depth) ? other.get().call(n) : 0);
      other.set(
          function(
              "other",
              context(directory.primary(), right, maxWait),
              n -> meet(bothRun, depth) ? one.call(n) : 0));
      Future<Integer> first = threads.submit(() -> one.call(1));
      Future<Integer> second = threads.submit(() -> other.get().call(1));
      first.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      second.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return one;
    }

    private boolean meet(CountDownLatch bothRun, AtomicInteger depth) throws InterruptedException {
      bothRun.countDown();
      assertThat(bothRun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      return depth.incrementAndGet() <= 2;
    }

    @Test
    void cycleIsBrokenAtOnce() throws Exception {
      FunctionStats stats =
          deadlocked(WaitGraph.JVM, WaitGraph.JVM, Duration.ofMinutes(10)).stats();

      assertThat(stats.missesByReason()).containsEntry(MissReason.MAX_WAIT, 0L);
    }

    @Test
    void withoutACommonGraphOnlyTheLongestWaitEndsTheCycle() throws Exception {
      StoredFunction<Integer, Integer, Exception> one =
          deadlocked(WaitGraph.unconnected(), WaitGraph.unconnected(), Duration.ofMillis(100));

      assertThat(one.stats().missesByReason()).containsEntry(MissReason.CYCLE, 0L);
    }

    @Test
    void waitThatTakesTooLongComputes() throws Exception {
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      StoredFunction<Integer, Integer, Exception> f =
          function(
              "slow",
              context(directory.primary(), WaitGraph.JVM, Duration.ofMillis(50)),
              n -> {
                if (runs.incrementAndGet() == 1) {
                  running.countDown();
                  assertThat(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                  return 1;
                }
                return 2;
              });
      Future<Integer> slow = threads.submit(() -> f.call(1));
      assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      assertThat(f.call(1)).isEqualTo(2);
      go.countDown();

      assertThat(slow.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("the first result wins")
          .isEqualTo(2);
      assertThat(f.stats().missesByReason()).containsEntry(MissReason.MAX_WAIT, 1L);
    }

    @Test
    void cancelledWaiterDoesNotTakeOverFromItsCancelledLeader() throws Exception {
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      StoredFunction<Integer, Integer, Exception> f =
          function(
              "cancelled",
              context(directory.primary(), WaitGraph.JVM, Duration.ofMinutes(1)),
              n -> {
                runs.incrementAndGet();
                running.countDown();
                assertThat(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                throw new InterruptedException("as a cancelled batch interrupts it");
              });
      AtomicBoolean cancelled = new AtomicBoolean();
      Future<Integer> leader = threads.submit(() -> f.call(1));
      assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();
      Future<Integer> waiter =
          threads.submit(
              () -> {
                waiting.set(Thread.currentThread());
                return Chain.child(null, cancelled::get).run(chain -> f.call(1));
              });
      awaitTimedWait(waiting);

      cancelled.set(true); // but the waiter is not interrupted yet
      go.countDown();

      assertThatThrownBy(() -> leader.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThatThrownBy(() -> waiter.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .hasCauseInstanceOf(CancellationException.class);
      assertThat(runs).hasValue(1);
      assertThat(f.stats().calls()).isEqualTo(f.stats().misses()).isEqualTo(2);
    }
  }

  @Nested
  @DisplayName("P4: an error between a grant and its use")
  class Errors {

    @Test
    void nobodyWaitsForAClaimWhoseChainHasEnded() throws Exception {
      OutOfMemoryError full = new OutOfMemoryError("for the test");
      AtomicInteger claims = new AtomicInteger();
      Primary losing =
          new DelegatingPrimary(directory.primary()) {
            @Override
            public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
              Answer answer = super.claim(key, variant, rejected, chain);
              if (claims.incrementAndGet() == 1) {
                throw full;
              }
              return answer;
            }
          };
      StoredFunction<Integer, Integer, Exception> f =
          function(
              "losing",
              context(losing, WaitGraph.JVM, Duration.ofMinutes(10)),
              n -> runs.incrementAndGet());
      assertThatThrownBy(() -> f.call(1)).isSameAs(full);

      Future<Integer> other = threads.submit(() -> f.call(1));

      assertThat(other.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
      // found abandoned by the waiter, or handed on when the process has found that
      Map<MissReason, Long> misses = f.stats().missesByReason();
      assertThat(misses.get(MissReason.ABANDONED) + misses.get(MissReason.ABSENT)).isEqualTo(1);
      assertThat(f.call(1)).as("stored").isEqualTo(1);
    }
  }

  @Nested
  @DisplayName("P4, P5: a database that refuses")
  class Refusals {
    private final StoreException full =
        new StoreException(Reason.NO_SPACE, "no space left for the test", null);

    @Test
    void refusedResultIsReturnedAndCounted() throws Exception {
      Primary refusing =
          new DelegatingPrimary(directory.primary()) {
            @Override
            public PutAnswer put(
                CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
              release(key, variant, claim);
              return new PutAnswer.Refused(full);
            }
          };
      StoredFunction<Integer, Integer, Exception> f = counting(refusing);

      assertThat(f.call(1)).isEqualTo(1);
      assertThat(f.call(1)).isEqualTo(2);

      assertThat(f.stats().unstoredByReason()).containsEntry(UnstoredReason.REFUSED, 2L);
    }

    @Test
    void unreadableDatabaseMeansComputing() throws Exception {
      Primary unreadable =
          new DelegatingPrimary(directory.primary()) {
            @Override
            public @Nullable Stored read(CallKey key, int variant) {
              throw new StoreException(Reason.OTHER, "cannot read for the test", null);
            }

            @Override
            public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
              throw new StoreException(Reason.OTHER, "cannot read for the test", null);
            }
          };
      StoredFunction<Integer, Integer, Exception> f = counting(unreadable);

      assertThat(f.call(1)).isEqualTo(1);
      assertThat(f.stats().missesByReason()).containsEntry(MissReason.UNREADABLE, 1L);
    }
  }

  private static void awaitTimedWait(AtomicReference<@Nullable Thread> thread) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (thread.get() == null || thread.get().getState() != Thread.State.TIMED_WAITING) {
      assertThat(System.nanoTime()).as("time left").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
