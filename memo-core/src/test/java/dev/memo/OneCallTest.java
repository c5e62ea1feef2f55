package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.call.Lookup;
import dev.memo.call.MissReason;
import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableArgumentException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneCallTest {
  @TempDir Path folder;
  private Memo memo;
  private final AtomicInteger runs = new AtomicInteger();

  @BeforeEach
  void open() {
    memo = Memo.open(folder.resolve("one.memo"));
  }

  @AfterEach
  void close() {
    memo.close();
  }

  private CachedFunction<String, Integer, RuntimeException> length() {
    return memo.function("length", "1", TypeRef.of(String.class), TypeRef.of(Integer.class))
        .capturesNothing()
        .calls(
            text -> {
              runs.incrementAndGet();
              return text.length();
            });
  }

  @Test
  @DisplayName("P1: the second call does not run the function")
  void secondCallIsAHit() {
    CachedFunction<String, Integer, RuntimeException> length = length();

    assertThat(length.call("three")).isEqualTo(5);
    assertThat(length.call("three")).isEqualTo(5);

    assertThat(runs).hasValue(1);
    assertThat(length.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
    assertThat(length.stats().missesByReason()).containsEntry(MissReason.ABSENT, 1L);
  }

  @Test
  @DisplayName("P3: the next opening finds the result on disk")
  void nextOpeningFindsTheResult() {
    length().call("three");
    memo.close();
    memo = Memo.open(folder.resolve("one.memo"));

    CachedFunction<String, Integer, RuntimeException> length = length();

    assertThat(length.call("three")).isEqualTo(5);
    assertThat(runs).hasValue(1);
    assertThat(length.stats().hitsBySource()).containsEntry(HitSource.DISK, 1L);
  }

  @Test
  @DisplayName("P2: another version shares nothing")
  void anotherVersionIsAnotherFunction() {
    CachedFunction<String, String, RuntimeException> first =
        memo.function("greet", "1", String.class, String.class, name -> "Hello " + name);
    CachedFunction<String, String, RuntimeException> second =
        memo.function("greet", "2", String.class, String.class, name -> "Goodbye " + name);

    assertThat(first.call("Ada")).isEqualTo("Hello Ada");
    assertThat(second.call("Ada")).isEqualTo("Goodbye Ada");
    assertThat(first.call("Ada")).isEqualTo("Hello Ada");
  }

  @Test
  void nullResultIsStored() {
    CachedFunction<String, @Nullable String, RuntimeException> nothing =
        memo.function("nothing", "1", TypeRef.of(String.class), TypeRef.of(String.class))
            .capturesNothing()
            .calls(
                text -> {
                  runs.incrementAndGet();
                  return null;
                });

    assertThat(nothing.call("x")).isNull();
    assertThat(nothing.call("x")).isNull();

    assertThat(runs).hasValue(1);
    assertThat(nothing.peek("x")).isEqualTo(new Lookup.Present<>(null));
  }

  @Test
  void failureIsTheFunctionsOwnAndIsNotStored() {
    IOException broken = new IOException("broken");
    CachedFunction<String, Integer, IOException> fails =
        memo.function("fails", "1", TypeRef.of(String.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(
                text -> {
                  if (runs.incrementAndGet() == 1) {
                    throw broken;
                  }
                  return 7;
                });

    assertThatThrownBy(() -> fails.call("x")).isSameAs(broken);
    assertThat(fails.isCached("x")).isFalse();
    assertThatCode(fails);
    assertThat(fails.stats().failures()).isEqualTo(1);
  }

  private static void assertThatCode(CachedFunction<String, Integer, IOException> fails) {
    try {
      assertThat(fails.call("x")).isEqualTo(7);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void peekComputesNothingAndCountsAsNoCall() {
    CachedFunction<String, Integer, RuntimeException> length = length();

    Lookup<Integer> before = length.peek("three");
    length.call("three");
    Lookup<Integer> after = length.peek("three");

    assertThat(before.isPresent()).isFalse();
    assertThatThrownBy(before::value).isInstanceOf(NoSuchElementException.class);
    assertThat(after.value()).isEqualTo(5);
    assertThat(length.isCached("three")).isTrue();
    assertThat(length.isCached("four")).isFalse();
    assertThat(runs).hasValue(1);
    assertThat(length.stats().calls()).isEqualTo(1);
  }

  @Test
  void putReplacesWhatIsStored() {
    CachedFunction<String, Integer, RuntimeException> length = length();
    length.call("three");

    length.put("three", 33);
    length.put("new", 44);

    assertThat(length.call("three")).isEqualTo(33);
    assertThat(length.call("new")).isEqualTo(44);
    assertThat(runs).hasValue(1);
  }

  @Test
  void refreshComputesAndReplaces() {
    CachedFunction<String, Integer, RuntimeException> count =
        memo.function("count", "1", TypeRef.of(String.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(text -> runs.incrementAndGet());

    assertThat(count.call("x")).isEqualTo(1);
    assertThat(count.refresh("x")).isEqualTo(2);
    assertThat(count.call("x")).isEqualTo(2);
  }

  @Test
  @DisplayName("P6: after invalidate the old value is gone, from memory too")
  void invalidateRemovesOneCall() {
    CachedFunction<String, Integer, RuntimeException> count =
        memo.function("count", "1", TypeRef.of(String.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(text -> runs.incrementAndGet());
    count.call("x");
    count.call("y");

    count.invalidate("x");

    assertThat(count.isCached("x")).isFalse();
    assertThat(count.call("x")).isEqualTo(3);
    assertThat(count.call("y")).isEqualTo(2);
  }

  @Test
  @DisplayName("P6: after invalidateAll no old value of the function is left, and of others all")
  void invalidateAllRemovesOneFunction() {
    CachedFunction<String, Integer, RuntimeException> count =
        memo.function("count", "1", TypeRef.of(String.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(text -> runs.incrementAndGet());
    CachedFunction<String, String, RuntimeException> other =
        memo.function("other", "1", String.class, String.class, text -> text + "!");
    count.call("x");
    count.call("y");
    other.call("x");

    count.invalidateAll();

    assertThat(count.isCached("x")).isFalse();
    assertThat(count.isCached("y")).isFalse();
    assertThat(other.isCached("x")).isTrue();
    assertThat(count.call("x")).isEqualTo(3);
    assertThat(count.isCached("x")).isTrue();
  }

  @Test
  @DisplayName("P2: callers never share a value that can change")
  void mutableResultsAreDecodedAfresh() {
    CachedFunction<String, List<String>, RuntimeException> letters =
        memo.function(
            "letters",
            "1",
            String.class,
            new TypeRef<List<String>>() {},
            text -> new ArrayList<>(List.of(text.split(""))));

    letters.call("ab").add("mine");

    assertThat(letters.call("ab")).containsExactly("a", "b");
    assertThat(letters.call("ab")).isNotSameAs(letters.call("ab"));
    assertThat(letters.stats().hitsBySource()).containsEntry(HitSource.HEAP, 0L);
  }

  @Test
  void immutableResultsAreSharedFromMemory() {
    CachedFunction<Integer, String, RuntimeException> text =
        memo.function("text", "1", Integer.class, String.class, number -> "number " + number);
    text.call(1);

    assertThat(text.call(1)).isSameAs(text.call(1));
    assertThat(text.stats().hitsBySource()).containsEntry(HitSource.HEAP, 2L);
  }

  @Test
  void argumentsThatChangeAfterTheCallDoNotMoveTheEntry() {
    CachedFunction<List<Integer>, Integer, RuntimeException> emptied =
        memo.function("emptied", "1", new TypeRef<List<Integer>>() {}, TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(
                numbers -> {
                  int size = numbers.size();
                  numbers.clear();
                  return size;
                });

    assertThat(emptied.call(new ArrayList<>(List.of(1, 2)))).isEqualTo(2);

    assertThat(emptied.isCached(List.of(1, 2))).isTrue();
    assertThat(emptied.isCached(List.of())).isFalse();
  }

  @Test
  void uncacheableArgumentIsRefusedBeforeAnythingRuns() {
    CachedFunction<Object, Integer, RuntimeException> any =
        memo.function("any", "1", TypeRef.of(Object.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(object -> runs.incrementAndGet());

    assertThatThrownBy(() -> any.call(List.of("fine", new Thread("not"))))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining("[1]")
        .hasMessageContaining("java.lang.Thread");
    assertThat(runs).hasValue(0);
  }

  @Test
  @DisplayName("P5: a result that cannot be stored is returned and counted")
  void resultThatCannotBeStoredIsReturnedAndCounted() {
    String large = "x".repeat(65 << 20);
    CachedFunction<String, String, RuntimeException> grow =
        memo.function("grow", "1", TypeRef.of(String.class), TypeRef.of(String.class))
            .capturesNothing()
            .calls(
                text -> {
                  runs.incrementAndGet();
                  return large;
                });

    assertThat(grow.call("x")).isSameAs(large);
    assertThat(grow.call("x")).isSameAs(large);

    assertThat(runs).hasValue(2);
    assertThat(grow.stats().unstored()).isEqualTo(2);
  }

  @Test
  void functionThatCapturesIsRefused() {
    int captured = runs.get() + 1;

    assertThatThrownBy(
            () -> memo.function("adds", "1", Integer.class, Integer.class, n -> n + captured))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("adds")
        .hasMessageContaining("capturesNothing()");
  }

  @Test
  void nameAndVersionAreMandatory() {
    assertThatThrownBy(() -> memo.function(" ", "1", String.class, String.class, text -> text))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> memo.function("same", "", String.class, String.class, text -> text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same");
  }

  @Test
  void withFeedsTheFunctionFromAnother() {
    CachedFunction<Integer, Integer, RuntimeException> digits =
        length().with((Integer number) -> Integer.toString(number));

    assertThat(digits.call(1234)).isEqualTo(4);
    assertThat(length().isCached("1234")).isTrue();
  }

  @Test
  @DisplayName("P5: calls = hits + misses + bypasses, whatever happens")
  void callsAreHitsAndMissesAndBypasses() {
    long seed = 42;
    Random random = new Random(seed);
    CachedFunction<Integer, Integer, RuntimeException> fickle =
        memo.function("fickle", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(
                n -> {
                  if (n % 5 == 0) {
                    throw new IllegalStateException("multiple of five");
                  }
                  return n;
                });
    int expected = 0;
    for (int i = 0; i < 2_000; i++) {
      int n = random.nextInt(50);
      try {
        switch (random.nextInt(10)) {
          case 0 -> fickle.invalidate(n);
          case 1 -> {
            expected++;
            fickle.refresh(n);
          }
          case 2 -> fickle.put(n, n);
          case 3 -> fickle.peek(n);
          default -> {
            expected++;
            fickle.call(n);
          }
        }
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("multiple of five");
      }
    }

    FunctionStats stats = fickle.stats();
    assertThat(stats.calls()).as("seed %d", seed).isEqualTo(expected);
    assertThat(stats.hits() + stats.misses() + stats.bypasses()).isEqualTo(stats.calls());
    assertThat(stats.computations() + stats.failures())
        .isEqualTo(stats.misses() + stats.bypasses());
    assertThat(memo.stats().total()).isEqualTo(stats);
  }

  @Test
  void timeSavedIsTheDurationOfWhatWasFound() {
    CachedFunction<String, Integer, RuntimeException> slow =
        memo.function("slow", "1", TypeRef.of(String.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(
                text -> {
                  long end = System.nanoTime() + Duration.ofMillis(20).toNanos();
                  while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                  }
                  return 1;
                });
    slow.call("x");
    assertThat(slow.stats().timeSaved()).isZero();

    for (int i = 0; i < 10; i++) {
      slow.call("x");
    }

    assertThat(slow.stats().timeSaved()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    assertThat(slow.stats().bytesWritten()).isPositive();
  }
}
