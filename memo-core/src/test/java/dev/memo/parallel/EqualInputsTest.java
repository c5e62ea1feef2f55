package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.StoredFunction;
import dev.memo.claims.Chain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Equal inputs of a batch, while one of them is computed, here or elsewhere. */
@Timeout(180)
final class EqualInputsTest extends ParkingBatches {
  EqualInputsTest(@TempDir Path folder) {
    super(folder);
  }

  @Test
  @DisplayName("P1: equal inputs wait for one of them without a worker each")
  void equalInputsOfASlowOne() throws Exception {
    assertThat(equalInputs(true)).isEqualTo(OTHERS);
  }

  @Test
  @DisplayName("twin: where they are not parked, they keep all workers")
  void twinOfEqualInputs() throws Exception {
    assertThat(equalInputs(false)).isZero();
  }

  /** Returns how many others have run when all that can has happened, while the slow one runs. */
  private int equalInputs(boolean parks) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              if (n == 0) {
                awaitUnchecked(go);
              }
              return run(n);
            });
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      inputs.add(0);
    }
    inputs.addAll(range(1, OTHERS + 1));
    Running running = new Running(slow, inputs, 2, parks);
    if (parks) {
      await("the others have run", () -> runs.get() == OTHERS);
    } else {
      await("both workers are in the way of the others", () -> waitsInFlight() == 1);
    }
    int others = runs.get();
    go.countDown();
    assertThat(running.results()).isEqualTo(negated(inputs));
    assertThat(runs).hasValue(OTHERS + 1);
    assertCountersAddUp(slow.stats(), inputs.size());
    return others;
  }

  @Test
  void equalInputsThatAreComputedElsewhereAreWaitedForOnce() throws Exception {
    hold(Chain.root(), List.of(0));
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      inputs.add(0);
    }
    inputs.addAll(range(1, OTHERS + 1));
    StoredFunction<Integer, Integer, RuntimeException> slow = counting();
    Running running = new Running(slow, inputs, THREADS, true);
    await("the others have run", () -> runs.get() == OTHERS);
    await("all equal ones wait", () -> running.batch.waiting(0) == OTHERS);
    assertThat(state().waits()).isBetween(1L, (long) THREADS);
    releaseAll();
    assertThat(running.results()).isEqualTo(negated(inputs));
    assertThat(runs).hasValue(OTHERS + 1);
    assertThat(state().waits()).isZero();
    assertCountersAddUp(slow.stats(), inputs.size());
  }

  private static long waitsInFlight() {
    return Thread.getAllStackTraces().values().stream()
        .filter(
            stack ->
                Arrays.stream(stack)
                    .anyMatch(frame -> frame.getClassName().equals("dev.memo.call.Waiting")))
        .count();
  }

  @Test
  void failureOfASlowInputIsThatOfAllThatWaitForIt() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            n -> {
              runs.incrementAndGet();
              awaitUnchecked(go);
              throw new IllegalStateException("no");
            });
    CompletableFuture<Integer> leader =
        CompletableFuture.supplyAsync(() -> slow.call(0), task -> new Thread(task).start());
    await("it runs", () -> runs.get() == 1);
    Running running = new Running(slow, List.of(0, 0, 0), 1, true);
    await("they wait", () -> running.batch.waiting(0) == 3);
    go.countDown();
    assertThatThrownBy(running::results)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(leader::join).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  @DisplayName("P1: equal inputs behind a computation that takes too long are computed once")
  void equalInputsBehindOneThatHangs() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    StoredFunction<Integer, Integer, RuntimeException> slow =
        function(
            directory.primary(),
            Duration.ofMillis(100),
            n -> {
              if (runs.getAndIncrement() == 0) {
                awaitUnchecked(go);
              }
              return -n;
            });
    CompletableFuture<Integer> hangs =
        CompletableFuture.supplyAsync(() -> slow.call(7), task -> new Thread(task).start());
    await("it runs", () -> runs.get() == 1);
    Running running = new Running(slow, List.of(7, 7, 7, 7, 7), 1, true);
    assertThat(running.results()).containsOnly(-7);
    assertThat(runs).as("that which hangs, and one").hasValue(2);
    go.countDown();
    assertThat(hangs.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(-7);
    assertCountersAddUp(slow.stats(), 6);
  }
}
