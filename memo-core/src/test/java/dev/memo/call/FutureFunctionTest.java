package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.WaitGraph;
import dev.memo.claims.Waits;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Functions that return futures, and what each mechanism of theirs is good for. Where the test does
 * all calls on its own thread, that no call waits is part of what it shows.
 */
@Timeout(120)
class FutureFunctionTest {
  private static final long PATIENCE_SECONDS = 60;
  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path folder;
  private OpenDirectory directory;
  private Primary primary;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** The futures that the function has returned, in the order of its runs. */
  private final List<CompletableFuture<Integer>> runs = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    directory = OpenDirectory.open(folder.resolve("future.memo"), DirectorySettings.DEFAULT);
    primary = directory.primary();
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    directory.close();
  }

  /** What a function is made of; tests change what they are about. */
  private static CallContext context(Primary primary, Waits waits, Duration minMaxWait) {
    return new CallContext(
        primary, new HeapTier(), waits, () -> false, InstantSource.system(), minMaxWait);
  }

  private static <V> FunctionSpec<Integer, CompletableFuture<V>, Exception> spec(
      TypeRef<V> type, ThrowingFunction<Integer, CompletableFuture<V>, Exception> body) {
    return new FunctionSpec<>(
        new FunctionIdentity("future", "1"),
        null,
        List.of(),
        ArgumentsFormat.ofOne(Integer.class),
        ResultFormat.of(type.type(), List.of()),
        0,
        body,
        true);
  }

  private static FutureFunction<Integer, Integer, Exception> function(
      CallContext context, ThrowingFunction<Integer, CompletableFuture<Integer>, Exception> body) {
    Executor usual = new CompletableFuture<Object>().defaultExecutor();
    return FutureFunction.register(spec(TypeRef.of(Integer.class), body), context, usual);
  }

  /** A function whose futures the test completes. */
  private FutureFunction<Integer, Integer, Exception> pending(Primary primary, Duration maxWait) {
    return function(context(primary, primary.waits(), maxWait), this::run);
  }

  private FutureFunction<Integer, Integer, Exception> pending() {
    return pending(primary, LONG);
  }

  private CompletableFuture<Integer> run(Integer argument) {
    CompletableFuture<Integer> run = new CompletableFuture<>();
    runs.add(run);
    return run;
  }

  private static <V> CompletableFuture<V> call(
      CachedFunction<Integer, ? extends @Nullable CompletionStage<V>, Exception> function)
      throws Exception {
    CompletionStage<V> future = function.call(1);
    assertThat(future).isNotNull();
    return future.toCompletableFuture();
  }

  private Caller callOnAnotherThread(FutureFunction<Integer, Integer, Exception> function) {
    FutureTask<CompletableFuture<Integer>> call = new FutureTask<>(() -> function.call(1));
    threads.execute(call);
    return new Caller(call);
  }

  /** A call on a thread of its own. */
  private record Caller(FutureTask<CompletableFuture<Integer>> call) {
    CompletableFuture<Integer> returned() throws Exception {
      return get(call);
    }
  }

  private static <V> V get(Future<V> future) throws Exception {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static Throwable failureOf(CompletableFuture<?> future) {
    Throwable got = catchThrowable(() -> get(future));
    assertThat(got).isInstanceOf(ExecutionException.class);
    return got.getCause();
  }

  /** The future of a run that has begun, or soon does on another thread. */
  private CompletableFuture<Integer> awaitRun(int index) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (runs.size() <= index) {
      assertThat(System.nanoTime()).as("time left").isLessThan(deadline);
      Thread.onSpinWait();
    }
    return runs.get(index);
  }

  private static Primary alwaysGranting(Primary primary) {
    return new DelegatingPrimary(primary) {
      @Override
      public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
        return new Answer.Granted(new Claim(0, epochs().lastSequence()));
      }
    };
  }

  @Nested
  @DisplayName("P1: one computation, and a future for each caller")
  class Sharing {

    @Test
    void callsOfOneProcessShareAComputation() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      CompletableFuture<Integer> leader = call(f);
      CompletableFuture<Integer> follower = call(f);
      assertThat(leader).isNotDone();
      runs.get(0).complete(7);

      assertThat(get(leader)).isEqualTo(7);
      assertThat(get(follower)).isEqualTo(7);
      assertThat(runs).hasSize(1);
      FunctionStats stats = f.stats();
      assertThat(stats.calls()).isEqualTo(2);
      assertThat(stats.missesByReason()).containsEntry(MissReason.ABSENT, 1L);
      assertThat(stats.misses()).isEqualTo(1);
      assertThat(stats.hitsBySource()).containsEntry(HitSource.FLIGHT, 1L);
      assertThat(stats.computations()).isEqualTo(1);
    }

    @Test
    void withoutFlightsAndClaimsEachCallComputes() throws Exception {
      AtomicLong moving = new AtomicLong();
      Primary unshared =
          new DelegatingPrimary(alwaysGranting(primary)) {
            @Override
            public Epochs epochs() {
              Epochs real = super.epochs();
              return new Epochs() {
                @Override
                public long stripe(int index) {
                  return moving.incrementAndGet(); // no flight is ever current
                }

                @Override
                public long directory() {
                  return real.directory();
                }

                @Override
                public long lastSequence() {
                  return real.lastSequence();
                }
              };
            }
          };
      FutureFunction<Integer, Integer, Exception> f = pending(unshared, LONG);
      CompletableFuture<Integer> one = call(f);
      CompletableFuture<Integer> other = call(f);
      assertThat(runs).as("computed twice").hasSize(2);
      runs.get(0).complete(7);
      assertThat(get(one)).isEqualTo(7);
      runs.get(1).complete(8);

      assertThat(get(other)).as("the first result wins").isEqualTo(7);
    }

    @Test
    void whatOneCallerDoesToItsFutureIsNothingToTheOthers() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      CompletableFuture<Integer> leader = call(f);
      List<CompletableFuture<Integer>> followers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        followers.add(call(f));
      }
      assertThat(leader.cancel(true)).isTrue();
      assertThat(followers.get(0).cancel(true)).isTrue();
      assertThat(followers.get(1).complete(99)).isTrue();
      assertThat(followers.get(2).completeExceptionally(new IllegalStateException())).isTrue();
      followers.get(3).obtrudeValue(98);
      assertThat(runs.get(0)).as("the computation").isNotDone();
      runs.get(0).complete(7);

      assertThat(get(followers.get(4))).isEqualTo(7);
      assertThat(leader).isCancelled();
      assertThat(get(followers.get(1))).isEqualTo(99);
      CompletableFuture<Integer> hit = call(f);
      hit.obtrudeValue(97);
      assertThat(get(call(f))).as("stored").isEqualTo(7);
      assertThat(runs).hasSize(1);
    }

    @Test
    void twoDirectoriesShareTheClaim() throws Exception {
      assertThat(runsOfTwoDirectories(false)).isEqualTo(1);
    }

    @Test
    void withoutClaimsTwoDirectoriesBothCompute() throws Exception {
      assertThat(runsOfTwoDirectories(true)).isEqualTo(2);
    }

    /** One of them leads, the other asks over a socket. */
    private int runsOfTwoDirectories(boolean granting) throws Exception {
      try (OpenDirectory second = OpenDirectory.open(directory.path(), DirectorySettings.DEFAULT)) {
        Primary other = second.primary();
        FutureFunction<Integer, Integer, Exception> here = pending();
        FutureFunction<Integer, Integer, Exception> there =
            pending(granting ? alwaysGranting(other) : other, LONG);
        CompletableFuture<Integer> first = call(here);
        CompletableFuture<Integer> waiter = call(there);
        int computing = runs.size();
        assertThat(waiter).isNotDone();
        runs.get(0).complete(7);
        assertThat(get(first)).isEqualTo(7);
        runs.get(computing - 1).complete(8);

        assertThat(get(waiter)).as("the stored winner").isEqualTo(7);
        assertThat(here.stats().calls()).isEqualTo(here.stats().misses());
        return computing;
      }
    }

    @Test
    void whoWaitedForTheClaimOfAFailedRunComputesElsewhere() throws Exception {
      try (OpenDirectory second = OpenDirectory.open(directory.path(), DirectorySettings.DEFAULT)) {
        IllegalStateException broken = new IllegalStateException("broken");
        AtomicReference<Thread> ran = new AtomicReference<>();
        FutureFunction<Integer, Integer, Exception> here = pending();
        FutureFunction<Integer, Integer, Exception> there =
            function(
                context(second.primary(), second.primary().waits(), LONG),
                n -> {
                  ran.set(Thread.currentThread());
                  return run(n);
                });
        CompletableFuture<Integer> first = call(here);
        CompletableFuture<Integer> waiter = call(there);
        runs.get(0).completeExceptionally(broken);

        assertThat(failureOf(first)).isSameAs(broken);
        awaitRun(1).complete(8);
        assertThat(get(waiter)).isEqualTo(8);
        assertThat(ran.get()).isNotSameAs(Thread.currentThread());
        assertThat(there.stats().missesByReason()).containsEntry(MissReason.ABSENT, 1L);
      }
    }
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("raised"),
        new IOException("checked"),
        new AssertionError("error"),
        new CompletionException(new IllegalStateException("of a dependent")));
  }

  @Nested
  @DisplayName("Failures: not stored, and told as the plain function tells them")
  class Failures {

    @ParameterizedTest
    @MethodSource("dev.memo.call.FutureFunctionTest#failures")
    void failureReachesAllWhoAskedAndIsNotStored(Throwable failure) throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      CompletableFuture<Integer> leader = call(f);
      CompletableFuture<Integer> follower = call(f);
      runs.get(0).completeExceptionally(failure);

      assertFailsAs(runs.get(0), leader);
      assertFailsAs(runs.get(0), follower);
      assertThat(f.peek(1).isPresent()).isFalse();
      CompletableFuture<Integer> later = call(f);
      runs.get(1).complete(7);
      assertThat(get(later)).isEqualTo(7);
      assertThat(f.stats().failures()).isEqualTo(1);
      assertThat(f.stats().missesByReason())
          .containsEntry(MissReason.FAILED, 1L)
          .containsEntry(MissReason.ABSENT, 2L);
    }

    private void assertFailsAs(CompletableFuture<?> plain, CompletableFuture<?> cached) {
      Throwable byGet = catchThrowable(() -> get(cached));
      Throwable byJoin = catchThrowable(cached::join);
      Throwable plainByGet = catchThrowable(() -> get(plain));
      Throwable plainByJoin = catchThrowable(plain::join);
      assertThat(byGet).hasSameClassAs(plainByGet);
      assertThat(byGet.getCause()).isSameAs(plainByGet.getCause());
      assertThat(byJoin).hasSameClassAs(plainByJoin);
      assertThat(byJoin.getCause()).isSameAs(plainByJoin.getCause());
      assertThat(cached.isCancelled()).isEqualTo(plain.isCancelled());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancelledRunIsNoNewsToFollowersAndOneOfThemLeadsTheNext(boolean dependent)
        throws Exception {
      FutureFunction<Integer, Integer, Exception> f =
          function(
              context(primary, primary.waits(), LONG),
              n -> dependent ? run(n).thenApply(value -> value) : run(n));
      CompletableFuture<Integer> leader = call(f);
      List<CompletableFuture<Integer>> followers = List.of(call(f), call(f), call(f));
      runs.get(0).cancel(true);

      assertThat(catchThrowable(() -> get(leader)))
          .satisfiesAnyOf(
              got -> assertThat(got).isInstanceOf(CancellationException.class),
              got -> assertThat(got).hasCauseInstanceOf(CancellationException.class));
      assertThat(leader.isCancelled()).isEqualTo(!dependent);
      awaitRun(1).complete(7);
      for (CompletableFuture<Integer> follower : followers) {
        assertThat(get(follower)).isEqualTo(7);
      }
      assertThat(runs).hasSize(2);
      assertThat(f.stats().missesByReason())
          .containsEntry(MissReason.ABSENT, 2L)
          .containsEntry(MissReason.FAILED, 0L);
      // one that comes late finds the result stored
      assertThat(f.stats().hitsBySource().values().stream().mapToLong(n -> n).sum()).isEqualTo(2);
    }

    @Test
    void nobodyComputesForCallersThatHaveGivenUp() throws Exception {
      FutureFunction<Integer, Integer, Exception> f =
          FutureFunction.register(
              spec(TypeRef.of(Integer.class), FutureFunctionTest.this::run),
              context(primary, primary.waits(), LONG),
              Runnable::run);
      CompletableFuture<Integer> led = call(f);
      List<CompletableFuture<Integer>> followers = List.of(call(f), call(f), call(f));
      followers.forEach(follower -> follower.cancel(true));
      runs.get(0).cancel(true);

      assertThat(led).isCompletedExceptionally();
      assertThat(runs).hasSize(1);
      assertThat(f.stats().missesByReason()).containsEntry(MissReason.INTERRUPTED, 3L);
      CompletableFuture<Integer> next = call(f);
      assertThat(runs).as("neither flight nor claim is left behind").hasSize(2);
      runs.get(1).complete(7);
      assertThat(get(next)).isEqualTo(7);
    }

    @Test
    void whoHasNotGivenUpComputesAfterThoseWhoHave() throws Exception {
      FutureFunction<Integer, Integer, Exception> f =
          FutureFunction.register(
              spec(TypeRef.of(Integer.class), FutureFunctionTest.this::run),
              context(primary, primary.waits(), LONG),
              Runnable::run);
      CompletableFuture<Integer> led = call(f);
      List<CompletableFuture<Integer>> followers = List.of(call(f), call(f), call(f));
      followers.get(0).cancel(true);
      followers.get(2).cancel(true);
      runs.get(0).cancel(true);

      assertThat(led).isCompletedExceptionally();
      assertThat(runs).hasSize(2);
      runs.get(1).complete(7);
      assertThat(get(followers.get(1))).isEqualTo(7);
    }

    @Test
    void whatTheMethodThrowsIsThrownToItsCallerAndFailsTheFuturesOfFollowers() throws Exception {
      IllegalStateException broken = new IllegalStateException("broken");
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      FutureFunction<Integer, Integer, Exception> f =
          function(
              context(primary, primary.waits(), LONG),
              n -> {
                running.countDown();
                assertThat(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                throw broken;
              });
      Caller leader = callOnAnotherThread(f);
      assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Integer> follower = call(f);
      assertThat(follower).isNotDone();
      go.countDown();

      assertThat(failureOf(follower)).isSameAs(broken);
      assertThat(catchThrowable(leader::returned).getCause()).isSameAs(broken);
      assertThatThrownBy(() -> f.call(1)).as("not stored").isSameAs(broken);
      assertThat(f.stats().failures()).isEqualTo(2);
      assertThat(f.stats().calls()).isEqualTo(f.stats().misses()).isEqualTo(3);
    }

    @Test
    void whatTheMethodThrowsToACallerThatHasItsFutureFailsThat() throws Exception {
      IllegalStateException broken = new IllegalStateException("broken");
      FutureFunction<Integer, Integer, Exception> first = pending();
      FutureFunction<Integer, Integer, Exception> throwing =
          function(
              context(primary, primary.waits(), LONG),
              n -> {
                throw broken;
              });
      CompletableFuture<Integer> holder = call(first);
      CompletableFuture<Integer> waiter = call(throwing);
      assertThat(waiter).isNotDone();
      runs.get(0).cancel(true);

      assertThat(failureOf(waiter)).isSameAs(broken);
      assertThatThrownBy(() -> get(holder)).isInstanceOf(CancellationException.class);
    }

    @Test
    void nullInsteadOfAFutureIsReturnedAndNotStored() throws Exception {
      AtomicInteger calls = new AtomicInteger();
      FutureFunction<Integer, Integer, Exception> f =
          function(context(primary, primary.waits(), LONG), n -> noFuture(calls));

      assertThat(f.call(1)).isNull();
      assertThat(f.call(1)).isNull();
      assertThat(f.refresh(1)).isNull();
      assertThat(calls).hasValue(3);
      assertThat(f.peek(1).isPresent()).isFalse();
      assertThat(f.stats().unstoredByReason()).containsEntry(UnstoredReason.UNCACHEABLE, 3L);
      assertThat(f.stats().computations()).isEqualTo(3);
    }

    @SuppressWarnings("NullAway") // for the test
    private CompletableFuture<Integer> noFuture(AtomicInteger calls) {
      calls.incrementAndGet();
      return null;
    }

    @Test
    void nullInsteadOfAFutureFailsTheFuturesOfFollowers() throws Exception {
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      FutureFunction<Integer, Integer, Exception> f =
          function(
              context(primary, primary.waits(), LONG),
              n -> {
                running.countDown();
                assertThat(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                return noFuture(new AtomicInteger());
              });
      Caller leader = callOnAnotherThread(f);
      assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Integer> follower = call(f);
      go.countDown();

      assertThat(leader.returned()).isNull();
      assertThat(failureOf(follower))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("future");
    }

    @Test
    void stageThatCannotBeWatchedFailsTheCall() throws Exception {
      IllegalStateException broken = new IllegalStateException("broken");
      FutureFunction<Integer, Integer, Exception> f =
          function(
              context(primary, primary.waits(), LONG),
              n ->
                  new CompletableFuture<>() {
                    @Override
                    public CompletableFuture<Integer> whenComplete(
                        BiConsumer<? super Integer, ? super Throwable> action) {
                      throw broken;
                    }
                  });

      assertThat(failureOf(call(f))).isSameAs(broken);
    }
  }

  @Nested
  @DisplayName("P3: stored first, and not on a thread of the user")
  class Storing {

    private Thread threadThatStores(Executor elsewhere) throws Exception {
      AtomicReference<Thread> stores = new AtomicReference<>();
      Primary watched =
          new DelegatingPrimary(primary) {
            @Override
            public PutAnswer put(
                CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
              stores.set(Thread.currentThread());
              return super.put(key, variant, claim, entry, rejected);
            }
          };
      FutureFunction<Integer, Integer, Exception> f =
          FutureFunction.register(
              spec(TypeRef.of(Integer.class), FutureFunctionTest.this::run),
              context(watched, primary.waits(), LONG),
              elsewhere);
      CompletableFuture<Integer> future = call(f);
      runs.get(0).complete(7);
      assertThat(get(future)).isEqualTo(7);
      return stores.get();
    }

    @Test
    void threadThatCompletesTheRunDoesNotStore() throws Exception {
      assertThat(threadThatStores(new CompletableFuture<Object>().defaultExecutor()))
          .isNotSameAs(Thread.currentThread());
    }

    @Test
    void withoutAnExecutorTheThreadThatCompletesTheRunWouldStore() throws Exception {
      assertThat(threadThatStores(Runnable::run)).isSameAs(Thread.currentThread());
    }

    @Test
    void futureCompletesWhenItsResultIsStored() throws Exception {
      CountDownLatch storing = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      Primary slow =
          new DelegatingPrimary(primary) {
            @Override
            public PutAnswer put(
                CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
              storing.countDown();
              awaitLatch(go);
              return super.put(key, variant, claim, entry, rejected);
            }
          };
      FutureFunction<Integer, Integer, Exception> f = pending(slow, LONG);
      CompletableFuture<Integer> leader = call(f);
      CompletableFuture<Integer> follower = call(f);
      AtomicReference<@Nullable Boolean> there = new AtomicReference<>();
      CompletableFuture<Void> looked = leader.thenAccept(value -> there.set(f.peek(1).isPresent()));
      runs.get(0).complete(7);
      assertThat(storing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(leader).isNotDone();
      assertThat(follower).isNotDone();
      go.countDown();

      assertThat(get(looked)).isNull();
      assertThat(there).hasValue(true);
      assertThat(get(follower)).isEqualTo(7);
    }

    @Test
    void resultIsStoredThoughThereIsNoOtherThread() throws Exception {
      Thread unused =
          threadThatStores(
              task -> {
                throw new RejectedExecutionException("for the test");
              });

      assertThat(pending().isCached(1)).isTrue();
    }

    @Test
    void waitThatCannotGoOnElsewhereFailsInsteadOfHanging() throws Exception {
      RejectedExecutionException rejected = new RejectedExecutionException("for the test");
      FutureFunction<Integer, Integer, Exception> f =
          FutureFunction.register(
              spec(TypeRef.of(Integer.class), FutureFunctionTest.this::run),
              context(primary, primary.waits(), LONG),
              task -> {
                throw rejected;
              });
      CompletableFuture<Integer> holder = call(pending());
      CompletableFuture<Integer> waiter = call(f);
      CompletableFuture<Integer> follower = call(f);
      runs.get(0).completeExceptionally(new IllegalStateException("broken"));

      assertThat(failureOf(waiter)).isSameAs(rejected);
      assertThat(failureOf(follower)).isSameAs(rejected);
      assertThat(failureOf(holder)).hasMessage("broken");
      assertThat(f.stats().calls()).isEqualTo(f.stats().misses()).isEqualTo(2);
      CompletableFuture<Integer> next = call(pending());
      runs.get(1).complete(7);
      assertThat(get(next)).as("the claim that it was granted was handed on").isEqualTo(7);
    }

    @Test
    void refusedResultIsReturnedAndCounted() throws Exception {
      StoreException full = new StoreException(Reason.NO_SPACE, "for the test", null);
      Primary refusing =
          new DelegatingPrimary(primary) {
            @Override
            public PutAnswer put(
                CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
              return new PutAnswer.Refused(full);
            }

            @Override
            public PutAnswer replace(CallKey key, int variant, byte[] entry, long start) {
              return new PutAnswer.Refused(full);
            }
          };
      FutureFunction<Integer, Integer, Exception> f = pending(refusing, LONG);
      CompletableFuture<Integer> future = call(f);
      runs.get(0).complete(7);
      assertThat(get(future)).isEqualTo(7);
      assertThat(f.stats().unstoredByReason()).containsEntry(UnstoredReason.REFUSED, 1L);

      CompletableFuture<Integer> refreshed = f.refresh(1);
      runs.get(1).complete(8);
      assertThat(refreshed).isNotNull();
      assertThat(failureOf(refreshed)).isInstanceOf(DirectoryUnavailableException.class);
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

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
          function(context(primary, counting, LONG), FutureFunctionTest.this::run);
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
      FutureFunction<Integer, Integer, Exception> f =
          function(context, FutureFunctionTest.this::run);
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

  @Nested
  @DisplayName("What else a handle does")
  class Operations {

    @Test
    void hitIsACompletedFuture() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      CompletableFuture<Integer> first = call(f);
      runs.get(0).complete(7);
      assertThat(get(first)).isEqualTo(7);

      assertThat(call(f)).isCompletedWithValue(7);
      assertThat(call(pending())).as("of another handle").isCompletedWithValue(7);
      assertThat(f.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
      assertThat(f.stats().timeSaved()).isPositive();
      assertThat(f.stats().calls()).isEqualTo(f.stats().hits() + f.stats().misses());
    }

    @Test
    void callersOfAMutableValueHaveItForThemselves() throws Exception {
      CompletableFuture<List<Integer>> run = new CompletableFuture<>();
      FutureFunction<Integer, List<Integer>, Exception> f =
          FutureFunction.register(
              spec(new TypeRef<List<Integer>>() {}, n -> run),
              context(primary, primary.waits(), LONG),
              new CompletableFuture<Object>().defaultExecutor());
      CompletableFuture<List<Integer>> leader = call(f);
      CompletableFuture<List<Integer>> follower = call(f);
      run.complete(new ArrayList<>(List.of(7)));

      get(leader).add(8);
      assertThat(get(follower)).containsExactly(7);
      CompletableFuture<List<Integer>> hit = call(f);
      assertThat(hit).isCompletedWithValue(List.of(7));
      get(hit).add(9);
      assertThat(call(f)).isCompletedWithValue(List.of(7));
      assertThat(f.stats().hitsBySource()).containsEntry(HitSource.DISK, 2L);
    }

    @Test
    void peekGivesACompletedFuture() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      assertThat(f.isCached(1)).isFalse();
      assertThat(f.peek(1).isPresent()).isFalse();
      f.put(1, CompletableFuture.completedFuture(7));

      assertThat(f.isCached(1)).isTrue();
      CompletionStage<Integer> peeked = f.peek(1).value();
      assertThat(peeked).isNotNull();
      assertThat(peeked.toCompletableFuture()).isCompletedWithValue(7);
      assertThat(f.stats().calls()).isZero();
      assertThat(call(f)).isCompletedWithValue(7);
      assertThat(runs).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // for the test
    void onlyWhatAFutureHasCompletedWithCanBePut() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      CompletableFuture<Integer> cancelled = new CompletableFuture<>();
      cancelled.cancel(true);

      for (CompletionStage<Integer> no :
          List.<CompletionStage<Integer>>of(
              new CompletableFuture<>(),
              CompletableFuture.failedFuture(new IllegalStateException()),
              cancelled)) {
        assertThatThrownBy(() -> f.put(1, no))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("has completed with");
      }
      assertThatThrownBy(() -> f.put(1, null)).isInstanceOf(IllegalArgumentException.class);
      assertThat(f.isCached(1)).isFalse();
      f.put(1, CompletableFuture.completedStage(7)); // no CompletableFuture, but it knows one
      assertThat(call(f)).isCompletedWithValue(7);
    }

    @Test
    void refreshReplacesAndCompletesWhenThatIsStored() throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      f.put(1, CompletableFuture.completedFuture(7));
      CompletableFuture<Integer> refreshed = f.refresh(1);
      assertThat(refreshed).isNotNull().isNotDone();
      assertThat(call(f)).isCompletedWithValue(7);
      AtomicReference<@Nullable Integer> then = new AtomicReference<>();
      CompletableFuture<Void> looked = refreshed.thenAccept(value -> then.set(found(f)));
      runs.get(0).complete(8);

      assertThat(get(refreshed)).isEqualTo(8);
      assertThat(get(looked)).isNull();
      assertThat(then).hasValue(8);
      assertThat(f.stats().bypasses()).isEqualTo(1);
      assertThat(f.stats().calls()).isEqualTo(3);
    }

    private int found(FutureFunction<Integer, Integer, Exception> f) {
      try {
        return call(f).getNow(-1);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    @Test
    void failedRefreshLeavesWhatIsStored() throws Exception {
      IllegalStateException broken = new IllegalStateException("broken");
      FutureFunction<Integer, Integer, Exception> f = pending();
      f.put(1, CompletableFuture.completedFuture(7));
      CompletableFuture<Integer> refreshed = f.refresh(1);
      runs.get(0).completeExceptionally(broken);

      assertThat(refreshed).isNotNull();
      assertThat(failureOf(refreshed)).isSameAs(broken);
      assertThat(call(f)).isCompletedWithValue(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("P6: what was invalidated while it was computed is returned, not stored")
    void outdatedResultIsReturned(boolean all) throws Exception {
      FutureFunction<Integer, Integer, Exception> f = pending();
      CompletableFuture<Integer> called = call(f);
      CompletableFuture<Integer> refreshed = f.refresh(1);
      if (all) {
        f.invalidateAll();
      } else {
        f.invalidate(1);
      }
      CompletableFuture<Integer> later = call(f);
      assertThat(runs).as("the older computation is not joined").hasSize(3);
      runs.get(0).complete(7);
      runs.get(1).complete(8);

      assertThat(get(called)).isEqualTo(7);
      assertThat(refreshed).isNotNull();
      assertThat(get(refreshed)).isEqualTo(8);
      assertThat(f.isCached(1)).isFalse();
      assertThat(f.stats().unstoredByReason()).containsEntry(UnstoredReason.OUTDATED, 2L);
      runs.get(2).complete(9);
      assertThat(get(later)).isEqualTo(9);
      assertThat(call(f)).isCompletedWithValue(9);
    }
  }
}
