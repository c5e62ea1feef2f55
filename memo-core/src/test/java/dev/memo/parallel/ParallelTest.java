package dev.memo.parallel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.ThrowingFunction;
import dev.memo.claims.Chain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelTest {

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1, 4", "2, 1", "2, 4", "1000, 3", "100000, 2", "10, 100000"})
  void resultsAreInTheOrderOfTheInputs(int size, int threads) {
    List<Integer> inputs = IntStream.range(0, size).boxed().toList();
    assertThat(Parallel.map(i -> 3 * i, inputs, threads))
        .isEqualTo(inputs.stream().map(i -> 3 * i).toList());
  }

  @Test
  void inputsAndResultsMayBeNull() {
    List<@Nullable String> inputs = Arrays.asList("a", null, "b", null);
    List<@Nullable String> results = Parallel.map(s -> s == null ? "was null" : null, inputs, 2);
    assertThat(results).containsExactly(null, "was null", null, "was null");
    assertThat(results.contains(null)).isTrue();
  }

  @Test
  void resultsCannotBeModified() {
    List<Integer> results = Parallel.map(i -> i, List.of(1, 2, 3), 2);
    assertThatThrownBy(() -> results.set(0, 7)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> results.add(7)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void inputsAreCopiedBeforeTheFirstCall() {
    List<Integer> inputs = Collections.synchronizedList(new ArrayList<>(List.of(1, 2, 3, 4)));
    List<Integer> results =
        Parallel.map(
            i -> {
              inputs.clear();
              return i;
            },
            inputs,
            2);
    assertThat(results).containsExactly(1, 2, 3, 4);
  }

  @Test
  void forEachPerformsTheActionOnceForEveryInput() {
    ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
    List<Integer> inputs = IntStream.range(0, 10_000).boxed().toList();
    Parallel.forEach(seen::add, inputs, 3);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(inputs);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void fewerThanOneThreadIsRefused(int threads) {
    assertThatThrownBy(() -> Parallel.map(i -> i, List.of(), threads))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be >= 1, got: " + threads);
    assertThatThrownBy(() -> Parallel.forEach(i -> {}, List.of(), threads))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void runsOnDaemonThreadsOfItsOwnWithTheLoaderOfTheCaller(int threads) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    ClassLoader loader = new ClassLoader(before) {};
    Thread.currentThread().setContextClassLoader(loader);
    try {
      Parallel.forEach(
          i -> {
            Thread thread = Thread.currentThread();
            assertThat(thread.getName()).startsWith("memo-parallel-");
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.getContextClassLoader()).isSameAs(loader);
            assertThat(ForkJoinPool.commonPool()).isNotSameAs(poolOf(thread));
          },
          List.of(1, 2, 3, 4, 5),
          threads);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static @Nullable ForkJoinPool poolOf(Thread thread) {
    return thread instanceof ForkJoinWorkerThread worker ? worker.getPool() : null;
  }

  @Test
  void oneInputIsCalledOnTheCallingThread() {
    assertThat(Parallel.map(i -> Thread.currentThread(), List.of(1), 8))
        .containsExactly(Thread.currentThread());
  }

  @Test
  void noThreadIsLeftBehind() throws Exception {
    List<Thread> workers = Parallel.map(i -> Thread.currentThread(), List.of(1, 2, 3, 4, 5, 6), 3);
    for (Thread worker : workers) {
      worker.join(Meeting.DEADLINE.toMillis());
      assertThat(worker.isAlive()).as("%s lives", worker).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @DisplayName("P4: batches inside batches inside batches end, on one thread each")
  void nestedBatchesDoNotDeadlock(int threads) {
    List<Integer> three = List.of(1, 2, 3);
    List<List<List<Integer>>> results =
        Parallel.map(
            a ->
                Parallel.map(
                    b -> Parallel.map(c -> 100 * a + 10 * b + c, three, threads), three, threads),
            three,
            threads);
    assertThat(results.stream().flatMap(List::stream).flatMap(List::stream))
        .isEqualTo(
            List.of(
                111, 112, 113, 121, 122, 123, 131, 132, 133, 211, 212, 213, 221, 222, 223, 231, 232,
                233, 311, 312, 313, 321, 322, 323, 331, 332, 333));
  }

  @Test
  void callerMayBeWorkerOfTheCommonPool() throws Exception {
    List<Integer> inputs = IntStream.range(0, 100).boxed().toList();
    assertThat(ForkJoinPool.commonPool().submit(() -> Parallel.map(i -> i, inputs, 2)).get())
        .isEqualTo(inputs);
  }

  @Test
  @DisplayName("P4: tasks are in chains that the caller's chain waits for")
  void tasksAreInChildChains() {
    Chain outer = Chain.root();
    Chain.Scope scope = outer.enter();
    try {
      Parallel.forEach(
          i -> {
            Chain task = requireNonNull(Chain.current());
            assertThat(task).isNotSameAs(outer);
            assertThat(task.isCancelled()).isFalse();
          },
          List.of(1, 2, 3),
          2);
      assertThat(Chain.current()).isSameAs(outer);
    } finally {
      scope.close();
    }
  }

  @Test
  void interruptOfOneTaskIsNotFeltByTheNext() {
    List<Boolean> interrupted =
        Parallel.map(
            i -> {
              boolean before = Thread.currentThread().isInterrupted();
              Thread.currentThread().interrupt();
              return before;
            },
            IntStream.range(0, 1_000).boxed().toList(),
            2);
    assertThat(interrupted).containsOnly(false);
  }

  @Test
  @DisplayName("P7: a trivial function is called in large chunks")
  void trivialTasksAreTakenInLargeChunks() {
    int size = 5_000_000;
    LongAdder sum = new LongAdder();
    Batch batch = new Batch(sum::add, size, 2, Batch.REPLACEMENTS);
    batch.run();
    assertThat(sum.sum()).isEqualTo((long) size * (size - 1) / 2);
    assertThat(batch.chunks()).isLessThan(size / 100);
  }

  @Test
  @DisplayName("P7: expensive calls are taken one by one")
  void slowTasksAreTakenOneByOne() {
    int size = 50;
    Batch batch = new Batch(index -> spin(200_000), size, 2, Batch.REPLACEMENTS);
    batch.run();
    assertThat(batch.chunks()).isEqualTo(size);
  }

  @Test
  @DisplayName("P7: what follows quick calls in a chunk is open to all threads")
  void restOfChunkIsSharedWhenItTurnsSlow() throws Exception {
    // Only the last indexes are slow: both threads meet inside one chunk of one of them.
    int size = 20_000;
    Meeting both = new Meeting(2);
    Batch.run(
        index -> {
          if (index >= size - 2) {
            both.arrive();
            both.await();
          }
        },
        size,
        2);
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** These compile: that is the test. */
  @Test
  void typesAreInferred() throws IOException, TimeoutException {
    List<String> words = List.of("a", "bb");
    AtomicInteger calls = new AtomicInteger();

    List<Integer> lambda = Parallel.map(s -> s.length(), words, 2);
    List<Integer> reference = Parallel.map(String::length, words, 2);
    List<String> overloaded = Parallel.map(String::valueOf, List.of(1, 2), 2);
    List<String> varargs = Parallel.map(String::format, words, 2);
    List<StringBuilder> constructor = Parallel.map(StringBuilder::new, words, 2);
    List<Object> wider = Parallel.map(String::length, words, 2);
    Function<String, Integer> length = String::length;
    List<Integer> function = Parallel.map(length::apply, words, 2);
    ThrowingFunction<Object, Integer, IOException> handle = Object::hashCode;
    List<Integer> handles = Parallel.map(handle, words, 2); // throws IOException
    List<Integer> checked = Parallel.map(ParallelTest::readLength, words, 2); // IOException
    List<List<Integer>> nested =
        Parallel.map(s -> Parallel.map(ParallelTest::readLength, List.of(s), 1), words, 2);
    Parallel.forEach(s -> calls.incrementAndGet(), words, 2);
    Parallel.forEach(calls::addAndGet, List.of(1, 2), 2);
    Parallel.forEach(ParallelTest::readLength, words, 2); // throws IOException
    Parallel.forEach(handle::call, words, 2); // throws IOException

    assertThat(List.of(lambda, reference, wider, function, checked))
        .allSatisfy(lengths -> assertThat(lengths).isEqualTo(List.of(1, 2)));
    assertThat(overloaded).containsExactly("1", "2");
    assertThat(varargs).isEqualTo(words);
    assertThat(constructor).map(StringBuilder::toString).isEqualTo(words);
    assertThat(handles).containsExactly("a".hashCode(), "bb".hashCode());
    assertThat(nested).containsExactly(List.of(1), List.of(2));
    assertThat(calls).hasValue(5);
  }

  @Test
  void twoCheckedExceptionsAreInferredAsException() {
    assertThatThrownBy(() -> callThrowingTwo()).isInstanceOf(TimeoutException.class);
  }

  private static void callThrowingTwo() throws Exception {
    Parallel.map(ParallelTest::readOrTimeOut, List.of("a", "b"), 2);
  }

  private static int readLength(String word) throws IOException {
    if (word.isEmpty()) {
      throw new IOException("empty");
    }
    return word.length();
  }

  private static int readOrTimeOut(String word) throws IOException, TimeoutException {
    if (readLength(word) > 0) {
      throw new TimeoutException(word);
    }
    return 0;
  }

  @Test
  void lastChunkIsSharedAlsoIfItIsSeenLate() throws Exception {
    CountDownLatch othersHaveLooked = new CountDownLatch(1);
    AtomicReference<Thread> other = new AtomicReference<>();
    // as FixedIndexes, whose first taker is preempted between the cursor and its range
    Indexes late =
        new Indexes() {
          private final AtomicBoolean gone = new AtomicBoolean();

          @Override
          public boolean take(int most, IndexRange into) {
            if (!gone.compareAndSet(false, true)) {
              if (other.compareAndSet(null, Thread.currentThread())) {
                othersHaveLooked.countDown();
              }
              return false;
            }
            awaitUnchecked(othersHaveLooked);
            while (!isIdle(other.get())) {
              LockSupport.parkNanos(1_000_000);
            }
            into.refill(0, 8);
            return true;
          }

          @Override
          public boolean hasMore() {
            return !gone.get();
          }

          @Override
          public int count() {
            return 8;
          }
        };
    CountDownLatch two = new CountDownLatch(2);
    List<Thread> ran = new CopyOnWriteArrayList<>();
    Batch.Task<InterruptedException> task =
        index -> {
          ran.add(Thread.currentThread());
          two.countDown();
          boolean unused = two.await(2, TimeUnit.SECONDS);
          LockSupport.parkNanos(50_000_000);
        };
    Workers plain = Workers.plain(2, Thread::new);
    Batch batch = new Batch(task, late, plain, new StopSignal(), new Bell(plain));
    batch.<InterruptedException>run();
    assertThat(ran).hasSize(8);
    assertThat(ran.stream().distinct()).as("threads that ran some").hasSize(2);
  }

  private static boolean isIdle(Thread worker) {
    return Arrays.stream(worker.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("getTask"));
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
