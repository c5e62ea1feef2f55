package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.HitSource;
import dev.memo.call.MissReason;
import dev.memo.codec.TypeRef;
import dev.memo.parallel.Parallel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FlightTest {
  @TempDir Path folder;
  private Memo memo;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void open() {
    memo = Memo.open(folder.resolve("flight.memo"));
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    memo.close();
  }

  private CachedFunction<Integer, Integer, RuntimeException> function(
      String name, Body<Integer, Integer> body) {
    return memo.function(name, "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
        .capturesNothing()
        .calls(
            n -> {
              try {
                return body.call(n);
              } catch (RuntimeException e) {
                throw e;
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
  }

  private interface Body<A, R> {
    R call(A argument) throws Exception;
  }

  @Test
  @DisplayName("P1: 64 threads ask for one cold key: it runs once")
  void oneColdKeyRunsOnce() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch allAsked = new CountDownLatch(63);
    CachedFunction<Integer, Integer, RuntimeException> f =
        function(
            "one",
            n -> {
              // Runs until all others are at least on their way.
              assertThat(allAsked.await(30, TimeUnit.SECONDS)).isTrue();
              return runs.incrementAndGet();
            });

    List<Future<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      all.add(
          threads.submit(
              () -> {
                allAsked.countDown();
                return f.call(7);
              }));
    }

    for (Future<Integer> one : all) {
      assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
    assertThat(runs).hasValue(1);
    assertThat(f.stats().misses()).isEqualTo(1);
    assertThat(f.stats().hits()).isEqualTo(63);
  }

  @Test
  @DisplayName("P1: 64 threads ask for 10,000 cold keys in random orders: each runs once")
  void manyColdKeysRunOnceEach() throws Exception {
    int keys = 10_000;
    ConcurrentHashMap<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
    CachedFunction<Integer, Integer, RuntimeException> f =
        function(
            "many",
            n -> {
              runs.computeIfAbsent(n, key -> new AtomicInteger()).incrementAndGet();
              return n + 1;
            });

    List<Future<Long>> all = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, keys).boxed().toList());
      Collections.shuffle(order, new Random(i));
      all.add(threads.submit(() -> order.stream().filter(n -> f.call(n) == n + 1).count()));
    }

    for (Future<Long> one : all) {
      assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(keys);
    }
    assertThat(runs).hasSize(keys);
    assertThat(runs.values()).allMatch(count -> count.get() == 1);
    assertThat(f.stats().calls()).isEqualTo(64L * keys);
    assertThat(f.stats().hits() + f.stats().misses()).isEqualTo(64L * keys);
    assertThat(f.stats().cycleBreaks()).isZero();
  }

  @Test
  @DisplayName("P1: two handles of one function run it once between them")
  void twoHandlesOfOneFunctionShareTheClaim() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Body<Integer, Integer> body =
        n -> {
          runs.incrementAndGet();
          running.countDown();
          assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
          return n;
        };
    CachedFunction<Integer, Integer, RuntimeException> one = function("same", body);
    CachedFunction<Integer, Integer, RuntimeException> other = function("same", body);

    Future<Integer> first = threads.submit(() -> one.call(1));
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    Waiter<Integer> second = waiting(() -> other.call(1));
    go.countDown();

    assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(second.result().get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(runs).hasValue(1);
  }

  @Test
  void followersGetTheLeadersException() throws Exception {
    IllegalStateException broken = new IllegalStateException("broken");
    Meeting meeting = new Meeting();
    CachedFunction<Integer, Integer, RuntimeException> f =
        function(
            "broken",
            n -> {
              meeting.arriveAndWait();
              throw broken;
            });

    Future<Integer> leader = threads.submit(() -> f.call(1));
    meeting.awaitArrival();
    Waiter<Integer> follower = waiting(() -> f.call(1));
    meeting.release();

    assertThat(failureOf(leader)).isSameAs(broken);
    assertThat(failureOf(follower.result())).isSameAs(broken);
    assertThat(f.stats().failures()).isEqualTo(1);
    assertThat(f.stats().missesByReason()).containsEntry(MissReason.FAILED, 1L);
  }

  @Test
  void stackOverflowOfALeaderIsNotDeliveredToItsFollowers() throws Exception {
    Meeting meeting = new Meeting();
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<Integer, Integer, RuntimeException> f =
        function(
            "overflowing",
            n -> {
              if (runs.incrementAndGet() == 1) {
                meeting.arriveAndWait();
                throw new StackOverflowError("of the leader");
              }
              return n;
            });
    Future<Integer> leader = threads.submit(() -> f.call(1));
    meeting.awaitArrival();
    Waiter<Integer> follower = waiting(() -> f.call(1));
    meeting.release();

    assertThat(failureOf(leader)).isInstanceOf(StackOverflowError.class);
    assertThat(follower.result().get(30, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void followersOfAMutableResultGetTheirOwnCopies() throws Exception {
    Meeting meeting = new Meeting();
    CachedFunction<Integer, List<Integer>, InterruptedException> f =
        memo.function("list", "1", TypeRef.of(Integer.class), new TypeRef<List<Integer>>() {})
            .capturesNothing()
            .calls(
                n -> {
                  meeting.arriveAndWait();
                  return new ArrayList<>(List.of(n));
                });

    Future<List<Integer>> leader = threads.submit(() -> f.call(1));
    meeting.awaitArrival();
    Waiter<List<Integer>> follower = waiting(() -> f.call(1));
    meeting.release();

    leader.get(30, TimeUnit.SECONDS).add(2);
    assertThat(follower.result().get(30, TimeUnit.SECONDS)).containsExactly(1);
    assertThat(f.stats().hitsBySource()).containsEntry(HitSource.FLIGHT, 1L);
  }

  @Test
  @DisplayName("P1: an interrupted waiter keeps its flag and computes for itself")
  void interruptedWaiterComputes() throws Exception {
    Meeting meeting = new Meeting();
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<Integer, Integer, RuntimeException> f =
        function(
            "interrupted",
            n -> {
              if (runs.incrementAndGet() == 1) {
                meeting.arriveAndWait();
              }
              return n;
            });
    Future<Integer> leader = threads.submit(() -> f.call(1));
    meeting.awaitArrival();
    Waiter<Boolean> follower =
        waiting(
            () -> {
              assertThat(f.call(1)).isEqualTo(1);
              return Thread.interrupted();
            });

    follower.thread().interrupt();

    assertThat(follower.result().get(30, TimeUnit.SECONDS)).as("interrupt flag kept").isTrue();
    assertThat(f.stats().missesByReason()).containsEntry(MissReason.INTERRUPTED, 1L);
    meeting.release();
    assertThat(leader.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(runs).hasValue(2);
  }

  @Test
  void interruptOfALeaderIsNotDeliveredToItsFollowers() throws Exception {
    Meeting meeting = new Meeting();
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<Integer, Integer, InterruptedException> f =
        memo.function("leader", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(
                n -> {
                  if (runs.incrementAndGet() == 1) {
                    meeting.arriveAndWait();
                  }
                  return n;
                });
    AtomicReference<Thread> leading = new AtomicReference<>();
    Future<Integer> leader =
        threads.submit(
            () -> {
              leading.set(Thread.currentThread());
              return f.call(1);
            });
    meeting.awaitArrival();
    Waiter<Integer> follower = waiting(() -> f.call(1));

    leading.get().interrupt();

    assertThat(failureOf(leader)).isInstanceOf(InterruptedException.class);
    assertThat(follower.result().get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(runs).hasValue(2);
  }

  @Test
  @DisplayName("P1: cancelled waiters of a batch do not compute")
  void cancelledBatchDoesNotCompute() throws Exception {
    Meeting meeting = new Meeting();
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<Integer, Integer, RuntimeException> f =
        function(
            "cancelled",
            n -> {
              runs.incrementAndGet();
              meeting.arriveAndWait();
              return n;
            });
    Future<Integer> leader = threads.submit(() -> f.call(1));
    meeting.awaitArrival();
    Waiter<Boolean> batch =
        waiting(
            () -> {
              try {
                Parallel.map(f, Collections.nCopies(50, 1), 50);
                return false;
              } catch (CancellationException e) {
                return Thread.interrupted();
              }
            });
    await(() -> f.stats().calls() == 51);

    batch.thread().interrupt();

    assertThat(batch.result().get(30, TimeUnit.SECONDS)).as("cancelled, and flag kept").isTrue();
    meeting.release();
    assertThat(leader.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    await(() -> f.stats().hits() + f.stats().misses() == f.stats().calls());
    assertThat(runs).hasValue(1);
  }

  @Test
  void recursionThroughTheCacheRunsEachStepOnce() {
    AtomicInteger runs = new AtomicInteger();
    AtomicReference<CachedFunction<Integer, Long, RuntimeException>> self = new AtomicReference<>();
    CachedFunction<Integer, Long, RuntimeException> fibonacci =
        memo.function("fibonacci", "1", TypeRef.of(Integer.class), TypeRef.of(Long.class))
            .capturesNothing()
            .calls(
                n -> {
                  runs.incrementAndGet();
                  return n < 2 ? (long) n : self.get().call(n - 1) + self.get().call(n - 2);
                });
    self.set(fibonacci);

    assertThat(fibonacci.call(80)).isEqualTo(23416728348467685L);
    assertThat(runs).hasValue(81);
  }

  @Test
  @DisplayName("P1: mutual recursion from two sides computes instead of waiting in a cycle")
  void mutualRecursionFromTwoSidesEnds() throws Exception {
    Meeting first = new Meeting();
    Meeting second = new Meeting();
    AtomicReference<CachedFunction<Integer, Integer, RuntimeException>> even =
        new AtomicReference<>();
    AtomicReference<CachedFunction<Integer, Integer, RuntimeException>> odd =
        new AtomicReference<>();
    AtomicInteger depth = new AtomicInteger();
    even.set(
        function(
            "even",
            n -> {
              if (depth.incrementAndGet() <= 2) {
                first.arriveAndWait();
                return odd.get().call(n) + 1;
              }
              return 0;
            }));
    odd.set(
        function(
            "odd",
            n -> {
              if (depth.incrementAndGet() <= 2) {
                second.arriveAndWait();
                return even.get().call(n) + 1;
              }
              return 0;
            }));

    Future<Integer> left = threads.submit(() -> even.get().call(1));
    first.awaitArrival();
    Future<Integer> right = threads.submit(() -> odd.get().call(1));
    second.awaitArrival();
    first.release();
    second.release();

    left.get(30, TimeUnit.SECONDS);
    right.get(30, TimeUnit.SECONDS);
    long breaks = even.get().stats().cycleBreaks() + odd.get().stats().cycleBreaks();
    assertThat(breaks).isEqualTo(1);
  }

  @Test
  @DisplayName("P1: cached calls inside batches inside cached calls never deadlock")
  void batchesAndCachedCallsNest() {
    AtomicReference<CachedFunction<Integer, Integer, RuntimeException>> sum =
        new AtomicReference<>();
    sum.set(
        function(
            "sum",
            n ->
                n == 0
                    ? 1
                    : Parallel.map(sum.get(), IntStream.range(0, n).boxed().toList(), 1).stream()
                        .mapToInt(Integer::intValue)
                        .sum()));

    List<Integer> sums = Parallel.map(sum.get(), List.of(10, 9, 8, 10, 9), 4);

    assertThat(sums).containsExactly(512, 256, 128, 512, 256);
    assertThat(sum.get().stats().computations()).isGreaterThanOrEqualTo(11);
  }

  @Test
  void forkJoinTasksThatStealEachOtherDoNotDeadlock() throws Exception {
    AtomicReference<CachedFunction<Integer, Integer, RuntimeException>> self =
        new AtomicReference<>();
    ForkJoinPool pool = new ForkJoinPool(2);
    try {
      self.set(
          function(
              "stolen",
              n -> {
                if (n == 0) {
                  return 1;
                }
                // Joining may run another task on this very stack.
                List<ForkJoinTask<Integer>> tasks =
                    IntStream.range(0, 4)
                        .mapToObj(
                            i ->
                                ForkJoinTask.adapt((Callable<Integer>) () -> self.get().call(n - 1))
                                    .fork())
                        .toList();
                return tasks.stream().mapToInt(ForkJoinTask::join).sum();
              }));

      assertThat(pool.submit(() -> self.get().call(5)).get(30, TimeUnit.SECONDS)).isEqualTo(1024);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  @DisplayName("P1: a stack overflow leaves no claim and no flight behind")
  void stackOverflowLeavesNothingBehind() throws Exception {
    AtomicReference<CachedFunction<Integer, Integer, RuntimeException>> self =
        new AtomicReference<>();
    AtomicInteger limit = new AtomicInteger();
    self.set(function("deep", n -> n >= limit.get() ? 0 : self.get().call(n + 1) + 1));
    for (int round = 0; round < 20; round++) {
      int from = round * 100_000;
      limit.set(Integer.MAX_VALUE);
      long before = self.get().stats().calls();

      Future<Integer> overflow = threads.submit(() -> self.get().call(from));
      assertThat(failureOf(overflow)).isInstanceOf(StackOverflowError.class);

      int deepest = from + (int) (self.get().stats().calls() - before);
      limit.set(0);
      for (int n = deepest - 20; n <= deepest; n++) {
        int again = n;
        Future<Integer> call = threads.submit(() -> self.get().call(again));
        // a flight or claim left behind would be waited for, a minute long
        assertThat(call.get(30, TimeUnit.SECONDS)).isZero();
      }
    }
  }

  @Test
  @DisplayName("P6: who asks after an invalidation does not join an older flight")
  void olderFlightIsNotJoined() throws Exception {
    Meeting meeting = new Meeting();
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<Integer, Integer, RuntimeException> f =
        function(
            "older",
            n -> {
              int run = runs.incrementAndGet();
              if (run == 1) {
                meeting.arriveAndWait();
              }
              return run;
            });
    Future<Integer> old = threads.submit(() -> f.call(1));
    meeting.awaitArrival();

    f.invalidate(1);

    assertThat(f.call(1)).isEqualTo(2);
    meeting.release();
    assertThat(old.get(30, TimeUnit.SECONDS)).isIn(1, 2);
    assertThat(f.call(1)).as("the old computation brings nothing back").isEqualTo(2);
  }

  private static Throwable failureOf(Future<?> future)
      throws InterruptedException, TimeoutException {
    try {
      Object value = future.get(30, TimeUnit.SECONDS);
      throw new AssertionError("returned " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  /** A call that waits for another. */
  private record Waiter<T>(Thread thread, Future<T> result) {}

  /** Starts a call on a thread of its own, and returns when that thread waits. */
  private <T> Waiter<T> waiting(Callable<T> call) {
    AtomicReference<Thread> thread = new AtomicReference<>();
    Future<T> result =
        threads.submit(
            () -> {
              thread.set(Thread.currentThread());
              return call.call();
            });
    awaitWaiting(thread);
    return new Waiter<>(thread.get(), result);
  }

  private static void awaitWaiting(AtomicReference<Thread> thread) {
    await(
        () ->
            thread.get() != null
                && (thread.get().getState() == Thread.State.WAITING
                    || thread.get().getState() == Thread.State.TIMED_WAITING));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** A place in a function where a test stops it. */
  private static final class Meeting {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    void arriveAndWait() throws InterruptedException {
      arrived.countDown();
      if (!released.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("never released");
      }
    }

    void awaitArrival() throws InterruptedException {
      assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
    }

    void release() {
      released.countDown();
    }
  }
}
