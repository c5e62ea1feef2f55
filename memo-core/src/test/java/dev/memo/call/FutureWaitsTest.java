package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Primary;
import dev.memo.claims.WaitGraph;
import dev.memo.claims.Waits;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Nobody waits for ever for a function that returns futures, whatever has gone. */
final class FutureWaitsTest extends FutureCalls {
  @Nested
  @DisplayName("P4: no wait lasts for ever")
  class LongWaits {
    private final Duration shortly = Duration.ofMillis(100);

    @Test
    void followerOfARunThatTakesTooLongComputes() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending(primary, shortly);
      CompletableFuture<Integer> stuck = call(f);
      CompletableFuture<Integer> follower = call(f);
      awaitRun(1).complete(7);

      assertThat(get(follower)).isEqualTo(7);
      assertThat(stuck).isNotDone();
      assertThat(f.stats().missesByReason()).containsEntry(MissReason.MAX_WAIT, 1L);
      assertThat(get(call(f))).isEqualTo(7);
      runs.get(0).complete(8);
      assertThat(get(stuck)).as("the stored winner").isEqualTo(7);
    }

    @Test
    void waiterForAClaimThatIsHeldTooLongComputes() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending(primary, shortly);
      CompletableFuture<Integer> stuck = call(pending());
      CompletableFuture<Integer> waiter = call(f);
      awaitRun(1).complete(7);

