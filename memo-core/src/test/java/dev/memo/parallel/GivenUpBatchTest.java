package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import dev.memo.store.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a batch is given up, and whatever it is at, nothing new is run and no thread is left. */
@Timeout(120)
final class GivenUpBatchTest {
  private static final int THREADS = 2;
  private static final int HELD = ParkedInputsTest.HELD;

  /** The first one is soon done. */
  private static final List<Integer> INPUTS = IntStream.range(-1, 500).boxed().toList();

  private final Thread caller = Thread.currentThread();
  private final Set<Thread> before = threadsOfBatches();
  private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
  private final Set<Thread> others = ConcurrentHashMap.newKeySet();
  private final AtomicIntegerArray started = new AtomicIntegerArray(INPUTS.size());
  private final CountDownLatch ready = new CountDownLatch(THREADS);
  private final CountDownLatch othersCompute = new CountDownLatch(THREADS);
  private final CountDownLatch othersMayEnd = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void clearTheFlag() {
    Thread.interrupted();
  }

  /** How it is run and given up. */
  enum Way {
    RUN,
    LAZY_RUN,
    STREAM,
    CLOSED_STREAM
  }

  /** What the first two inputs are at then. */
  enum At {
    RUNNING,
    BACKOFF,

    /** With a worker, because their time is bounded. */
    WAIT_FOR_OTHERS,

    /** For others, without a worker. */
    PARKED;

    boolean waits() {
      return this == WAIT_FOR_OTHERS || this == PARKED;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RUN, RUNNING, false",
    "RUN, RUNNING, true",
    "RUN, BACKOFF, false",
    "RUN, BACKOFF, true",
    "RUN, WAIT_FOR_OTHERS, false",
    "RUN, WAIT_FOR_OTHERS, true",
    "RUN, PARKED, false",
    "RUN, PARKED, true",
    "LAZY_RUN, RUNNING, false",
    "LAZY_RUN, RUNNING, true",
    "LAZY_RUN, BACKOFF, false",
    "LAZY_RUN, BACKOFF, true",
    "LAZY_RUN, WAIT_FOR_OTHERS, false",
    "LAZY_RUN, WAIT_FOR_OTHERS, true",
    "LAZY_RUN, PARKED, false",
    "LAZY_RUN, PARKED, true",
    "STREAM, RUNNING, false",
    "STREAM, RUNNING, true",
    "STREAM, BACKOFF, false",
    "STREAM, BACKOFF, true",
    "STREAM, WAIT_FOR_OTHERS, false",
    "STREAM, WAIT_FOR_OTHERS, true",
    "STREAM, PARKED, false",
    "STREAM, PARKED, true",
    "CLOSED_STREAM, RUNNING, false",
    "CLOSED_STREAM, RUNNING, true",
    "CLOSED_STREAM, BACKOFF, false",
    "CLOSED_STREAM, BACKOFF, true",
    "CLOSED_STREAM, WAIT_FOR_OTHERS, false",
    "CLOSED_STREAM, WAIT_FOR_OTHERS, true",
    "CLOSED_STREAM, PARKED, false",
    "CLOSED_STREAM, PARKED, true"
  })
  @DisplayName("P4: nothing new is run and no thread is left")
  void nothingGoesOn(Way way, At at, boolean virtual, @TempDir Path folder) throws Exception {
    if (!at.waits()) {
      giveUp(way, batch(i -> body(at, i), at, virtual), this::awaitReady);
    } else {
      try (Memo memo = Memo.open(folder.resolve("given-up.memo"))) {
        CachedFunction<Integer, Integer, InterruptedException> function =
            memo.function("f", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
                .capturesNothing()
                .calls(i -> body(at, i));
        List<Thread> holders = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          holders.add(startHolder(function, i));
        }
        othersCompute.await();
        giveUp(way, batch(function, at, virtual), this::awaitReady);
        othersMayEnd.countDown();
        for (Thread holder : holders) {
          requireEnd(holder);
        }
      }
    }
    awaitEndOfThreads();
    int each = at.waits() ? 0 : 1;
    assertThat(started.get(0)).isEqualTo(each);
    assertThat(started.get(1)).isEqualTo(each);
    int further = IntStream.range(2, started.length()).map(started::get).sum();
    // while an input waits its worker runs another one
    assertThat(further).isLessThanOrEqualTo(at == At.RUNNING ? 0 : THREADS);
  }

