package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.claims.Epochs;
import dev.memo.claims.Primary;
import dev.memo.codec.TypeRef;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who shares a computation of a function that returns futures, and what its failure is to whom. */
final class FutureSharingTest extends FutureCalls {
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
    @MethodSource("dev.memo.call.FutureSharingTest#failures")
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
              spec(TypeRef.of(Integer.class), FutureSharingTest.this::run),
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
              spec(TypeRef.of(Integer.class), FutureSharingTest.this::run),
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
}
