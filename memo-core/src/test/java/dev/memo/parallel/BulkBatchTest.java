package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.Memo;
import dev.memo.call.BatchCounts;
import dev.memo.call.BulkCalls;
import dev.memo.call.CachedFunction;
import dev.memo.call.RoutedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that is built looks up in bulk what is stored, and runs the rest. */
@Timeout(120)
final class BulkBatchTest {
  private static final TypeRef<Integer> INTEGER = TypeRef.of(Integer.class);

  private final Memo memo;

  BulkBatchTest(@TempDir Path folder) {
    memo = Memo.open(folder.resolve("bulk.memo"));
  }

  @AfterEach
  void close() {
    memo.close();
  }

  private <X extends Exception> CachedFunction<Integer, Integer, X> cached(
      ThrowingFunction<Integer, Integer, X> function) {
    return memo.function("f", "1", INTEGER, INTEGER).capturesNothing().calls(function);
  }

  private static List<Integer> range(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  /** Waits until so many inputs are done. */
  private record Done(long inputs, CountDownLatch reached) implements ProgressListener {
    Done(long inputs) {
      this(inputs, new CountDownLatch(1));
    }

    @Override
    public void progress(Progress progress) {
      if (progress.done() >= inputs) {
        reached.countDown();
      }
    }

    @Override
    public Duration interval() {
      return Duration.ofMillis(1);
    }
  }

  /** Runs 1,000 inputs, the last 900 of which are stored, and none before those are done. */
  private BatchResult<Integer> runFirstHundredWhenTheOthersAreDone(boolean bulk) {
    Done stored = new Done(900);
    CachedFunction<Integer, Integer, InterruptedException> function =
        cached(
            n -> {
              assertThat(stored.reached.await(bulk ? 60_000 : 100, TimeUnit.MILLISECONDS)).isTrue();
              return -n;
            });
    range(1000).subList(100, 1000).forEach(n -> function.put(n, -n));
    try {
      return Parallel.batch(bulk ? function : (Integer n) -> function.call(n))
          .threads(2)
          .progress(stored)
          .run(range(1000));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsStoredIsDoneBeforeAnyInputIsRun() {
    assertThat(runFirstHundredWhenTheOthersAreDone(true).values())
        .isEqualTo(IntStream.range(0, 1000).mapToObj(n -> -n).toList());
  }

  @Test
  void callOfOneAfterTheOtherItWouldNotBe() {
    assertThatThrownBy(() -> runFirstHundredWhenTheOthersAreDone(false))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void unorderedOutcomesBeginWithWhatIsStored() {
    CachedFunction<Integer, Integer, RuntimeException> function = cached(n -> -n);
    range(1000).stream().filter(n -> n % 2 == 0).forEach(n -> function.put(n, -n));
    List<Outcome<Integer>> outcomes =
        Parallel.batch(function).threads(3).unordered().run(range(1000)).outcomes();
    assertThat(outcomes.subList(0, 500)).allMatch(outcome -> outcome.index() % 2 == 0);
    assertThat(outcomes.stream().map(Outcome::index))
        .containsExactlyInAnyOrderElementsOf(range(1000));
  }

  @Test
  void equalInputsAreRunOnceAndRetriedOnce() {
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<Integer, Integer, RuntimeException> function =
        cached(
            n -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("the first time");
              }
              return -n;
            });
    BatchResult<Integer> result =
        Parallel.batch(function).threads(1).retry(1, Duration.ZERO).run(List.of(7, 7, 7));
    assertThat(result.values()).containsExactly(-7, -7, -7);
    assertThat(result.report().retried()).isEqualTo(1);
    assertThat(runs).hasValue(2);
  }

  @Test
  void anInterruptedCallerGetsACancellation() {
    CachedFunction<Integer, Integer, RuntimeException> function = cached(n -> -n);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Parallel.batch(function).run(range(1000)))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("a batch of 1000 inputs");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(function.stats().calls()).isZero();
  }

  @Test
  void anInputThatWasReadIsRunWhileTheNextIsWaitedFor() throws Exception {
    Semaphore ran = new Semaphore(0);
    CachedFunction<Integer, Integer, RuntimeException> function =
        cached(
            n -> {
              ran.release();
              return -n;
            });
    Stream<Integer> eachNeedsTheOneBefore =
        IntStream.range(0, 300)
            .mapToObj(
                n -> {
                  assertThat(n == 0 || acquired(ran)).isTrue();
                  return n;
                });
    assertThat(Parallel.batch(function).threads(3).run(eachNeedsTheOneBefore).outcomes())
        .hasSize(300);
  }

  private static boolean acquired(Semaphore ran) {
    try {
      return ran.tryAcquire(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Counts up, slowly or not, and how far it was read. */
  private static final class Counting implements Iterator<Integer> {
    private final int size;
    private final Runnable before;
    int read;

    /**
     * @param before is done before an input is read
     */
    Counting(int size, Runnable before) {
      this.size = size;
      this.before = before;
    }

    @Override
    public boolean hasNext() {
      return read < size;
    }

    @Override
    public Integer next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      before.run();
      return read++;
    }
  }

  private static void spin(long nanos) {
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
      Thread.onSpinWait();
    }
  }

  private static boolean isReached(Done done) {
    try {
      return done.reached.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void outcomesDoNotWaitForASlowSource() {
    CachedFunction<Integer, Integer, RuntimeException> function = cached(n -> -n);
    Done first = new Done(1);
    AtomicInteger asked = new AtomicInteger();
    Counting slow =
        new Counting(
            1000,
            () -> {
              assertThat(asked.getAndIncrement() == 0 || isReached(first)).isTrue();
              spin(2_000_000);
            });
    try (Stream<Outcome<Integer>> outcomes =
        Parallel.batch(function).threads(2).progress(first).stream(slow)) {
      assertThat(outcomes.iterator().next()).isEqualTo(new Outcome.Success<>(0, 0));
      assertThat(slow.read).isLessThan(30); // not as many as may be ahead
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void inputsAreReadOnlyAFewAheadOfOutcomes(boolean stored) {
    CachedFunction<Integer, Integer, RuntimeException> function = cached(n -> -n);
    if (stored) {
      range(5_000).forEach(n -> function.put(n, -n));
    }
    int threads = 2;
    int atOnce = stored ? BulkCalls.CHUNK : LookUpSize.FIRST;
    Counting inputs = new Counting(5_000, () -> {});
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Stream<Outcome<Integer>> outcomes =
        Parallel.batch(function).threads(threads).stream(inputs)) {
      assertThat(inputs.read).as("nothing is read before it is asked for").isZero();
      outcomes.forEach(
          outcome -> {
            assertThat(outcome).isEqualTo(new Outcome.Success<>(taken.get(), -taken.get()));
            most.accumulateAndGet(inputs.read - taken.getAndIncrement(), Math::max);
          });
    }
    assertThat(taken).hasValue(5_000);
    assertThat(most.get()).isBetween(atOnce, ReadInputs.window(threads, 2 * atOnce * threads));
  }

  @Test
  void whatIsFoundIsDoneAndTheRestIsForAnyDrainInItsOrder() {
    CachedFunction<Integer, Integer, RuntimeException> function = cached(n -> -n);
    function.put(3, -3);
    List<Outcome<Integer>> found = new ArrayList<>();
    AtomicInteger drains = new AtomicInteger();
    StopSignal stop = new StopSignal();
    InputCalls<Integer, RuntimeException> calls =
        new InputCalls<>(FailurePolicy.FAIL_FAST, RetryPolicy.NEVER, null, stop, new Tally(false));
    BulkInputs<Integer, Integer, RuntimeException> inputs =
        new BulkInputs<>(
            (RoutedFunction<Integer, Integer, RuntimeException>) function,
            calls,
            new BatchCounts(),
            stop,
            4,
            found::add,
            drains::incrementAndGet);
    for (int n = 0; n < 10; n++) {
      assertThat(inputs.add(n)).isTrue();
    }
    IndexRange range = new IndexRange();
    assertThat(inputs.take(5, range)).isTrue();
    assertThat(drains).as("others find the rest").hasValue(1);
    assertThat(found).containsExactly(new Outcome.Success<>(3, -3));
    assertThat(range.take()).isZero();
    assertThat(range.isEmpty()).isTrue();
    List<Integer> rest = new ArrayList<>();
    while (inputs.take(5, range)) {
      rest.add(range.take());
    }
    assertThat(rest).containsExactly(1, 2, 4, 5, 6, 7, 8, 9);
    assertThat(inputs.call(9)).isNull();
    assertThat(found.get(1)).isEqualTo(new Outcome.Success<>(9, -9));
    assertThat(inputs.hasMore()).isFalse();
  }

  @Test
  void slowInputsThatWereLookedUpTogetherRunAtTheSameTime() {
    CountDownLatch all = new CountDownLatch(5);
    CachedFunction<Integer, Integer, InterruptedException> function =
        cached(
            n -> {
              all.countDown();
              assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
              return -n;
            });
    assertThat(valuesOf(Parallel.batch(function).threads(5), 5)).hasSize(5);
  }

  private static List<Integer> valuesOf(
      BatchBuilder<Integer, Integer, InterruptedException> batch, int size) {
    try {
      return batch.run(range(size).iterator()).values();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void manyAreLookedUpAtOnceIfNearlyAllAreStoredAndSmall() {
    LookUpSize size = new LookUpSize();
    for (int known = LookUpSize.FIRST; known < BulkCalls.CHUNK; known *= LookUpSize.GROWTH) {
      assertThat(size.get()).isEqualTo(known);
      size.lookedUp(known, 0, 100L * known);
    }
    size.lookedUp(BulkCalls.CHUNK, 8, 100L * BulkCalls.CHUNK);
    assertThat(size.get()).isEqualTo(BulkCalls.CHUNK);
    size.lookedUp(100, 50, 0);
    assertThat(size.get()).isEqualTo(2 * LookUpSize.MAX_MISSES);
    size.lookedUp(10, 10, 0);
    assertThat(size.get()).isEqualTo(LookUpSize.MAX_MISSES);
    size.lookedUp(10, 0, 10L << 20);
    assertThat(size.get()).isEqualTo(1);
    size.lookedUp(1, 0, 5L << 20);
    assertThat(size.get()).isEqualTo(1);
  }

  /** Tells when all inputs but five are done, and those wait. */
  private record AllButFive(int size, CountDownLatch reached) implements ProgressListener {
    @Override
    public void progress(Progress progress) {
      if (progress.done() == size - 5 && progress.waiting() == 5) {
        reached.countDown();
      }
    }

    @Override
    public Duration interval() {
      return Duration.ofMillis(1);
    }
  }

  /**
   * Runs a batch on one thread, five of whose inputs are computed by others until all others are
   * done, and returns how many threads it had then.
   */
  private long threadsWhileFiveWait(boolean bounded, boolean lazily) throws Exception {
    List<Integer> inputs = range(40);
    CountDownLatch othersCompute = new CountDownLatch(5);
    AllButFive listener = new AllButFive(inputs.size(), new CountDownLatch(1));
    AtomicReference<String> worker = new AtomicReference<>("");
    AtomicLong threads = new AtomicLong();
    CachedFunction<Integer, Integer, InterruptedException> function =
        cached(
            n -> {
              if (n < 5) {
                othersCompute.countDown();
                assertThat(listener.reached.await(60, TimeUnit.SECONDS)).isTrue();
                if (n == 0) {
                  threads.set(livingLike(worker.get()));
                }
              } else {
                worker.set(Thread.currentThread().getName());
              }
              return -n;
            });
    List<Thread> others = new ArrayList<>();
    for (int n : range(5)) {
      Thread other = new Thread(() -> callQuietly(function, n));
      others.add(other);
      other.start();
    }
    othersCompute.await();
    BatchBuilder<Integer, Integer, InterruptedException> batch =
        Parallel.batch(function).threads(1).unordered().progress(listener);
    if (bounded) {
      batch.timeout(Duration.ofMinutes(2));
    }
    BatchResult<Integer> result = lazily ? batch.run(inputs.iterator()) : batch.run(inputs);
    for (Thread other : others) {
      other.join();
    }
    assertThat(result.outcomes())
        .containsExactlyInAnyOrderElementsOf(
            inputs.stream().map(n -> new Outcome.Success<>(n, -n)).toList());
    assertThat(result.report().computed()).hasValue(35);
    assertThat(result.report().fromCache()).hasValue(5);
    return threads.get();
  }

  private static void callQuietly(
      CachedFunction<Integer, Integer, InterruptedException> function, int argument) {
    try {
      function.call(argument);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Threads of the pool of which one has this name. */
  private static long livingLike(String name) {
    String prefix = name.substring(0, name.lastIndexOf('-') + 1);
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .count();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void inputsThatOthersComputeTakeNoThread(boolean lazily) throws Exception {
    assertThat(threadsWhileFiveWait(false, lazily)).isOne();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ifTheirTimeIsBoundedTheyDo(boolean lazily) throws Exception {
    assertThat(threadsWhileFiveWait(true, lazily)).isGreaterThanOrEqualTo(6);
  }
}
