package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import dev.memo.failure.FailedInput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random functions, cached or not, failures, duplicates, policies and ways to run a batch: it does
 * what a loop over the inputs does.
 */
class BatchAgainstLoopTest {
  private static final long SEED = 7;
  private static final int ROUNDS = 600;

  /**
   * What a function does with each of a few inputs; an input fails so many times first.
   *
   * @param stored inputs whose result is there before
   * @param returns how often each returned
   */
  private record Script(
      List<@Nullable Integer> values,
      List<Integer> failures,
      Set<Integer> stored,
      AtomicIntegerArray attempts,
      AtomicIntegerArray returns) {
    static final int INPUTS = 40;

    static Script random(Random random, boolean cached) {
      List<@Nullable Integer> values = new ArrayList<>();
      List<Integer> failures = new ArrayList<>();
      Set<Integer> stored = new HashSet<>();
      boolean sound = random.nextInt(3) == 0;
      int storedOfTen = cached ? random.nextInt(11) : 0;
      for (int i = 0; i < INPUTS; i++) {
        values.add(random.nextInt(5) == 0 ? null : Integer.valueOf(random.nextInt()));
        failures.add(sound || random.nextInt(8) > 0 ? 0 : random.nextInt(4));
        if (random.nextInt(10) < storedOfTen) {
          stored.add(i);
          failures.set(i, 0);
        }
      }
      return new Script(
          values, failures, stored, new AtomicIntegerArray(INPUTS), new AtomicIntegerArray(INPUTS));
    }

    /** A failure says for which input; one that fails more often than is retried always fails. */
    @Nullable Integer call(int input, int retries) {
      boolean fails =
          failures.get(input) > retries || attempts.getAndIncrement(input) < failures.get(input);
      if (fails) {
        throw new IllegalStateException("input " + input);
      }
      returns.incrementAndGet(input);
      return values.get(input);
    }

    /** What the loop gets: the value or the message of the failure. */
    Object expected(int input, int retries) {
      return failures.get(input) > retries ? "input " + input : String.valueOf(values.get(input));
    }
  }

  @Test
  void outcomesAreThoseOfALoop(@TempDir Path folder) {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    try (Memo memo = Memo.open(folder.resolve("loop.memo"))) {
      for (int round = 0; round < ROUNDS; round++) {
        run(round, random, memo);
      }
    }
  }

  private static void run(int round, Random random, Memo memo) {
    List<FailurePolicyTest.Way> ways = List.of(FailurePolicyTest.Way.values());
    boolean cached = random.nextBoolean();
    Script script = Script.random(random, cached);
    // Duplicates share the failures that a retry overcomes: such inputs are asked for once.
    List<Integer> inputs = new ArrayList<>();
    for (int n = random.nextInt(cached ? 700 : 200); n > 0; n--) {
      int input = random.nextInt(Script.INPUTS);
      if (script.failures.get(input) == 0 || !inputs.contains(input)) {
        inputs.add(input);
      }
    }
    int retries = random.nextInt(3);
    long tolerated = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(4);
    boolean ordered = random.nextBoolean();
    FailurePolicyTest.Way way = ways.get(random.nextInt(ways.size()));
    ThrowingFunction<Integer, @Nullable Integer, RuntimeException> called =
        input -> script.call(input, retries);
    BatchBuilder<Integer, @Nullable Integer, RuntimeException> batch =
        Parallel.batch(cached ? stored(memo, round, script, called) : called)
            .threads(1 + random.nextInt(8))
            .retry(retries, Duration.ZERO)
            .failures(FailurePolicy.tolerate(tolerated));
    BatchBuilder<Integer, @Nullable Integer, RuntimeException> built =
        ordered ? batch.ordered() : batch.unordered();
    compare(round, built, way, inputs, script, retries, tolerated, ordered);
    if (cached) {
      for (int input = 0; input < Script.INPUTS; input++) {
        assertThat(script.returns.get(input))
            .as("round %d, input %d", round, input)
            .isBetween(0, script.stored.contains(input) ? 0 : 1);
      }
    }
  }

  private static CachedFunction<Integer, @Nullable Integer, RuntimeException> stored(
      Memo memo,
      int round,
      Script script,
      ThrowingFunction<Integer, @Nullable Integer, RuntimeException> called) {
    TypeRef<Integer> integer = TypeRef.of(Integer.class);
    CachedFunction<Integer, @Nullable Integer, RuntimeException> function =
        memo.<Integer, @Nullable Integer>function("f" + round, "1", integer, integer)
            .capturesNothing()
            .calls(called);
    script.stored.forEach(input -> function.put(input, script.values.get(input)));
    return function;
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
          Arrays.stream(thrown.getSuppressed())
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
