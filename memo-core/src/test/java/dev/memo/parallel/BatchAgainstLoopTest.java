package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.failure.FailedInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random functions, failures, duplicates, policies and ways to run a batch: it does what a loop
 * over the inputs does.
 */
class BatchAgainstLoopTest {
  private static final long SEED = 7;
  private static final int ROUNDS = 600;

  /** What a function does with each of a few inputs; an input fails so many times first. */
  private record Script(
      List<@Nullable Integer> values, List<Integer> failures, AtomicIntegerArray attempts) {
    static final int INPUTS = 40;

    static Script random(Random random) {
      List<@Nullable Integer> values = new ArrayList<>();
      List<Integer> failures = new ArrayList<>();
      boolean sound = random.nextInt(3) == 0;
      for (int i = 0; i < INPUTS; i++) {
        values.add(random.nextInt(5) == 0 ? null : Integer.valueOf(random.nextInt()));
        failures.add(sound || random.nextInt(8) > 0 ? 0 : random.nextInt(4));
      }
      return new Script(values, failures, new AtomicIntegerArray(INPUTS));
    }

    /** A failure says for which input; one that fails more often than is retried always fails. */
    @Nullable Integer call(int input, int retries) {
      boolean fails =
          failures.get(input) > retries || attempts.getAndIncrement(input) < failures.get(input);
      if (fails) {
        throw new IllegalStateException("input " + input);
      }
      return values.get(input);
    }

    /** What the loop gets: the value or the message of the failure. */
    Object expected(int input, int retries) {
      return failures.get(input) > retries ? "input " + input : String.valueOf(values.get(input));
    }
  }

  @Test
  void outcomesAreThoseOfALoop() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    List<FailurePolicyTest.Way> ways = List.of(FailurePolicyTest.Way.values());
    for (int round = 0; round < ROUNDS; round++) {
      Script script = Script.random(random);
      // Duplicates share the failures that a retry overcomes: such inputs are asked for once.
      List<Integer> inputs = new ArrayList<>();
      for (int n = random.nextInt(200); n > 0; n--) {
        int input = random.nextInt(Script.INPUTS);
        if (script.failures.get(input) == 0 || !inputs.contains(input)) {
          inputs.add(input);
        }
      }
      int retries = random.nextInt(3);
      long tolerated = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(4);
      boolean ordered = random.nextBoolean();
      FailurePolicyTest.Way way = ways.get(random.nextInt(ways.size()));
      BatchBuilder<Integer, @Nullable Integer, RuntimeException> batch =
          Parallel.<Integer, @Nullable Integer, RuntimeException>batch(
                  input -> script.call(input, retries))
              .threads(1 + random.nextInt(8))
              .retry(retries, Duration.ZERO)
              .failures(FailurePolicy.tolerate(tolerated));
      BatchBuilder<Integer, @Nullable Integer, RuntimeException> built =
          ordered ? batch.ordered() : batch.unordered();
      compare(round, built, way, inputs, script, retries, tolerated, ordered);
    }
  }

  private static void compare(
      int round,
      BatchBuilder<Integer, @Nullable Integer, RuntimeException> batch,
      FailurePolicyTest.Way way,
      List<Integer> inputs,
      Script script,
      int retries,
      long tolerated,
      boolean ordered) {
    List<Object> expected = inputs.stream().map(i -> script.expected(i, retries)).toList();
    long failing = inputs.stream().filter(i -> script.failures.get(i) > retries).count();
    List<Outcome<@Nullable Integer>> outcomes = new ArrayList<>();
    Throwable thrown = catchThrowable(() -> outcomes.addAll(way.run(batch, inputs)));
    if (failing > tolerated) {
      assertThat(thrown).as("round %d", round).isInstanceOf(IllegalStateException.class);
      FailedInput where =
          java.util.Arrays.stream(thrown.getSuppressed())
              .filter(FailedInput.class::isInstance)
              .map(FailedInput.class::cast)
              .findFirst()
              .orElseThrow();
      assertThat(thrown).hasMessage("input " + inputs.get(where.index()));
      return;
    }
    assertThat(thrown).as("round %d", round).isNull();
    List<Object> actual = new ArrayList<>();
    outcomes.stream()
        .sorted((a, b) -> ordered ? 0 : Integer.compare(a.index(), b.index()))
        .forEach(outcome -> actual.add(describe(outcome)));
    assertThat(actual).as("round %d", round).isEqualTo(expected);
  }

  private static String describe(Outcome<@Nullable Integer> outcome) {
    return outcome instanceof Outcome.Success<@Nullable Integer> success
        ? String.valueOf(success.value())
        : String.valueOf(((Outcome.Failure<@Nullable Integer>) outcome).exception().getMessage());
  }
}
