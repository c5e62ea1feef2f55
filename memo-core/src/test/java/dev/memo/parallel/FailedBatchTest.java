package dev.memo.parallel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.CapturedLog;
import dev.memo.failure.FailedInput;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The function's own exception reaches the caller, with the position of the input. */
@Timeout(30)
class FailedBatchTest {
  private static final List<Integer> INPUTS = IntStream.range(0, 1_000).boxed().toList();

  static Stream<Throwable> allKinds() {
    return Stream.of(
        new IllegalStateException("unchecked"),
        new IOException("checked"),
        new StackOverflowError("error"),
        new InterruptedException("of its own"));
  }

  @ParameterizedTest
  @MethodSource("allKinds")
  void sameObjectIsThrownWithItsIndex(Throwable failure) {
    Throwable thrown =
        catchThrowable(() -> Parallel.map(i -> i == 700 ? fail(failure) : i, INPUTS, 3));
    assertThat(thrown).isSameAs(failure);
    assertThat(indexes(thrown)).containsExactly(700);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void singleInputFailsAlike() {
    IllegalStateException failure = new IllegalStateException();
    assertThatThrownBy(() -> Parallel.map(i -> fail(failure), List.of("secret"), 3))
        .isSameAs(failure);
    assertThat(indexes(failure)).containsExactly(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void nothingIsStartedAfterFailure(int threads) {
    AtomicInteger started = new AtomicInteger();
    CompletableFuture<Thread> failing = new CompletableFuture<>();
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    i -> {
                      started.incrementAndGet();
                      if (i == 0) {
                        failing.complete(Thread.currentThread());
                        throw new IllegalStateException();
                      }
                      CancelledBatchTest.awaitIdle(failing.join()); // the failure is noted
                    },
                    INPUTS,
                    threads))
        .isInstanceOf(IllegalStateException.class);
    // every other thread may have been inside an input
    assertThat(started).hasValueLessThanOrEqualTo(threads);
  }

  @Test
  void inputsUnderWayFinish() {
    CountDownLatch bothRun = new CountDownLatch(2);
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    i -> {
                      bothRun.countDown();
                      bothRun.await();
                      if (i == 0) {
                        failed.countDown();
                        throw new IllegalStateException();
                      }
                      failed.await();
                      spin(20_000_000);
                      finished.incrementAndGet();
                    },
                    List.of(0, 1),
                    2))
        .isInstanceOf(IllegalStateException.class);
    assertThat(finished).hasValue(1);
  }

  @Test
  void laterFailuresAreSuppressed() {
    CountDownLatch allRun = new CountDownLatch(3);
    List<Exception> failures = List.of(new Exception("0"), new Exception("1"), new Exception("2"));
    Throwable thrown =
        catchThrowable(
            () ->
                Parallel.forEach(
                    i -> {
                      allRun.countDown();
                      allRun.await();
                      throw failures.get(i);
                    },
                    List.of(0, 1, 2),
                    3));
    assertThat(failures).contains((Exception) thrown);
    assertThat(thrown.getSuppressed()).hasSize(3).hasAtLeastOneElementOfType(FailedInput.class);
    assertThat(failures)
        .filteredOn(failure -> failure != thrown)
        .allSatisfy(later -> assertThat(thrown.getSuppressed()).contains(later));
    assertThat(failures)
        .allSatisfy(
            failure -> assertThat(indexes(failure)).containsExactly(failures.indexOf(failure)));
  }

  @Test
  void oneObjectThrownForSeveralInputsHasAllIndexes() {
    CountDownLatch allRun = new CountDownLatch(3);
    IllegalStateException shared = new IllegalStateException();
    assertThatThrownBy(
            () ->
                Parallel.forEach(
                    i -> {
                      allRun.countDown();
                      allRun.await();
                      throw shared;
                    },
                    List.of(0, 1, 2),
                    3))
        .isSameAs(shared);
    assertThat(shared.getSuppressed()).hasSize(3);
    assertThat(indexes(shared)).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void laterFailureIsLoggedIfTheFirstTakesNoSuppressed() {
    final class Terse extends RuntimeException {
      private static final long serialVersionUID = 1L;

      Terse() {
        super("terse", null, false, false);
      }
    }
    try (CapturedLog log = CapturedLog.of(Failures.class.getName())) {
      CountDownLatch bothRun = new CountDownLatch(2);
      Throwable thrown =
          catchThrowable(
              () ->
                  Parallel.forEach(
                      i -> {
                        bothRun.countDown();
                        bothRun.await();
                        throw new Terse();
                      },
                      List.of(0, 1),
                      2));
      assertThat(thrown).isInstanceOf(Terse.class);
      assertThat(log.records())
          .singleElement()
          .satisfies(
              entry -> assertThat(entry.getThrown()).isInstanceOf(Terse.class).isNotSameAs(thrown));
    }
  }

  @Test
  void failureOfNestedBatchHasThePositionsOfBoth() {
    IOException failure = new IOException();
    assertThatThrownBy(
            () ->
                Parallel.map(
                    a -> Parallel.map(b -> a == 2 && b == 1 ? fail(failure) : 0, List.of(0, 1), 1),
                    List.of(0, 1, 2),
                    1))
        .isSameAs(failure);
    assertThat(indexes(failure)).containsExactly(1, 2);
  }

  @Test
  void inputThatRunsOutOfMemoryIsNotTakenForOneThatReturnedNull() {
    try (ChildJvm child = ChildJvm.of(OutOfMemory.class).option("-Xmx32m").shortLived().start()) {
      assertThat(child.awaitLine("gave", "threw")).isEqualTo("threw the same object");
    }
  }

  /** Leaves no memory for what is to be noted of a failure, until others have gone on. */
  static final class OutOfMemory {
    private static volatile Object @Nullable [] full;

    private OutOfMemory() {}

    public static void main(String[] arguments) {
      System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8)); // workers end
      batch(new OutOfMemoryError("in time"), false); // all classes are loaded from now on
      System.out.println(batch(new OutOfMemoryError("the heap is full"), true));
    }

    private static String batch(OutOfMemoryError failure, boolean fills) {
      // Nobody needs memory to wait for what these say.
      AtomicBoolean otherRuns = new AtomicBoolean();
      AtomicBoolean filled = new AtomicBoolean();
      try {
        List<Integer> unused =
            Parallel.map(
                i -> {
                  if (i == 1) {
                    otherRuns.set(true);
                    await(filled);
                    spin(200_000_000); // the failure is noted, or not
                    full = null;
                  } else {
                    await(otherRuns);
                    if (fills) {
                      fill();
                    }
                    filled.set(true);
                    throw failure;
                  }
                  return i;
                },
                List.of(0, 1),
                2);
        return "gave results";
      } catch (Throwable thrown) {
        full = null;
        return thrown == failure ? "threw the same object" : "threw something else";
      }
    }

    private static void await(AtomicBoolean condition) {
      while (!condition.get()) {
        Thread.onSpinWait();
      }
    }

    private static void fill() {
      for (int size = 1 << 16; size > 0; ) {
        try {
          full = new Object[] {full, new long[size]};
        } catch (OutOfMemoryError e) {
          size /= 2;
        }
      }
    }
  }

  @Test
  @DisplayName("P4: who waits for work that no worker could be had for is told so")
  void whatTheWorkersDoNotTakeIsNotWaitedFor() {
    OutOfMemoryError noThread = new OutOfMemoryError("no thread, for the test");
    Workers workers =
        Workers.plain(
            2,
            work -> {
              throw noThread;
            });
    Batch batch =
        new Batch(index -> {}, Indexes.below(9), workers, new StopSignal(), new Bell(workers));
    Throwable thrown = catchThrowable(batch::start);
    assertThat(thrown).isSameAs(noThread);
    batch.stopBecauseOf(thrown); // as one whose inputs could not be read
    assertThatThrownBy(batch::<RuntimeException>end).isSameAs(noThread);
  }

  /** A pool queues what it is given before it starts a worker for it. */
  @Test
  void whatTheWorkersHaveTakenAllTheSameIsRunOnce() {
    OutOfMemoryError noThread = new OutOfMemoryError("no thread, for the test");
    AtomicInteger made = new AtomicInteger();
    Workers workers =
        Workers.replaced(
            1,
            0,
            () -> {
              if (made.getAndIncrement() == 0) {
                throw noThread;
              }
            });
    AtomicInteger runs = new AtomicInteger();
    Indexes nine = Indexes.below(9);
    Batch batch =
        new Batch(i -> runs.incrementAndGet(), nine, workers, new StopSignal(), new Bell(workers));
    assertThatThrownBy(batch::start).isSameAs(noThread);
    batch.<RuntimeException>run(); // on a worker that finds the first drain too
    assertThat(runs).hasValue(9);
    assertThat(made).hasValueGreaterThan(1);
  }

  /** Hands out one index less than it says. */
  private record Losing(Indexes all) implements Indexes {
    @Override
    public boolean take(int most, IndexRange into) {
      return all.take(most, into);
    }

    @Override
    public boolean hasMore() {
      return all.hasMore();
    }

    @Override
    public int count() {
      return all.count() + 1;
    }
  }

  @Test
  void batchThatHasLostAnInputDoesNotEndAsIfItHadNot() {
    AtomicInteger runs = new AtomicInteger();
    Indexes losing = new Losing(Indexes.below(9));
    Workers workers = Workers.replaced(2, 0);
    Batch batch =
        new Batch(
            i -> runs.incrementAndGet(), losing, workers, new StopSignal(), new Bell(workers));
    assertThatThrownBy(batch::<RuntimeException>run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("10 inputs")
        .hasMessageContaining("after 9");
    assertThat(runs).hasValue(9);
  }

  private static int fail(Throwable failure) throws IOException {
    FailedBatchTest.<RuntimeException>sneak(failure);
    throw new IOException("not reached");
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> void sneak(Throwable failure) throws X {
    throw (X) failure;
  }

  private static List<Integer> indexes(Throwable failure) {
    return Arrays.stream(failure.getSuppressed())
        .filter(FailedInput.class::isInstance)
        .map(suppressed -> ((FailedInput) suppressed).index())
        .toList();
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