  private Thread startHolder(
      CachedFunction<Integer, Integer, InterruptedException> function, int input) {
    Thread holder =
        new Thread(
            () -> {
              try {
                assertThat(function.call(input)).isEqualTo(-input);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    others.add(holder);
    holder.start();
    return holder;
  }

  private int body(At at, int input) throws InterruptedException {
    if (others.contains(Thread.currentThread())) {
      othersCompute.countDown();
      othersMayEnd.await();
      return -input;
    }
    workers.add(Thread.currentThread());
    if (input < 0) {
      return -input;
    }
    started.incrementAndGet(input);
    if (input < THREADS) {
      ready.countDown();
      if (at == At.BACKOFF) {
        throw new IllegalStateException("to be tried again");
      }
    }
    never.await();
    return -input;
  }

  private BatchBuilder<Integer, Integer, InterruptedException> batch(
      ThrowingFunction<Integer, Integer, InterruptedException> function, At at, boolean virtual) {
    BatchBuilder<Integer, Integer, InterruptedException> batch =
        Parallel.batch(function)
            .threads(THREADS)
            .unordered()
            .retry(9, Duration.ofDays(1))
            .progress(
                new ProgressListener() {
                  @Override
                  public void progress(Progress progress) {
                    // not that others run instead: a stream that nobody reads begins no more
                    long there = at == At.PARKED ? progress.waiting() : progress.underWay();
                    if (at.waits() && progress.done() > 0 && there >= THREADS) {
                      ready.countDown();
                      ready.countDown();
                    }
                  }

                  @Override
                  public Duration interval() {
                    return Duration.ofMillis(1);
                  }
                });
    if (at != At.PARKED) {
      batch.timeout(Duration.ofDays(1));
    }
    return virtual ? batch.virtualThreads() : batch;
  }

  private void awaitReady() {
    try {
      ready.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private <X extends Exception> void giveUp(
      Way way, BatchBuilder<Integer, Integer, X> batch, Runnable awaitReady)
      throws X, InterruptedException {
    if (way == Way.CLOSED_STREAM) {
      try (Stream<Outcome<Integer>> outcomes = batch.stream(INPUTS)) {
        Iterator<Outcome<Integer>> each = outcomes.iterator();
        Outcome<Integer> first = each.next(); // of any input that is not held
        assertThat(first).isEqualTo(new Outcome.Success<>(first.index(), 1 - first.index()));
        awaitReady.run();
      }
      return;
    }
    Thread interrupts =
        new Thread(
            () -> {
              awaitReady.run();
              caller.interrupt();
            });
    interrupts.start();
    assertThatThrownBy(() -> take(way, batch)).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    requireEnd(interrupts);
  }

  private static <X extends Exception> int take(Way way, BatchBuilder<Integer, Integer, X> batch)
      throws X {
    if (way == Way.RUN) {
      return batch.run(INPUTS).outcomes().size();
    } else if (way == Way.LAZY_RUN) {
      return batch.run(INPUTS.iterator()).outcomes().size();
    }
    try (Stream<Outcome<Integer>> outcomes = batch.stream(INPUTS)) {
      return outcomes.toList().size();
    }
  }

  @Test
  @DisplayName("P4: nor by one that waits for another process, which is told that nobody waits")
  void waitForAnotherProcess(@TempDir Path folder) throws Exception {
    Path directory = folder.resolve("shared.memo");
    Set<Integer> ran = ConcurrentHashMap.newKeySet();
    try (Memo memo = Memo.open(directory);
        ChildJvm child =
            ChildJvm.of(ParkedInputsTest.Holder.class, directory).shortLived().start()) {
      child.awaitLine("holds all");
      CachedFunction<Integer, Integer, RuntimeException> slow =
          memo.function("slow", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(
                  n -> {
                    workers.add(Thread.currentThread());
                    ran.add(n);
                    return -n;
                  });
      for (Way way : Way.values()) {
        giveUp(
            way,
            Parallel.batch(slow).threads(THREADS).unordered(),
            () -> await(() -> memo.stats().shared().waits() == HELD));
        await(() -> memo.stats().shared().waits() == 0);
        awaitEndOfThreads();
      }
      assertThat(ran).noneMatch(n -> n >= 0 && n < HELD);
    }
  }

  @Test
  @DisplayName("P4: a batch that is given up while results are looked up in bulk runs nothing")
  void bulkLookUp(@TempDir Path folder) throws Exception {
    AtomicInteger runs = new AtomicInteger();
    AtomicInteger looked = new AtomicInteger();
    List<List<Integer>> inputs = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      inputs.add(new Noticing(i, () -> interruptCaller(looked)));
    }
    try (Memo memo = Memo.open(folder.resolve("bulk.memo"))) {
      CachedFunction<List<Integer>, Integer, RuntimeException> function =
          memo.function("sum", "1", new TypeRef<List<Integer>>() {}, TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(
                  list -> {
                    runs.incrementAndGet();
                    return list.get(0);
                  });
      assertThatThrownBy(() -> Parallel.map(function, inputs, THREADS))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("3000 inputs");
      assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
      awaitEndOfThreads();
      assertThat(runs).hasValue(0);
      assertThat(looked.get()).as("keys that were encoded").isPositive();
    }
  }

  private void interruptCaller(AtomicInteger looked) {
    workers.add(Thread.currentThread());
    if (looked.getAndIncrement() == 0) {
      caller.interrupt();
    }
  }

  /** An argument that notices that it is encoded. */
  private static final class Noticing extends AbstractList<Integer> {
    private final int value;
    private final Runnable encoded;

    Noticing(int value, Runnable encoded) {
      this.value = value;
      this.encoded = encoded;
    }

    @Override
    public Integer get(int index) {
      encoded.run();
      return value;
    }

    @Override
    public int size() {
      return 1;
    }
  }

  /** A batch from its parts, on a thread of its own, of inputs that end when interrupted. */
  private static final class Parts {
    final Queue<Thread> running = new ConcurrentLinkedQueue<>();
    final AtomicInteger attempts = new AtomicInteger();
    final CountDownLatch busy = new CountDownLatch(THREADS);
    final CountDownLatch mayEnd = new CountDownLatch(1);
    final Workers workers;
    final Batch batch;
    private final Thread owner;

    /**
     * @param deaf threads do not hear that they are interrupted
     * @param told whoever would try again hears that the batch was cancelled
     */
    Parts(boolean deaf, boolean told) {
      StopSignal stop = new StopSignal();
      InputCalls<Integer, InterruptedException> calls =
          new InputCalls<>(
              FailurePolicy.COLLECT,
              new RetryPolicy(1, 0, failure -> true),
              null,
              told ? stop : new StopSignal(),
              new Tally(false));
      workers = Workers.plain(THREADS, run -> deaf ? new Deaf(run) : new Thread(run));
      Batch.Task<InterruptedException> task = index -> calls.call(index, () -> call(index));
      batch = new Batch(task, Indexes.below(100), workers, stop, new Bell(workers));
      owner =
          new Thread(
              () -> {
                try {
                  batch.run();
                } catch (CancellationException expected) {
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                }
              });
      owner.start();
    }

    private int call(int input) throws InterruptedException {
      running.add(Thread.currentThread());
      attempts.incrementAndGet();
      busy.countDown();
      mayEnd.await();
      return input;
    }

    void cancel() throws InterruptedException {
      busy.await();
      owner.interrupt();
      requireEnd(owner);
    }

    void awaitEnd() throws InterruptedException {
      for (Thread thread : running) {
        requireEnd(thread);
      }
    }
  }

  private static final class Deaf extends Thread {
    Deaf(Runnable run) {
      super(run);
    }

    @Override
    public void interrupt() {}
  }

  @Test
  void cancelledPartsEndWithWhatHadBegun() throws Exception {
    Parts parts = new Parts(false, true);
    parts.cancel();
    parts.awaitEnd();
    assertThat(parts.attempts).hasValue(THREADS);
  }

  @Test
  @DisplayName("twin: without the interrupt the threads stay")
  void twinWithoutInterrupt() throws Exception {
    Parts parts = new Parts(true, true);
    parts.cancel();
    assertThat(parts.running).hasSize(THREADS).allMatch(Thread::isAlive);
    parts.mayEnd.countDown();
    parts.awaitEnd();
    assertThat(parts.attempts).hasValue(THREADS);
  }

  @Test
  @DisplayName("twin: who is not told that the batch was cancelled tries again")
  void twinOfRetriesWithoutTheSignal() throws Exception {
    Parts parts = new Parts(false, false);
    parts.cancel();
    await(() -> parts.attempts.get() > THREADS);
    parts.mayEnd.countDown();
    parts.awaitEnd();
    assertThat(parts.attempts).hasValue(2 * THREADS);
  }

  @Test
  @DisplayName("twin: threads that are interrupted without the signal take the next inputs")
  void twinOfInputsWithoutTheSignal() throws Exception {
    Parts parts = new Parts(false, true);
    parts.busy.await();
    await(
        () -> {
          parts.workers.interrupt();
          return parts.attempts.get() > 2 * THREADS; // the first ones were tried twice
        });
    parts.cancel();
    parts.mayEnd.countDown();
    parts.awaitEnd();
  }

  private static void requireEnd(Thread thread) throws InterruptedException {
    thread.join(60_000);
    assertThat(thread.isAlive()).as("%s lives", thread).isFalse();
  }

  /** Of the workers that ran something, and of all others that a batch has. */
  private void awaitEndOfThreads() throws InterruptedException {
    assertThat(workers).isNotEmpty();
    for (Thread worker : workers) {
      requireEnd(worker);
    }
    await(() -> before.containsAll(threadsOfBatches()));
  }

  private static Set<Thread> threadsOfBatches() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("memo-parallel-"))
        .collect(Collectors.toSet());
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
