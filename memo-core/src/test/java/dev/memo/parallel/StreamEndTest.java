package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.claims.Chain;
import dev.memo.parallel.Outcome.Success;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a stream of outcomes begins and ends, and what whoever takes them is told then. */
@Timeout(60)
class StreamEndTest {
  private final CountDownLatch never = new CountDownLatch(1);

  @Test
  void whoWaitsForAnOutcomeIsReleasedIfAnotherThreadClosesTheStream() throws Exception {
    CountDownLatch busy = new CountDownLatch(2);
    Stream<Outcome<Integer>> outcomes =
        Parallel.batch(
            (Integer i) -> {
              busy.countDown();
              never.await();
              return i;
            })
            .threads(2)
            .stream(numbers(100));
    CompletableFuture<Throwable> reader = read(outcomes);
    busy.await();
    outcomes.close();
    assertThat(reader.get(30, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class)
        .hasMessageEndingWith("its stream was closed");
  }

  @Test
  void soIsWhoWaitsForWhatIsUnderWayAfterAFailure() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    IllegalStateException failure = new IllegalStateException("1");
    Stream<Outcome<Integer>> outcomes =
        Parallel.batch(
            (Integer i) -> {
              if (i == 1) {
                busy.await(); // the failure comes while another input is under way
                throw failure;
              }
              busy.countDown();
              awaitDeaf(never);
              return i;
            })
            .threads(2)
            .stream(numbers(100));
    Thread[] thread = new Thread[1];
    CompletableFuture<Throwable> reader = read(outcomes, thread);
    busy.await();
    while (thread[0].getState() != Thread.State.TIMED_WAITING) { // it looks after its workers
      Thread.onSpinWait();
    }
    outcomes.close();
    Throwable thrown = reader.get(30, TimeUnit.SECONDS);
    assertThat(thrown).isInstanceOf(CancellationException.class);
    never.countDown();
  }