      assertThat(get(waiter)).isEqualTo(7);
      assertThat(stuck).isNotDone();
      assertThat(f.stats().missesByReason()).containsEntry(MissReason.MAX_WAIT, 1L);
    }

    @Test
    void claimIsNotHandedToAWaiterThatHasGivenUp() throws Exception {
      CompletableFuture<Integer> stuck = call(pending());
      CompletableFuture<Integer> waiter = call(pending(primary, shortly));
      CompletableFuture<Integer> alone = awaitRun(1);
      runs.get(0).cancel(true);
      assertThatThrownBy(() -> get(stuck)).isInstanceOf(CancellationException.class);

      CompletableFuture<Integer> next = call(pending());
      assertThat(runs).as("the claim was free").hasSize(3);
      runs.get(2).complete(7);
      assertThat(get(next)).isEqualTo(7);
      alone.complete(8);
      assertThat(get(waiter)).as("the stored winner").isEqualTo(7);
    }

    @Test
    void cycleThroughTheSynchronousPartsIsSeenAtOnce() throws Exception {
      assertThat(selfCall(LONG, false).missesByReason())
          .containsEntry(MissReason.CYCLE, 1L)
          .containsEntry(MissReason.MAX_WAIT, 0L);
    }

    @Test
    void cycleThroughAnotherThreadIsEndedByTheLongestWait() throws Exception {
      assertThat(selfCall(shortly, true).missesByReason())
          .containsEntry(MissReason.CYCLE, 0L)
          .containsEntry(MissReason.MAX_WAIT, 1L);
    }

    /** A call whose function makes the same call, and needs its result. */
    private FunctionStats selfCall(Duration maxWait, boolean onAnotherThread) throws Exception {
      AtomicReference<FutureFunction<Integer, Integer, Exception>> self = new AtomicReference<>();
      AtomicInteger depth = new AtomicInteger();
      self.set(
          function(
              context(primary, primary.waits(), maxWait),
              n -> {
                if (depth.incrementAndGet() > 1) {
                  return CompletableFuture.completedFuture(1);
                }
                CompletableFuture<Integer> inner =
                    onAnotherThread ? callOnAnotherThread(self.get()).returned() : call(self.get());
                return inner.thenApply(value -> value + 1);
              }));
      int value = get(call(self.get()));
      // the inner result was stored first
      assertThat(value).isEqualTo(1);
      return self.get().stats();
    }

    @Test
    void cycleFromTwoSidesIsSeenAtOnce() throws Exception {
      assertThat(fromTwoSides(WaitGraph.JVM, WaitGraph.JVM, LONG)).isZero();
    }

    @Test
    void withoutACommonGraphOnlyTheLongestWaitEndsTheCycle() throws Exception {
      assertThat(fromTwoSides(WaitGraph.unconnected(), WaitGraph.unconnected(), shortly))
          .isPositive();
    }

    /** Two functions that need each other's result; returns how many waits took too long. */
    private long fromTwoSides(WaitGraph left, WaitGraph right, Duration maxWait) throws Exception {
      CountDownLatch bothRun = new CountDownLatch(2);
      AtomicInteger depth = new AtomicInteger();
      AtomicReference<FutureFunction<Integer, Integer, Exception>> other = new AtomicReference<>();
      FutureFunction<Integer, Integer, Exception> one =
          named("one", left, maxWait, bothRun, depth, other::get);
      other.set(named("other", right, maxWait, bothRun, depth, () -> one));
      Caller first = callOnAnotherThread(one);
      Caller second = callOnAnotherThread(other.get());

      assertThat(get(first.returned())).isNotNull();
      assertThat(get(second.returned())).isNotNull();
      return one.stats().plus(other.get().stats()).missesByReason().get(MissReason.MAX_WAIT);
    }

    private FutureFunction<Integer, Integer, Exception> named(
        String name,
        WaitGraph waits,
        Duration maxWait,
        CountDownLatch bothRun,
        AtomicInteger depth,
        Supplier<FutureFunction<Integer, Integer, Exception>> callee) {
      FunctionSpec<Integer, CompletableFuture<Integer>, Exception> spec =
          new FunctionSpec<>(
              new FunctionIdentity(name, "1"),
              null,
              List.of(),
              ArgumentsFormat.ofOne(Integer.class),
              ResultFormat.of(Integer.class, List.of()),
              0,
              n -> {
                bothRun.countDown();
                awaitLatch(bothRun);
                return depth.incrementAndGet() <= 2
                    ? call(callee.get()).thenApply(value -> value + 1)
                    : CompletableFuture.completedFuture(0);
              },
              true);
      return FutureFunction.register(
          spec,
          context(primary, waits, maxWait),
          new CompletableFuture<Object>().defaultExecutor());
    }

    @Test
    void stackOverflowLeavesNothingBehind() throws Exception {
      AtomicReference<FutureFunction<Integer, Integer, Exception>> self = new AtomicReference<>();
      AtomicInteger limit = new AtomicInteger();
      self.set(
          function(
              context(primary, primary.waits(), LONG),
              n ->
                  n >= limit.get()
                      ? CompletableFuture.completedFuture(0)
                      : self.get().call(n + 1).thenApply(value -> value + 1)));
      for (int round = 0; round < 10; round++) {
        int from = round * 100_000;
        limit.set(Integer.MAX_VALUE);
        long before = self.get().stats().calls();
        FutureTask<Object> overflow = new FutureTask<>(() -> get(self.get().call(from)));
        threads.execute(overflow);
        assertThatThrownBy(() -> get(overflow)).hasCauseInstanceOf(StackOverflowError.class);

        int deepest = from + (int) (self.get().stats().calls() - before);
        limit.set(0);
        for (int n = deepest - 20; n <= deepest; n++) {
          // a flight or claim left behind would be waited for
          assertThat(get(self.get().call(n))).isZero();
        }
      }
    }

    @Test
    void putOnALittleStackLeavesNobodyWaiting() throws Exception {
      try (OpenDirectory second = OpenDirectory.open(directory.path(), DirectorySettings.DEFAULT)) {
        FutureFunction<Integer, Integer, Exception> here = pending();
        FutureFunction<Integer, Integer, Exception> there = pending(second.primary(), LONG);
        int overflows = 0;
        for (int frames = 0; frames < 400; frames += 4) {
          int argument = frames;
          CompletableFuture<Integer> running = call(here, argument);
          CompletableFuture<Integer> waiter = call(there, argument);
          Runnable put = () -> here.put(argument, CompletableFuture.completedFuture(-1));
          if (!new EndOfStack(put).ran(frames)) {
            overflows++;
            put.run();
          }
          assertThat(get(waiter)).as("put %d frames above the end", frames).isEqualTo(-1);
          runs.get(runs.size() - 1).complete(7);
          assertThat(get(running)).isEqualTo(-1);
        }
        assertThat(overflows).isBetween(1, 99);
      }
    }

    @Test
    void waitsThatAreOverAreForgotten() throws Exception {
      AtomicInteger open = new AtomicInteger();
      Waits counting =
          new Waits() {
            @Override
            public boolean tryWait(Chain waiter, Chain holder, CompletableFuture<?> end) {
              open.incrementAndGet();
              return primary.waits().tryWait(waiter, holder, end);
            }

            @Override
            public void endWait(Chain waiter, CompletableFuture<?> end) {
              primary.waits().endWait(waiter, end);
              open.decrementAndGet();
            }
          };
      FutureFunction<Integer, Integer, Exception> f =
          function(context(primary, counting, LONG), FutureWaitsTest.this::run);
      CompletableFuture<Integer> leader = call(f);
      CompletableFuture<Integer> follower = call(f);
      assertThat(open).hasValue(1);
      runs.get(0).complete(7);

      assertThat(get(leader)).isEqualTo(7);
      assertThat(get(follower)).isEqualTo(7);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (open.get() != 0) {
        assertThat(System.nanoTime()).as("time left").isLessThan(deadline);
        Thread.onSpinWait();
      }
    }
  }

  @Nested
  @DisplayName("Without a directory that could be asked, calls compute")
  class Unavailable {

    @Test
    void callOfAClosedDirectoryComputesIfItsFunctionDoes() throws Exception {
      CallContext context =
          new CallContext(
              primary, new HeapTier(), primary.waits(), () -> true, InstantSource.system(), LONG);
      FutureFunction<Integer, Integer, Exception> f = function(context, FutureWaitsTest.this::run);
      FutureFunction<Integer, Integer, Exception> strict = pending();
      CompletableFuture<Integer> before = call(f);
      CompletableFuture<Integer> waiter = call(strict);
      directory.close();

      awaitRun(1).complete(9);
      assertThat(get(waiter)).as("its claim ended with the directory").isEqualTo(9);
      runs.get(0).complete(7);
      assertThat(get(before)).isEqualTo(7);
      assertThat(f.stats().unstoredByReason()).containsEntry(UnstoredReason.CLOSED, 1L);
      CompletableFuture<Integer> after = call(f);
      runs.get(2).complete(8);
      assertThat(get(after)).isEqualTo(8);
      assertThat(f.stats().bypasses()).isEqualTo(1);
      assertThat(f.stats().computations()).isEqualTo(2);
      assertThatThrownBy(() -> strict.call(1)).isInstanceOf(DirectoryClosedException.class);
    }

    @Test
    void callWithoutAPrimaryComputes() throws Exception {
      Primary none =
          new DelegatingPrimary(primary) {
            @Override
            public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
              return new Answer.NoPrimary();
            }
          };
      FutureFunction<Integer, Integer, Exception> f = pending(none, LONG);
      CompletableFuture<Integer> future = call(f);
      runs.get(0).complete(7);

      assertThat(get(future)).isEqualTo(7);
      assertThat(f.stats().missesByReason()).containsEntry(MissReason.NO_PRIMARY, 1L);
    }
  }

  /** Runs something near the end of a stack. */
  private static final class EndOfStack {
    private final Runnable action;
    private boolean begun;
    private boolean ended;

    EndOfStack(Runnable action) {
      this.action = action;
    }

    /** Runs it that many frames above the end; false if they were too few. */
    boolean ran(int frames) throws InterruptedException {
      Thread thread = new Thread(null, () -> descend(frames), "end of stack", 256 << 10);
      thread.start();
      thread.join();
      assertThat(begun).isTrue();
      return ended;
    }

    /** Returns how many frames there are below. */
    private int descend(int frames) {
      int below;
      try {
        below = begun ? 0 : descend(frames) + 1;
      } catch (StackOverflowError end) {
        below = 0; // or a frame that was needed to say so
      }
      if (below == frames && !begun) {
        begun = true;
        action.run();
        ended = true;
      }
      return below;
    }
  }
}
