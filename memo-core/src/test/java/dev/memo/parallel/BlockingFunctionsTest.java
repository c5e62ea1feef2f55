package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.InputTimedOutException;
import dev.memo.store.ChildJvm;
import dev.memo.store.InstalledJdks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Functions that wait for others: hundreds of calls at a time, on platform threads and, where the
 * JVM has them, on virtual ones.
 */
class BlockingFunctionsTest {
  private static final int MANY = 500;
  private static final int FIRST_WITH_VIRTUAL = 21;

  private static <X extends Exception> BatchBuilder<Integer, Integer, X> batch(
      boolean virtual, dev.memo.call.ThrowingFunction<Integer, Integer, X> function) {
    BatchBuilder<Integer, Integer, X> batch = Parallel.batch(function).threads(MANY);
    return virtual ? batch.virtualThreads() : batch;
  }

  private static List<Integer> inputs(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hundredsAreUnderWayAtATimeAndNoMore(boolean virtual) throws Exception {
    CountDownLatch all = new CountDownLatch(MANY);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Queue<Thread> workers = new ConcurrentLinkedQueue<>();
    BatchResult<Integer> result =
        batch(
                virtual,
                i -> {
                  workers.add(Thread.currentThread());
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  all.countDown();
                  all.await();
                  running.decrementAndGet();
                  return -i;
                })
            .run(inputs(2 * MANY));
    assertThat(result.values()).isEqualTo(inputs(2 * MANY).stream().map(i -> -i).toList());
    assertThat(most).hasValue(MANY);
    boolean hasVirtual = Runtime.version().feature() >= FIRST_WITH_VIRTUAL;
    assertThat(workers).allSatisfy(w -> assertThat(isVirtual(w)).isEqualTo(virtual && hasVirtual));
    awaitEnd(workers);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theyFailTimeOutAndAreCancelledAlike(boolean virtual) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    IOException seventh = new IOException();
    assertThatThrownBy(() -> batch(virtual, i -> i == 7 ? fail(seventh) : i).run(inputs(1_000)))
        .isSameAs(seventh);

    BatchResult<Integer> timed =
        batch(virtual, i -> i == 7 ? await(never) : i)
            .timeout(Duration.ofMillis(50))
            .failures(FailurePolicy.COLLECT)
            .run(inputs(1_000).iterator());
    assertThat(timed.failures()).hasSize(1);
    assertThat(timed.failures().get(0).exception()).isInstanceOf(InputTimedOutException.class);

    Queue<Thread> workers = new ConcurrentLinkedQueue<>();
    CountDownLatch all = new CountDownLatch(MANY);
    Thread caller = Thread.currentThread();
    assertThatThrownBy(
            () ->
                batch(
                        virtual,
                        i -> {
                          workers.add(Thread.currentThread());
                          all.countDown();
                          all.await();
                          caller.interrupt();
                          return await(never);
                        })
                    .run(inputs(2 * MANY)))
        .isInstanceOf(CancellationException.class);
    // all of them interrupt this thread, some after it was told
    awaitEnd(workers);
    assertThat(workers).hasSize(MANY);
  }

  private static int fail(IOException failure) throws IOException {
    throw failure;
  }

  private static int await(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return 0;
  }

  private static void awaitEnd(Queue<Thread> workers) throws InterruptedException {
    for (Thread worker : workers) {
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (worker.isAlive() && System.nanoTime() < deadline) {
        boolean interruptedLate = Thread.interrupted();
        try {
          worker.join(interruptedLate ? 1 : 60_000);
        } catch (InterruptedException late) {
          // by one that is under way still
        }
      }
      assertThat(worker.isAlive()).as("%s lives", worker).isFalse();
    }
    Thread.interrupted();
  }

  private static boolean isVirtual(Thread thread) {
    try {
      return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (ReflectiveOperationException before) {
      return false;
    }
  }

  @Test
  @Tag("heavy")
  void jdk25RunsThemOnVirtualThreads() throws Exception {
    InstalledJdks jdks = InstalledJdks.require("25");
    try (ChildJvm child = ChildJvm.of(OnVirtual.class).java(jdks.java("25")).start()) {
      assertThat(child.awaitLine("virtual", "Exception")).isEqualTo("virtual 1000 of 1000");
    }
  }

  /** Says how many inputs ran on virtual threads. */
  static final class OnVirtual {
    private OnVirtual() {}

    public static void main(String[] arguments) throws Exception {
      BlockingFunctionsTest test = new BlockingFunctionsTest();
      test.hundredsAreUnderWayAtATimeAndNoMore(true);
      test.theyFailTimeOutAndAreCancelledAlike(true);
      List<Boolean> virtual =
          Parallel.batch((Integer i) -> isVirtual(Thread.currentThread()))
              .virtualThreads()
              .run(inputs(1_000))
              .values();
      System.out.println(
          "virtual " + virtual.stream().filter(v -> v).count() + " of " + virtual.size());
    }
  }
}
