package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.Memo;
import dev.memo.call.ThrowingFunction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener is told that the batch has ended, however that came. */
class ToldOfTheEndTest {
  private static final List<Integer> INPUTS = List.of(1, 2, 3);

  private static class Ends implements ProgressListener {
    final AtomicInteger told = new AtomicInteger();

    @Override
    public void progress(Progress progress) {}

    @Override
    public void ended(Report report) {
      told.incrementAndGet();
    }
  }

  private static void assertToldIfInterrupted(
      ThrowingFunction<Integer, Integer, RuntimeException> function) {
    Ends ofList = new Ends();
    Ends ofIterator = new Ends();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Parallel.batch(function).progress(ofList).run(INPUTS))
        .isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> Parallel.batch(function).progress(ofIterator).run(INPUTS.iterator()))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ofList.told).hasValue(1);
    assertThat(ofIterator.told).hasValue(1);
  }

  @Test
  void ofABatchWhoseCallerWasInterruptedBefore() {
    assertToldIfInterrupted(i -> -i);
  }

  @Test
  void ofOneOfACachedFunctionToo(@TempDir Path folder) {
    try (Memo memo = Memo.open(folder.resolve("ends.memo"))) {
      assertToldIfInterrupted(memo.function("f", "1", Integer.class, Integer.class, i -> -i));
    }
  }

  @Test
  void listenerThatCannotSayHowOftenIsToldOfTheEnd() {
    Ends broken =
        new Ends() {
          @Override
          public Duration interval() {
            throw new IllegalStateException("broken");
          }
        };
    try (CapturedLog log = CapturedLog.of(ProgressTicker.class.getName())) {
      assertThat(Parallel.batch((Integer i) -> -i).progress(broken).run(INPUTS).values())
          .containsExactly(-1, -2, -3);
      assertThat(log.warnings()).hasSize(1);
    }
    assertThat(broken.told).hasValue(1);
  }
}
