package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.FailedInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A batch of calls of a handle, which are looked up in bulk, does what a batch of single calls
 * does, of which it does not know that they are cached.
 */
@Timeout(120)
final class BulkMapTest {
  private static final TypeRef<Integer> INTEGER = TypeRef.of(Integer.class);
  private static final TypeRef<String> STRING = TypeRef.of(String.class);
  private static final TypeRef<List<Integer>> LIST = new TypeRef<>() {};

  private final Path path;
  private final Memo memo;

  BulkMapTest(@TempDir Path folder) {
    path = folder.resolve("bulk.memo");
    memo = Memo.open(path);
  }

  @AfterEach
  void close() {
    memo.close();
  }

  private CachedFunction<Integer, Integer, RuntimeException> next(AtomicInteger runs) {
    return memo.function("next", "1", INTEGER, INTEGER)
        .capturesNothing()
        .calls(
            n -> {
              runs.incrementAndGet();
              return n + 1;
            });
  }

  private static List<Integer> range(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  private static void assertCountersAddUp(FunctionStats stats) {
    assertThat(stats.calls()).isEqualTo(stats.hits() + stats.misses() + stats.bypasses());
  }

  private record Single<
          A extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
      CachedFunction<A, R, X> handle) implements ThrowingFunction<A, R, X> {
    @Override
    public R call(A argument) throws X {
      return handle.call(argument);
    }
  }

  /** What one batch gave. */
  private record Outcome(@Nullable Object results, @Nullable String failure) {}

  /** A function that does whatever functions do, and says how often it ran for each input. */
  private record Any(
      CachedFunction<@Nullable Integer, @Nullable List<Integer>, Exception> handle,
      ConcurrentMap<Integer, AtomicInteger> runs) {

    static Any of(Memo memo, String name, long seed, boolean fails) {
      ConcurrentMap<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
      CachedFunction<@Nullable Integer, @Nullable List<Integer>, Exception> handle =
          memo.<@Nullable Integer, @Nullable List<Integer>>function(name, "1", INTEGER, LIST)
              .capturesNothing()
              .calls(
                  input -> {
                    int known = input == null ? -1 : input;
                    runs.computeIfAbsent(known, unused -> new AtomicInteger()).incrementAndGet();
                    return switch (new Random(seed + known).nextInt(fails ? 12 : 10)) {
                      case 0 -> null;
                      case 10 -> throw new Exception("of " + input);
                      case 11 -> throw new IllegalStateException("of " + input);
                      default -> new ArrayList<>(Arrays.asList(known, input, null));
                    };
                  });
      return new Any(handle, runs);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void doesWhatSingleCallsDo(long seed) {
    Random random = new Random(seed);
    boolean fails = random.nextBoolean();
    int threads = fails ? 1 : 1 + random.nextInt(4); // else any of the failures is the first
    Any bulk = Any.of(memo, "bulk", seed, fails);
    Any single = Any.of(memo, "single", seed, fails);
    for (int batch = 0; batch < 4; batch++) {
      List<@Nullable Integer> inputs = inputs(random);
      Outcome expected = outcome(() -> Parallel.map(new Single<>(single.handle), inputs, threads));
      Outcome actual = outcome(() -> Parallel.map(bulk.handle, inputs, threads));
      assertThat(actual).as("seed " + seed + ", batch " + batch).isEqualTo(expected);
    }
    assertThat(counts(bulk)).isEqualTo(counts(single));
    FunctionStats stats = bulk.handle.stats();
    assertCountersAddUp(stats);
    if (!fails) {
      assertThat(stats.calls()).isEqualTo(single.handle.stats().calls());
    }
  }

  private static List<@Nullable Integer> inputs(Random random) {
    int size = random.nextInt(1000);
    int distinct = 1 + random.nextInt(1000);
    List<@Nullable Integer> inputs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      inputs.add(random.nextInt(20) == 0 ? null : random.nextInt(distinct));
    }
    return inputs;
  }

  private static List<String> counts(Any any) {
    return any.runs.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .sorted()
        .toList();
  }

  private interface BatchOfAny {
    List<@Nullable List<Integer>> run() throws Exception;
  }

  private static Outcome outcome(BatchOfAny batch) {
    try {
      return new Outcome(batch.run(), null);
    } catch (Exception e) {
      return new Outcome(
          null, e + " " + Stream.of(e.getSuppressed()).map(Throwable::getMessage).toList());
    }
  }

  @Test
  void equalInputsGetCopiesOfTheirOwnOfAMutableValue() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed =
        memo.function("listed", "1", INTEGER, LIST)
            .capturesNothing()
            .calls(n -> new ArrayList<>(List.of(n)));
    List<Integer> inputs = Collections.nCopies(600, 7);
    for (int i = 0; i < 2; i++) { // computed, and found
      List<List<Integer>> results = Parallel.map(listed, inputs, 4);
      assertThat(results).allMatch(List.of(7)::equals);
      results.get(0).add(8);
      assertThat(results.subList(1, 600)).allMatch(List.of(7)::equals);
    }
    assertThat(listed.stats().computations()).isEqualTo(1);
    assertCountersAddUp(listed.stats());
  }

