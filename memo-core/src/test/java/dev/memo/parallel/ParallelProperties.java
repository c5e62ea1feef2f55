package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.WithNull;
import org.jspecify.annotations.Nullable;

/** A batch does what a loop does. */
class ParallelProperties {

  @Property(tries = 200, seed = "1")
  void resultsAreThoseOfALoop(
      @ForAll @Size(max = 300) List<@WithNull(0.1) Integer> inputs,
      @ForAll @IntRange(min = 1, max = 8) int threads) {
    List<@Nullable String> loop = new ArrayList<>();
    for (Integer input : inputs) {
      loop.add(describe(input));
    }
    assertThat(Parallel.map(ParallelProperties::describe, inputs, threads)).isEqualTo(loop);
  }

  @Property(tries = 200, seed = "2")
  void onOneThreadTheFailureIsThatOfALoop(
      @ForAll @Size(min = 1, max = 300) List<@IntRange(min = 0, max = 100) Integer> inputs) {
    Set<Integer> called = new HashSet<>();
    Throwable failure =
        catchThrowable(() -> Parallel.forEach(i -> failOnZero(i, called), inputs, 1));
    Set<Integer> calledByLoop = new HashSet<>();
    Throwable failureOfLoop =
        catchThrowable(() -> inputs.forEach(i -> failOnZero(i, calledByLoop)));
    assertThat(called).isEqualTo(calledByLoop);
    if (failureOfLoop == null) {
      assertThat(failure).isNull();
    } else {
      assertThat(failure).hasSameClassAs(failureOfLoop).hasMessage(failureOfLoop.getMessage());
    }
  }

  private static @Nullable String describe(@Nullable Integer input) {
    return input == null ? "none" : input % 3 == 0 ? null : "it is " + input;
  }

  private static void failOnZero(int input, Set<Integer> called) {
    called.add(input);
    if (input == 0) {
      throw new IllegalStateException("zero");
    }
  }
}
