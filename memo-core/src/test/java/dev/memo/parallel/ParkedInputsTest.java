package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.DelegatingPrimary;
import dev.memo.call.FunctionStats;
import dev.memo.call.MissReason;
import dev.memo.call.StoredFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Primary;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Inputs of a batch that others compute keep no worker: it goes on with the inputs that it can
 * compute.
 */
@Timeout(180)
final class ParkedInputsTest extends ParkingBatches {
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  static final int HELD = 8;

  ParkedInputsTest(@TempDir Path folder) {
    super(folder);
  }

  @Test
  @DisplayName("inputs that another process computes cost the others next to nothing")
  void heldByAnotherProcess() throws Exception {
    CountDownLatch first = new CountDownLatch(OTHERS);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              LockSupport.parkNanos(1_000_000);
              first.countDown();
              return run(n);
            });
    try (ChildJvm child = ChildJvm.of(Holder.class, path).shortLived().start()) {
      child.awaitLine("holds all");
      Running waiting = new Running(slow, range(0, HELD + OTHERS), THREADS, true);
      assertThat(first.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      await("the eight wait", () -> state().waits() == HELD);
      await("without a worker", () -> waiting.batch.waiting(HELD) == HELD);
      assertThat(waiting.results).isNotDone();

      double best = Double.MAX_VALUE;
      for (int round = 1; best > 1.2 && round <= 10; round++) {
        double with = seconds(round, true);
        best = Math.min(best, with / seconds(round, false));
      }
      assertThat(best).as("time of the others, beside that without the eight").isLessThan(1.2);

      tell(child);
      assertThat(waiting.results()).isEqualTo(negated(range(0, HELD + OTHERS)));
      child.awaitLine("done");
      assertThat(runs).hasValueGreaterThanOrEqualTo(OTHERS);
      assertThat(state().waits()).isZero();
      assertCountersAddUp(slow.stats(), HELD + OTHERS);
    }
  }

  /** How long others take that nobody has asked for yet, after some that wait or not. */
  private double seconds(int round, boolean eight) throws Exception {
    CountDownLatch others = new CountDownLatch(OTHERS);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              LockSupport.parkNanos(1_000_000);
              others.countDown();
              return -n;
            });
    int from = (2 * round + (eight ? 1 : 0)) * 10_000;
    List<Integer> inputs = new ArrayList<>(range(0, eight ? HELD : 0));
    inputs.addAll(range(from, from + OTHERS));
    long begin = System.nanoTime();
    Running running = new Running(slow, inputs, THREADS, true);
    assertThat(others.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (!eight) {
      assertThat(running.results()).hasSize(OTHERS);
    }
    return seconds;
  }

  private static void tell(ChildJvm child) {
    new PrintStream(child.process().getOutputStream(), true, StandardCharsets.UTF_8).println("go");
  }

  /** Computes the first inputs until it is told to end. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      CountDownLatch holds = new CountDownLatch(HELD);
      CountDownLatch go = new CountDownLatch(1);
      try (OpenDirectory directory =
          OpenDirectory.open(Path.of(arguments[0]), DirectorySettings.DEFAULT)) {
        StoredFunction<Integer, Integer, RuntimeException> slow =
            function(
                directory.primary(),
                PATIENCE,
                n -> {
                  holds.countDown();
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return -n;
                });
        Thread batch = new Thread(() -> Parallel.map(slow, range(0, HELD), HELD));
        batch.start();
        holds.await();
        System.out.println("holds all");
        if (System.in.read() >= 0) {
          go.countDown();
          batch.join();
          System.out.println("done");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  @DisplayName("twin: where inputs are not parked, they keep all workers, and the others wait")
  void twinWithoutParking() throws Exception {
    hold(Chain.root(), range(0, HELD));
    Running blocked = new Running(counting(), range(0, HELD + OTHERS), THREADS, false);
    await("all workers wait", () -> state().waits() == HELD);
    assertThat(runs).hasValue(0);
    releaseAll();
    assertThat(blocked.results()).isEqualTo(negated(range(0, HELD + OTHERS)));
  }

  /** A function of which the batch does not know that it is cached. */
  private record Single(StoredFunction<Integer, Integer, RuntimeException> cached)
      implements ThrowingFunction<Integer, Integer, RuntimeException> {
    @Override
    public Integer call(Integer n) {
      return cached.call(n);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("no thread replaces a worker, as it does for calls that are not known to be cached")
  void noThreadReplacesAWorker(boolean known) throws Exception {
    hold(Chain.root(), range(0, HELD));
    AtomicInteger threads = new AtomicInteger();
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              ForkJoinWorkerThread worker = (ForkJoinWorkerThread) Thread.currentThread();
              threads.accumulateAndGet(worker.getPool().getPoolSize(), Math::max);
              return run(n);
            });
    ThrowingFunction<Integer, Integer, RuntimeException> called = known ? slow : new Single(slow);
    List<Integer> inputs = range(0, HELD + OTHERS);
    CompletableFuture<List<Integer>> results =
        CompletableFuture.supplyAsync(
            () -> Parallel.map(called, inputs, THREADS), task -> new Thread(task).start());
    await("the others have run", () -> runs.get() == OTHERS);
    assertThat(results).isNotDone();
    assertThat(threads.get() > THREADS).as("%s threads", threads).isNotEqualTo(known);
    releaseAll();
    assertThat(results.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(negated(inputs));
    assertThat(runs).hasValue(HELD + OTHERS);
  }

  @Test
  @DisplayName("P1: claims that are handed over are computed, each once")
  void whatIsHandedOverIsComputedOnce() throws Exception {
    hold(Chain.root(), range(0, HELD));
    StoredFunction<Integer, Integer, RuntimeException> slow = counting();
    Running running = new Running(slow, range(0, HELD + OTHERS), THREADS, true);
    await("the others have ended", () -> runs.get() == OTHERS);
    await("the eight wait", () -> state().waits() == HELD);
    releaseAll();
    assertThat(running.results()).isEqualTo(negated(range(0, HELD + OTHERS)));
    assertThat(runs).hasValue(HELD + OTHERS);
    assertThat(state().claims()).isZero();
    assertThat(state().waits()).isZero();
    assertCountersAddUp(slow.stats(), HELD + OTHERS);
  }

  @Test
  @DisplayName("a claim that is handed to a parked input does not wait for a free worker")
  void aClaimIsNotKeptFromOthers() throws Exception {
    hold(Chain.root(), List.of(0));
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              if (n == 1) {
                busy.countDown();
                awaitUnchecked(free);
              }
              return run(n);
            });
    Running running = new Running(slow, List.of(0, 1), 1, true);
    awaitUnchecked(busy);
    assertThat(state().waits()).isEqualTo(1);
    releaseAll();
    assertThat(slow.call(0)).isZero(); // while the only worker of the batch is at something else
    assertThat(runs).hasValue(1);
    free.countDown();
    assertThat(running.results()).containsExactly(0, -1);
    assertThat(runs).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBatchThatEndsLeavesNoWaiter(boolean cancelled) throws Exception {
    hold(Chain.root(), range(0, HELD));
    AtomicInteger fails = new AtomicInteger(Integer.MAX_VALUE);
    CountDownLatch lastRuns = new CountDownLatch(1);
    CountDownLatch last = new CountDownLatch(1);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              if (n == HELD + 1) {
                lastRuns.countDown();
                awaitUnchecked(last);
              }
              if (n == fails.get()) {
                throw new IllegalStateException("no");
              }
              return run(n);
            });
    Running running = new Running(slow, range(0, HELD + 2), 2, true);
    await("the others run", () -> state().waits() == HELD && runs.get() == 1);
    awaitUnchecked(lastRuns);
    if (cancelled) {
      running.caller.interrupt();
      assertThatThrownBy(running::results).isInstanceOf(CancellationException.class);
    } else {
      fails.set(HELD + 1);
      last.countDown();
      assertThatThrownBy(running::results).hasCauseInstanceOf(IllegalStateException.class);
    }
    await("nobody waits", () -> state().waits() == 0);
    await("no thread is left", () -> workers.stream().noneMatch(Thread::isAlive));
    await("all have ended", () -> state().claims() == HELD);
    releaseAll();
    assertThat(runs).as("computations").hasValue(1);
    FunctionStats stats = slow.stats();
    assertThat(stats.missesByReason()).containsEntry(MissReason.INTERRUPTED, (long) HELD);
    assertCountersAddUp(stats, HELD + 2);
    assertThat(slow.call(0)).isZero();
  }

  @Test
  void whatTakesTooLongIsComputed() throws Exception {
    hold(Chain.root(), List.of(0));
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(directory.primary(), Duration.ofMillis(100), this::run);
    Running running = new Running(slow, List.of(0, 1, 0, 0), 1, true);
    assertThat(running.results()).containsExactly(0, -1, 0, 0);
    assertThat(runs).hasValue(2);
    assertThat(state().waits()).isZero();
    FunctionStats stats = slow.stats();
    assertThat(stats.missesByReason()).containsEntry(MissReason.MAX_WAIT, 1L);
    assertCountersAddUp(stats, 4);
  }

  @Test
  @DisplayName("P4: nobody waits for a claim whose chain has been lost")
  void whatWasLostIsComputed() throws Exception {
    Chain lost = Chain.root();
    hold(lost, List.of(0));
    Running running = new Running(counting(), List.of(0, 1), 1, true);
    await("it waits", () -> state().waits() == 1 && runs.get() == 1);
    assertThat(running.results).isNotDone();
    lost.end();
    assertThat(running.results()).containsExactly(0, -1);
    assertThat(runs).hasValue(2);
  }

  @Test
  @DisplayName("P6: what a parked input was answered with does not outlive its invalidation")
  void invalidatedBetweenTheAnswerAndItsUse() throws Exception {
    CountDownLatch computes = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    StoredFunction<Integer, Integer, RuntimeException> elsewhere =
        function(
            n -> {
              computes.countDown();
              awaitUnchecked(go);
              return 100;
            });
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              if (n == 1) {
                busy.countDown();
                awaitUnchecked(free);
              }
              return run(n);
            });
    CompletableFuture<Integer> other =
        CompletableFuture.supplyAsync(() -> elsewhere.call(0), task -> new Thread(task).start());
    awaitUnchecked(computes);
    Running running = new Running(slow, List.of(0, 1), 1, true);
    awaitUnchecked(busy);
    assertThat(state().waits()).isEqualTo(1);
    go.countDown();
    assertThat(other.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(100);
    slow.invalidate(0);
    free.countDown();
    assertThat(running.results()).containsExactly(100, -1); // it was asked for before
    assertThat(slow.call(0)).isZero();
  }

  /** Answers that others compute, as long as they do. */
  private static final class BusyElsewhere extends DelegatingPrimary {
    private final Queue<CompletableFuture<Answer>> waits = new ConcurrentLinkedQueue<>();
    private final Chain holder = Chain.foreign(this, new long[] {1});
    private volatile boolean busy = true;

    BusyElsewhere(Primary target) {
      super(target);
    }

    @Override
    public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
      if (!busy) {
        return super.claim(key, variant, rejected, chain);
      }
      CompletableFuture<Answer> next = new CompletableFuture<>();
      waits.add(next);
      return new Answer.Wait(next, holder);
    }

    void end() {
      busy = false;
      waits.forEach(next -> next.complete(new Answer.NoPrimary()));
    }
  }

  @Test
  @Tag("heavy")
  void thousandsMayWait() throws Exception {
    int many = SOAK ? 100_000 : 2_000;
    BusyElsewhere primary = new BusyElsewhere(directory.primary());
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(primary, Duration.ofMinutes(10), this::run);
    Running running = new Running(slow, range(0, many), 2, true);
    await("all wait", () -> running.batch.waiting(0) == many);
    assertThat(runs).hasValue(0);
    primary.end();
    assertThat(running.results()).isEqualTo(negated(range(0, many)));
    assertThat(runs).hasValue(many);
    assertCountersAddUp(slow.stats(), many);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("P1: what was stored since its wait became too long is not computed again")
  void storedBetweenTheLongestWaitAndItsTurn(boolean sameFunction) throws Exception {
    CountDownLatch computes = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    ThrowingFunction<Integer, Integer, RuntimeException> body =
        n -> {
          if (n == 1) {
            busy.countDown();
            awaitUnchecked(free);
          } else if (computes.getCount() > 0) {
            computes.countDown();
            awaitUnchecked(go);
          }
          return run(n);
        };
    Duration maxWait = Duration.ofMillis(100);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(directory.primary(), maxWait, body);
    StoredFunction<Integer, Integer, RuntimeException> elsewhere =
        sameFunction ? slow : function(directory.primary(), maxWait, body);
    CompletableFuture<Integer> other =
        CompletableFuture.supplyAsync(() -> elsewhere.call(0), task -> new Thread(task).start());
    awaitUnchecked(computes);
    Running running = new Running(slow, List.of(0, 1), 1, true);
    awaitUnchecked(busy);
    await("the wait is over", () -> running.batch.waiting(0) == 0);
    go.countDown();
    assertThat(other.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
    assertThat(slow.isCached(0)).isTrue();
    free.countDown();
    assertThat(running.results()).containsExactly(0, -1);
    assertThat(runs).as("computations").hasValue(2);
  }

  @Test
  void aBatchThatEndsLeavesNoWaiterWhoseWaitWasTooLong() throws Exception {
    hold(Chain.root(), List.of(0));
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch last = new CountDownLatch(1);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            directory.primary(),
            Duration.ofMillis(100),
            n -> {
              busy.countDown();
              awaitUnchecked(last);
              throw new IllegalStateException("no");
            });
    Running running = new Running(slow, List.of(0, 1), 1, true);
    awaitUnchecked(busy);
    assertThat(state().waits()).isEqualTo(1);
    await("the wait is over", () -> running.batch.waiting(0) == 0);
    last.countDown();
    assertThatThrownBy(running::results).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(state().waits()).as("waiters of a claim that is still held").isZero();
  }
}
