package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.failure.FailedInput;
import dev.memo.parallel.Outcome.Failure;
import dev.memo.parallel.Outcome.Success;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a batch does with inputs that fail, under each policy, in each way of running it. */
class FailurePolicyTest {
  private static final List<Integer> INPUTS = IntStream.range(0, 100).boxed().toList();

  private final IOException seventh = new IOException("seven");

  /** How a batch is run. */
  enum Way {
    COLLECTION,
    ITERATOR,
    STREAM_OUT;

    <R extends @Nullable Object, X extends Exception> List<Outcome<R>> run(
        BatchBuilder<Integer, R, X> batch, List<Integer> inputs) throws X {
      if (this == COLLECTION) {
        return batch.run(inputs).outcomes();
      } else if (this == ITERATOR) {
        return batch.run(inputs.iterator()).outcomes();
      }
      try (Stream<Outcome<R>> outcomes = batch.stream(inputs)) {
        return outcomes.toList();
      }
    }
  }

  private int failOnSeven(int input) throws IOException {
    if (input == 7) {
      throw seventh;
    }
    return -input;
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void failFastThrowsTheSameObjectWithItsIndex(Way way) {
    Throwable thrown = catchThrowable(() -> way.run(Parallel.batch(this::failOnSeven), INPUTS));
    assertThat(thrown).isSameAs(seventh);
    assertThat(indexes(thrown)).containsExactly(7);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void failFastStartsNothingMore(Way way) {
    AtomicInteger started = new AtomicInteger();
    BatchBuilder<Integer, Integer, IOException> batch =
        Parallel.batch(
                (Integer i) -> {
                  started.incrementAndGet();
                  return failOnSeven(i);
                })
            .threads(1);
    assertThatThrownBy(() -> way.run(batch, INPUTS)).isSameAs(seventh);
    assertThat(started).hasValue(8);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void collectGoesOnAndTellsValueNullAndFailureApart(Way way) throws IOException {
    BatchBuilder<Integer, @Nullable Integer, IOException> batch =
        Parallel.<Integer, @Nullable Integer, IOException>batch(i -> i == 8 ? null : failOnSeven(i))
            .failures(FailurePolicy.COLLECT);
    List<Outcome<@Nullable Integer>> outcomes = way.run(batch, INPUTS);
    assertThat(outcomes).hasSize(100);
    assertThat(outcomes.get(6)).isEqualTo(new Success<>(6, -6));
    assertThat(outcomes.get(7)).isEqualTo(new Failure<>(7, seventh));
    assertThat(outcomes.get(8)).isEqualTo(new Success<>(8, null));
    assertThat(seventh.getSuppressed()).as("the outcome says where").isEmpty();
  }

  @Test
  void valuesOfFailedInputsAreNotNullsButAnError() throws IOException {
    BatchResult<Integer> result =
        Parallel.batch(this::failOnSeven).failures(FailurePolicy.COLLECT).run(INPUTS);
    assertThat(result.failures()).containsExactly(new Failure<>(7, seventh));
    assertThatThrownBy(result::values)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1 of 100")
        .hasMessageContaining("input 7")
        .hasCause(seventh);
  }

  @Test
  void valuesMayBeNull() {
    BatchResult<@Nullable String> result =
        Parallel.<Integer, @Nullable String, RuntimeException>batch(i -> null).run(List.of(1, 2));
    assertThat(result.values()).isEqualTo(Arrays.asList(null, null));
    assertThat(result.failures()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void tolerateAllowsThatManyFailuresAndThrowsTheNext(Way way) {
    BatchBuilder<Integer, Integer, RuntimeException> batch =
        Parallel.batch(FailurePolicyTest::failOnTens).threads(1);
    assertThat(way.run(batch.failures(FailurePolicy.tolerate(10)), INPUTS))
        .hasSize(100)
        .filteredOn(Failure.class::isInstance)
        .hasSize(10);
    Throwable thrown =
        catchThrowable(() -> way.run(batch.failures(FailurePolicy.tolerate(3)), INPUTS));
    assertThat(thrown).hasMessage("30");
    assertThat(indexes(thrown)).containsExactly(30);
    assertThat(thrown.getSuppressed())
        .as("those that were tolerated until then")
        .filteredOn(IllegalStateException.class::isInstance)
        .extracting(Throwable::getMessage)
        .containsExactly("0", "10", "20");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void ofManyToleratedFailuresTheFirstAreTold(Way way) {
    Throwable thrown =
        catchThrowable(
            () ->
                way.run(
                    Parallel.batch(
                            (Integer i) -> {
                              throw new IllegalStateException("" + i);
                            })
                        .threads(1)
                        .failures(FailurePolicy.tolerate(InputCalls.TOLD + 50)),
                    IntStream.range(0, 1_000).boxed().toList()));
    assertThat(thrown).hasMessage("" + (InputCalls.TOLD + 50));
    assertThat(thrown.getSuppressed())
        .filteredOn(IllegalStateException.class::isInstance)
        .hasSize(InputCalls.TOLD);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void retryPredicateThatThrowsDoesNotHideTheFailure(Way way) throws IOException {
    IllegalStateException broken = new IllegalStateException("predicate");
    AtomicInteger runs = new AtomicInteger();
    BatchBuilder<Integer, Integer, IOException> batch =
        Parallel.batch(
                (Integer i) -> {
                  runs.incrementAndGet();
                  return failOnSeven(i);
                })
            .failures(FailurePolicy.COLLECT)
            .retry(
                3,
                java.time.Duration.ZERO,
                failure -> {
                  throw broken;
                });
    assertThat(way.run(batch, INPUTS)).contains(new Failure<>(7, seventh));
    assertThat(seventh).hasSuppressedException(broken);
    assertThat(runs).hasValue(100);
  }

  private static int failOnTens(int input) {
    if (input % 10 == 0) {
      throw new IllegalStateException("" + input);
    }
    return input;
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void outOfMemoryEndsTheBatchUnderEveryPolicyAndAnOverflownStackDoesNot(Way way) {
    OutOfMemoryError full = new OutOfMemoryError("not really");
    assertThatThrownBy(() -> way.run(collecting(i -> i == 7 ? throwError(full) : i), INPUTS))
        .isSameAs(full);
    StackOverflowError deep = new StackOverflowError();
    assertThat(way.run(collecting(i -> i == 7 ? throwError(deep) : i), INPUTS))
        .contains(new Failure<>(7, deep));
  }

  private static BatchBuilder<Integer, Integer, RuntimeException> collecting(
      dev.memo.call.ThrowingFunction<Integer, Integer, RuntimeException> function) {
    return Parallel.batch(function).failures(FailurePolicy.COLLECT);
  }

  private static int throwError(Error error) {
    throw error;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void whatHadFinishedWasRunOnceAndItsOutcomeHandedOn(int threads) {
    // results that a stream had before the failure are not lost with it
    Set<Integer> called = ConcurrentHashMap.newKeySet();
    List<Integer> handedOn = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              try (Stream<Outcome<Integer>> outcomes =
                  Parallel.batch(
                      (Integer i) -> {
                        assertThat(called.add(i)).isTrue();
                        return i == 1_000 ? throwError(new AssertionError()) : i;
                      })
                      .threads(threads)
                      .stream(IntStream.range(0, 2_000).boxed())) {
                outcomes.forEach(o -> handedOn.add(o.index()));
              }
            })
        .isInstanceOf(AssertionError.class);
    assertThat(handedOn)
        .isNotEmpty()
        .isEqualTo(IntStream.range(0, handedOn.size()).boxed().toList());
    assertThat(called).containsAll(handedOn);
  }

  @Test
  void builderRefusesWhatMakesNoSense() {
    BatchBuilder<Integer, Integer, IOException> batch = Parallel.batch(this::failOnSeven);
    assertThatThrownBy(() -> batch.threads(0)).hasMessage("threads must be >= 1, got: 0");
    assertThatThrownBy(() -> batch.timeout(java.time.Duration.ZERO))
        .hasMessage("timeout must be > 0, got: PT0S");
    assertThatThrownBy(() -> batch.retry(-1, java.time.Duration.ZERO))
        .hasMessage("times must be >= 0, got: -1");
    assertThatThrownBy(() -> FailurePolicy.tolerate(-1))
        .hasMessage("tolerated must be >= 0, got: -1");
    Iterator<Integer> none = List.<Integer>of().iterator();
    assertThat(catchThrowable(() -> assertThat(batch.run(none).outcomes()).isEmpty())).isNull();
  }

  private static List<Integer> indexes(Throwable thrown) {
    return Arrays.stream(thrown.getSuppressed())
        .filter(FailedInput.class::isInstance)
        .map(input -> ((FailedInput) input).index())
        .toList();
  }
}