  /** Ignores interrupts. */
  private static void awaitDeaf(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException goesOn) {
        // as a function that is deaf to it
      }
    }
  }

  private static CompletableFuture<Throwable> read(Stream<?> outcomes) {
    return read(outcomes, new Thread[1]);
  }

  private static CompletableFuture<Throwable> read(Stream<?> outcomes, Thread[] started) {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> end.complete(catchThrowable(() -> outcomes.forEach(o -> {}))), "reader");
    thread.setDaemon(true);
    started[0] = thread;
    thread.start();
    return end;
  }

  @Test
  void closedStreamThatIsAskedAgainDoesNotPassForOneThatHasEnded() {
    Stream<Outcome<Integer>> outcomes =
        Parallel.batch((Integer i) -> i).threads(1).stream(numbers(100));
    Iterator<Outcome<Integer>> iterator = outcomes.iterator();
    assertThat(iterator.next()).isEqualTo(new Success<>(0, 0));
    outcomes.close();
    assertThatThrownBy(
            () -> {
              while (iterator.hasNext()) {
                iterator.next();
              }
            })
        .isInstanceOf(CancellationException.class);

    Stream<Outcome<Integer>> unbegun = Parallel.batch((Integer i) -> i).stream(numbers(100));
    Iterator<Outcome<Integer>> nothing = unbegun.iterator();
    unbegun.close();
    assertThatThrownBy(nothing::hasNext).isInstanceOf(CancellationException.class);
  }

  @Test
  void inputsThatHaveSaidThatTheyHaveEndedAreNotAskedAgain() {
    // as an iterator over a queue, which would wait for further ones
    AtomicInteger ends = new AtomicInteger();
    Iterator<Integer> inputs =
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            if (next < 5) {
              return true;
            }
            assertThat(ends.incrementAndGet()).isEqualTo(1);
            return false;
          }

          @Override
          public Integer next() {
            return next++;
          }
        };
    assertThat(Parallel.batch((Integer i) -> -i).threads(2).run(inputs).values())
        .containsExactly(0, -1, -2, -3, -4);
    assertThat(ends).hasValue(1);
  }

  @Test
  void outcomesUpToTheFailureAreTakenBeforeItIsThrown() {
    // the failure comes first, and two inputs that precede it finish afterwards
    CountDownLatch failed = new CountDownLatch(1);
    IllegalStateException failure = new IllegalStateException("2");
    List<Integer> taken = new ArrayList<>();
    BatchBuilder<Integer, Integer, InterruptedException> batch =
        Parallel.batch(
                (Integer i) -> {
                  if (i == 2) {
                    failed.countDown();
                    throw failure;
                  }
                  failed.await();
                  return i;
                })
            .threads(3);
    assertThatThrownBy(
            () -> {
              try (Stream<Outcome<Integer>> outcomes = batch.stream(numbers(3))) {
                outcomes.forEach(outcome -> taken.add(outcome.index()));
              }
            })
        .isSameAs(failure);
    assertThat(taken).containsExactly(0, 1);
  }

  @Test
  void allThatHasFinishedIsTakenOfAnUnorderedStreamThatFails() {
    // the first input ends last, so only an unordered stream can have the others; while it fails,
    // two of them have not been taken
    CountDownLatch othersAreDone = new CountDownLatch(3);
    CompletableFuture<Thread> failing = new CompletableFuture<>();
    IllegalStateException failure = new IllegalStateException("0");
    List<Integer> taken = new ArrayList<>();
    BatchBuilder<Integer, Integer, InterruptedException> batch =
        Parallel.batch(
                (Integer i) -> {
                  if (i == 0) {
                    othersAreDone.await();
                    failing.complete(Thread.currentThread());
                    throw failure;
                  }
                  othersAreDone.countDown();
                  return i;
                })
            .threads(2)
            .unordered();
    assertThatThrownBy(
            () -> {
              try (Stream<Outcome<Integer>> outcomes = batch.stream(numbers(4))) {
                outcomes.forEach(
                    outcome -> {
                      joinUninterruptibly(failing.join());
                      taken.add(outcome.index());
                    });
              }
            })
        .isSameAs(failure);
    assertThat(taken).containsExactlyInAnyOrder(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void inputsThatCannotBeReadDoNotHideWhatFailedBefore(boolean tolerated) {
    CompletableFuture<Thread> worker = new CompletableFuture<>();
    CountDownLatch reading = new CountDownLatch(1);
    ArithmeticException failure = new ArithmeticException("first");
    IllegalStateException broken = new IllegalStateException("no more");
    Iterator<Integer> inputs =
        numbers(3).stream()
            .map(
                i -> {
                  if (i == 2) {
                    reading.countDown();
                    joinUninterruptibly(worker.join()); // it has told what it threw
                    throw broken;
                  }
                  return i;
                })
            .iterator();
    Throwable thrown =
        catchThrowable(
            () ->
                Parallel.batch(
                        (Integer i) -> {
                          worker.complete(Thread.currentThread());
                          if (i == 0) {
                            awaitUnchecked(reading);
                            throw failure;
                          }
                          return i;
                        })
                    .threads(1)
                    .failures(tolerated ? FailurePolicy.COLLECT : FailurePolicy.FAIL_FAST)
                    .run(inputs));
    assertThat(thrown).as("what came first").isSameAs(tolerated ? broken : failure);
    assertThat(thrown).hasSuppressedException(tolerated ? failure : broken);
  }

  @Test
  void callsThatAreUnderWayFinishIfInputsCannotBeRead() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch broken = new CountDownLatch(1);
    Thread reader = Thread.currentThread();
    AtomicInteger interrupts = new AtomicInteger();
    IllegalStateException failure = new IllegalStateException("no more");
    List<Outcome<Integer>> taken = new ArrayList<>();
    Iterator<Integer> inputs =
        numbers(2).stream()
            .map(
                i -> {
                  if (i == 1) {
                    awaitUnchecked(begun);
                    broken.countDown();
                    throw failure;
                  }
                  return i;
                })
            .iterator();
    Throwable thrown =
        catchThrowable(
            () ->
                Parallel.batch(
                        (Integer i) -> {
                          begun.countDown();
                          awaitUnchecked(broken);
                          // the reader has failed: it waits for this call, or interrupts it
                          while (reader.getState() != Thread.State.TIMED_WAITING) {
                            if (Thread.interrupted()) {
                              interrupts.incrementAndGet();
                              break;
                            }
                          }
                          return -i;
                        })
                    .stream(inputs)
                    .forEach(taken::add));
    assertThat(thrown).isSameAs(failure);
    assertThat(taken).containsExactly(new Success<>(0, 0));
    assertThat(interrupts).hasValue(0);
  }

  private static void joinUninterruptibly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @SuppressWarnings("try") // the scope is for its end only
  void batchBeginsWhenTheFirstOutcomeIsTakenByWhoeverTakesIt() throws Exception {
    AtomicInteger told = new AtomicInteger();
    List<Boolean> cancelled = new ArrayList<>();
    Chain gone = Chain.child(null, () -> true);
    Stream<Outcome<Boolean>> outcomes;
    try (Chain.Scope scope = gone.enter()) {
      outcomes =
          Parallel.batch((Integer i) -> Chain.current().isCancelled())
              .progress(progress -> told.incrementAndGet())
              .stream(numbers(3));
    }
    assertThat(threadsNamed("memo-parallel-progress")).isZero();
    outcomes.forEach(outcome -> cancelled.add(((Success<Boolean>) outcome).value()));
    assertThat(cancelled).as("it is no part of the call that made it").containsOnly(false);
  }

  private static long threadsNamed(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  private static List<Integer> numbers(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  @Test
  void inputThatWasInterruptedByTheCloseIsNoOutcome() throws Exception {
    CompletableFuture<Thread> worker = new CompletableFuture<>();
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Iterator<Integer> slowToSay =
        new Iterator<>() {
          private boolean first = true;

          @Override
          public boolean hasNext() {
            if (!first) {
              asked.countDown();
              awaitUnchecked(go);
            }
            return first;
          }

          @Override
          public Integer next() {
            first = false;
            return 0;
          }
        };
    Stream<Outcome<Integer>> outcomes =
        Parallel.batch(
            (Integer i) -> {
              worker.complete(Thread.currentThread());
              never.await();
              return i;
            })
            .threads(1)
            .failures(FailurePolicy.COLLECT)
            .stream(slowToSay);
    List<Outcome<Integer>> taken = new CopyOnWriteArrayList<>();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread reader =
        new Thread(() -> end.complete(catchThrowable(() -> outcomes.forEach(taken::add))));
    reader.setDaemon(true);
    reader.start();
    awaitUnchecked(asked);
    Thread interrupted = worker.get(30, TimeUnit.SECONDS);
    outcomes.close();
    interrupted.join();
    go.countDown();
    assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
    assertThat(taken).as("outcomes of what was given up").isEmpty();
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
