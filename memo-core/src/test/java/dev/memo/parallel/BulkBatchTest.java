package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
}
