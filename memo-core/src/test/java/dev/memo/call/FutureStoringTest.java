package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored of a function that returns futures, by whom, and what is done with it. */
final class FutureStoringTest extends FutureCalls {
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
              spec(TypeRef.of(Integer.class), FutureStoringTest.this::run),
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
              spec(TypeRef.of(Integer.class), FutureStoringTest.this::run),
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