  @Test
  void argumentsAreMadeOnceForALookUpAndOnceForACall() {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<String, Integer, RuntimeException> fed =
        next(runs)
            .with(
                text -> {
                  made.incrementAndGet();
                  return Integer.valueOf(text);
                });
    List<String> inputs = range(1000).stream().map(String::valueOf).toList();
    assertThat(Parallel.map(fed, inputs, 4)).isEqualTo(range(1001).subList(1, 1001));
    assertThat(made).hasValue(2000);
    assertThat(Parallel.map(fed, inputs, 4)).hasSize(1000);
    assertThat(made).hasValue(3000);
    assertThat(runs).hasValue(1000);
  }

  @Test
  void whatCannotBeMadeFailsAtItsInput() {
    CachedFunction<String, Integer, RuntimeException> fed =
        next(new AtomicInteger()).with(Integer::valueOf);
    assertThatThrownBy(() -> Parallel.map(fed, List.of("1", "2", "three"), 1))
        .isInstanceOf(NumberFormatException.class)
        .hasSuppressedException(new FailedInput(2));
    assertThat(fed.isCached("2")).isTrue(); // what was before it has run
  }

  @Test
  void failuresSayTheIndexOfTheInput() {
    CachedFunction<Integer, Integer, RuntimeException> odd =
        memo.function("odd", "1", INTEGER, INTEGER)
            .capturesNothing()
            .calls(
                n -> {
                  if (n == 777) {
                    throw new IllegalStateException("no");
                  }
                  return n;
                });
    Parallel.map(odd, range(777), 4);
    Throwable failure = catchThrowable(() -> Parallel.map(odd, range(1000), 1));
    assertThat(failure).isInstanceOf(IllegalStateException.class);
    assertThat(failure.getSuppressed())
        .singleElement()
        .isInstanceOfSatisfying(FailedInput.class, at -> assertThat(at.index()).isEqualTo(777));
    assertThat(odd.isCached(778)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 200, 1000})
  void anInterruptedCallerGetsACancellation(int size) {
    CachedFunction<Integer, Integer, RuntimeException> next = next(new AtomicInteger());
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Parallel.map(next, range(size), 2))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("a batch of " + size + " inputs");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(next.stats().computations()).isZero();
  }

  @Test
  void aClosedDirectoryFailsAsInASingleCall() {
    CachedFunction<Integer, Integer, RuntimeException> next = next(new AtomicInteger());
    memo.close();
    assertThatThrownBy(() -> Parallel.map(next, range(300), 2))
        .isInstanceOf(DirectoryClosedException.class);
  }

  @Test
  void batchesMayBeNested() {
    CachedFunction<Integer, Integer, RuntimeException> next = next(new AtomicInteger());
    CachedFunction<Integer, Integer, RuntimeException> sum =
        memo.function("sum", "1", INTEGER, INTEGER)
            .capturesNothing()
            .calls(n -> Parallel.map(next, range(n), 2).stream().mapToInt(Integer::intValue).sum());
    assertThat(Parallel.map(sum, range(40), 3))
        .isEqualTo(IntStream.range(0, 40).mapToObj(n -> n * (n + 1) / 2).toList());
    assertThat(next.stats().computations()).isEqualTo(39);
  }

  @Test
  void aFunctionMayCallItselfForOtherInputsOfTheBatch() {
    AtomicInteger runs = new AtomicInteger();
    List<CachedFunction<Integer, Integer, RuntimeException>> self = new ArrayList<>();
    self.add(
        memo.function("count", "1", INTEGER, INTEGER)
            .capturesNothing()
            .calls(
                n -> {
                  runs.incrementAndGet();
                  return n == 0 ? 0 : self.get(0).call(n - 1) + 1;
                }));
    assertThat(Parallel.map(self.get(0), range(100), 4)).isEqualTo(range(100));
    assertThat(runs).as("%s", self.get(0).stats()).hasValue(100);
  }

  @Test
  void callsThatReturnFuturesAreCalledOneByOne() {
    CachedFunction<Integer, CompletableFuture<String>, RuntimeException> later =
        memo.function("later", "1", INTEGER, new TypeRef<CompletableFuture<String>>() {})
            .capturesNothing()
            .calls(n -> CompletableFuture.completedFuture("it is " + n));
    List<Integer> inputs = List.of(1, 2, 1);
    List<CompletableFuture<String>> results = Parallel.map(later, inputs, 2);
    assertThat(results.stream().map(CompletableFuture::join))
        .containsExactly("it is 1", "it is 2", "it is 1");
    assertThat(new HashSet<>(results)).hasSize(3);
  }

  @Test
  void whoOnlyReadsFindsWhatIsStored() {
    AtomicInteger runs = new AtomicInteger();
    Parallel.map(next(runs), range(500), 2);
    memo.close();
    try (Memo reader = Memo.at(path).readOnly().open()) {
      CachedFunction<Integer, Integer, RuntimeException> next =
          reader.function("next", "1", INTEGER, INTEGER).capturesNothing().calls(n -> n + 1);
      assertThat(Parallel.map(next, range(600), 2)).isEqualTo(range(601).subList(1, 601));
      assertThat(next.stats().computations()).isEqualTo(100);
      assertCountersAddUp(next.stats());
    }
  }

  @Test
  void whatWasStoredUnderAnAliasIsFound() {
    Parallel.map(next(new AtomicInteger()), range(500), 2);
    CachedFunction<Integer, Integer, RuntimeException> renamed =
        memo.function("after", "1", INTEGER, INTEGER)
            .aliases("next")
            .capturesNothing()
            .calls(n -> n + 1);
    assertThat(Parallel.map(renamed, range(600), 2)).isEqualTo(range(601).subList(1, 601));
    assertThat(renamed.stats().computations()).isEqualTo(100);
  }

  @Test
  @DisplayName("P6: what was invalidated before is computed again")
  void whatWasInvalidatedBeforeIsComputedAgain() {
    AtomicInteger runs = new AtomicInteger();
    CachedFunction<Integer, Integer, RuntimeException> next = next(runs);
    Parallel.map(next, range(600), 2);
    range(600).stream().filter(n -> n % 3 == 0).forEach(next::invalidate);
    Parallel.map(next, range(600), 2);
    assertThat(runs).hasValue(800);
    next.invalidateAll();
    Parallel.map(next, range(600), 2);
    assertThat(runs).hasValue(1400);
  }

  @Test
  void textsAndLargeValuesAreFound() {
    CachedFunction<String, String, RuntimeException> large =
        memo.function("large", "1", STRING, STRING).capturesNothing().calls(s -> s.repeat(20_000));
    List<String> inputs = range(500).stream().map(n -> "a text of some length, " + n).toList();
    List<String> computed = Parallel.map(large, inputs, 4);
    try (Memo again = Memo.open(path)) {
      assertThat(Parallel.map(large, inputs, 4)).isEqualTo(computed);
      assertThat(again.stats().total().computations()).isEqualTo(500);
    }
  }
}
