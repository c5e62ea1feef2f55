package dev.memo.parallel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs are read while the batch runs, and outcomes are taken while it does. */
class StreamedBatchTest {
  private final Queue<Thread> workers = new ConcurrentLinkedQueue<>();

  @AfterEach
  void clearTheFlag() {
    Thread.interrupted();
  }

  /** Counts up, and how far it was read. */
  private static final class Naturals implements Iterator<Integer> {
    private final int size;
    private final Thread reader = Thread.currentThread();
    int read;

    Naturals(int size) {
      this.size = size;
    }

    @Override
    public boolean hasNext() {
      assertThat(Thread.currentThread()).isSameAs(reader);
      return read < size;
    }

    @Override
    public Integer next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return read++;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void outcomesAreInTheOrderOfTheInputs(int threads) {
    try (Stream<Outcome<Integer>> outcomes =
        Parallel.batch((Integer i) -> -i).threads(threads).stream(new Naturals(5_000))) {
      assertThat(outcomes.toList())
          .isEqualTo(
              IntStream.range(0, 5_000)
                  .<Outcome<Integer>>mapToObj(i -> new Outcome.Success<>(i, -i))
                  .toList());
    }
  }

  @Test
  void unorderedOutcomesOvertakeSlowOnes() {
    // The first input ends only when the last has been taken, thousands later.
    CountDownLatch lastWasTaken = new CountDownLatch(1);
    List<Integer> taken = new ArrayList<>();
    try (Stream<Outcome<Integer>> outcomes =
        Parallel.batch(
            (Integer i) -> {
              if (i == 0) {
                lastWasTaken.await();
              }
              return i;
            })
            .threads(2)
            .unordered()
            .stream(new Naturals(5_000))) {
      outcomes.forEach(
          outcome -> {
            taken.add(outcome.index());
            if (taken.size() == 4_999) {
              lastWasTaken.countDown();
            }
          });
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(taken).hasSize(5_000).endsWith(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void inputsAreReadOnlyAFewAheadOfOutcomes(boolean ordered) {
    int threads = 2;
    int ahead = threads * ReadInputs.AHEAD;
    Naturals inputs = new Naturals(10_000);
    BatchBuilder<Integer, Integer, RuntimeException> batch =
        Parallel.batch((Integer i) -> i).threads(threads);
    if (!ordered) {
      batch.unordered();
    }
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Stream<Outcome<Integer>> outcomes = batch.stream(inputs)) {
      assertThat(inputs.read).as("nothing is read before it is asked for").isZero();
      outcomes.forEach(
          o -> most.accumulateAndGet(inputs.read - taken.getAndIncrement(), Math::max));
    }
    assertThat(taken).hasValue(10_000);
    assertThat(most.get()).isBetween(threads, ahead);
  }

  @Test
  void closingTheStreamInterruptsWhatIsUnderWayAndStartsNothingMore() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger started = new AtomicInteger();
    AtomicInteger interrupted = new AtomicInteger();
    CountDownLatch allBusy = new CountDownLatch(3);
    AtomicBoolean inputsClosed = new AtomicBoolean();
    try (Stream<Outcome<Integer>> outcomes =
        Parallel.batch(
            (Integer i) -> {
              workers.add(Thread.currentThread());
              started.incrementAndGet();
              if (i > 0) {
                allBusy.countDown();
                try {
                  never.await();
                } catch (InterruptedException e) {
                  interrupted.incrementAndGet();
                  throw e;
                }
              }
              return i;
            })
            .threads(3)
            .stream(IntStream.range(0, 1_000).boxed().onClose(() -> inputsClosed.set(true)))) {
      assertThat(outcomes.iterator().next()).isEqualTo(new Outcome.Success<>(0, 0));
      allBusy.await();
    }
    assertThat(inputsClosed).isTrue();
    awaitEndOfWorkers();
    assertThat(started).hasValue(4);
    assertThat(interrupted).hasValue(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void interruptOfTheCallerCancels(boolean lazily) throws Exception {
    Thread caller = Thread.currentThread();
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger started = new AtomicInteger();
    CountDownLatch bothRun = new CountDownLatch(2);
    AtomicBoolean once = new AtomicBoolean();
    BatchBuilder<Integer, Integer, InterruptedException> batch =
        Parallel.batch(
                (Integer i) -> {
                  workers.add(Thread.currentThread());
                  started.incrementAndGet();
                  bothRun.countDown();
                  bothRun.await();
                  if (once.compareAndSet(false, true)) {
                    caller.interrupt();
                  }
                  never.await();
                  return i;
                })
            .threads(2)
            .failures(FailurePolicy.COLLECT)
            .retry(3, java.time.Duration.ZERO, failure -> true);
    List<Integer> inputs = IntStream.range(0, 1_000).boxed().toList();
    assertThatThrownBy(() -> result(batch, inputs, lazily))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    awaitEndOfWorkers();
    assertThat(started).as("nothing new is run, not even a retry").hasValue(2);
  }

  private static BatchResult<Integer> result(
      BatchBuilder<Integer, Integer, InterruptedException> batch,
      List<Integer> inputs,
      boolean lazily)
      throws InterruptedException {
    return lazily ? batch.run(inputs.iterator()) : batch.run(inputs);
  }

  @Test
  void whatReadingTheInputsThrowsIsThrown() throws Exception {
    IllegalStateException broken = new IllegalStateException("no more");
    Stream<Integer> inputs =
        IntStream.range(0, 1_000)
            .mapToObj(
                i -> {
                  if (i == 500) {
                    throw broken;
                  }
                  return i;
                });
    assertThatThrownBy(
            () ->
                Parallel.batch(
                        (Integer i) -> {
                          workers.add(Thread.currentThread());
                          return i;
                        })
                    .threads(2)
                    .run(inputs))
        .isSameAs(broken);
    awaitEndOfWorkers();
  }

  @Test
  void checkedExceptionOfTheFunctionCanBeCaughtAroundTheStream() {
    IOException failure = new IOException();
    IOException caught = null;
    try (Stream<Outcome<Integer>> outcomes =
        Parallel.batch((Integer i) -> throwChecked(failure)).stream(List.of(1))) {
      assertThat(outcomes.count()).isNegative();
    } catch (IOException e) {
      caught = e;
    }
    assertThat(requireNonNull(caught)).isSameAs(failure);
  }

  private static int throwChecked(IOException failure) throws IOException {
    throw failure;
  }

  @Test
  void noThreadIsLeftOfStreamThatWasNeitherFinishedNorClosed() throws Exception {
    Stream<Outcome<Integer>> forgotten =
        Parallel.batch(
            (Integer i) -> {
              workers.add(Thread.currentThread());
              return i;
            })
            .threads(3)
            .timeout(java.time.Duration.ofMinutes(1))
            .stream(new Naturals(1_000));
    Iterator<Outcome<Integer>> outcomes = forgotten.iterator();
    assertThat(outcomes.next().index()).isZero();
    awaitEndOfWorkers();
    assertThat(outcomes.next().index()).as("it can still go on").isEqualTo(1);
    forgotten.close();
  }

  @Test
  void batchesOfBatchesEndOnOneThreadEach() {
    List<Integer> three = List.of(1, 2, 3);
    BatchResult<Integer> result =
        Parallel.batch(
                (Integer a) ->
                    Parallel.batch((Integer b) -> 10 * a + b)
                        .threads(1)
                        .run(three.iterator())
                        .values()
                        .stream()
                        .mapToInt(i -> i)
                        .sum())
            .threads(1)
            .run(three.iterator());
    assertThat(result.values()).containsExactly(36, 66, 96);
  }

  @Test
  @Tag("heavy")
  void millionInputsAreStreamedThroughASmallHeap() {
    try (ChildJvm small =
        ChildJvm.of(Million.class).option("-Xmx24m").option("-XX:+UseSerialGC").start()) {
      assertThat(small.awaitLine("seen", "full")).isEqualTo("seen 1000000");
    }
  }

  @Test
  @Tag("heavy")
  void collectedTheyWouldNotFit() {
    try (ChildJvm small =
        ChildJvm.of(Million.class, "collect")
            .option("-Xmx24m")
            .option("-XX:+UseSerialGC")
            .start()) {
      assertThat(small.awaitLine("seen", "full")).isEqualTo("full");
    }
  }

  /** A million inputs and results of a hundred bytes. */
  static final class Million {
    private Million() {}

    public static void main(String[] arguments) {
      Iterator<byte[]> inputs =
          IntStream.range(0, 1_000_000).mapToObj(i -> new byte[100]).iterator();
      BatchBuilder<byte[], byte[], RuntimeException> batch =
          Parallel.batch((byte[] bytes) -> bytes.clone()).threads(4);
      try {
        if (arguments.length > 0) {
          System.out.println("seen " + batch.run(inputs).outcomes().size());
        }
        try (Stream<Outcome<byte[]>> outcomes = batch.stream(inputs)) {
          System.out.println("seen " + outcomes.filter(o -> o.index() >= 0).count());
        }
      } catch (VirtualMachineError | LinkageError e) { // a JVM without memory throws all of them
        System.out.println("full");
      }
    }
  }

  private void awaitEndOfWorkers() throws InterruptedException {
    assertThat(workers).isNotEmpty();
    for (Thread worker : workers) {
      worker.join(60_000);
      assertThat(worker.isAlive()).as("%s lives", worker).isFalse();
    }
  }
}
