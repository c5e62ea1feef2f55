package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.UnstoredReason;
import dev.memo.codec.TypeRef;
import dev.memo.codec.value.JdkTable.Row;
import dev.memo.failure.UncacheableResultException;
import dev.memo.store.ChildJvm;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What calls make of values that cannot be stored, and of the others of {@link JdkTable}. */
class UnstoredValueTest {

  @TempDir Path folder;

  /**
   * A function that returns the value of a row; of all others, in a list where none is declared.
   */
  private static CachedFunction<Integer, Object, RuntimeException> function(
      Memo memo, Row row, Function<Row, Object> body) {
    return memo.function("row", row.toString(), TypeRef.of(Integer.class), result(row))
        .types(DayOfWeek.class)
        .capturesNothing()
        .calls(unused -> body.apply(row));
  }

  @SuppressWarnings("unchecked") // the values of a row are of its type
  private static TypeRef<Object> result(Row row) {
    return (TypeRef<Object>) TypeRef.ofType(isOpen(row) ? JdkTable.OPEN : row.type());
  }

  private static Object value(Row row) {
    return isOpen(row) ? List.of(DayOfWeek.FRIDAY, row.value()) : row.value();
  }

  private static boolean isOpen(Row row) {
    return row.fate() == JdkTable.Fate.REFUSED_AT_COMPILE_TIME;
  }

  @Test
  @DisplayName(
      "P2, P5: a value that cannot be stored is returned, counted, and logged with its path")
  void valueThatCannotBeStoredIsReturnedCountedAndLogged() {
    try (Memo memo = Memo.open(folder.resolve("unstored.memo"))) {
      Stream.concat(JdkTable.refusedAtCompileTime(), JdkTable.refusedAtPut())
          .forEach(
              row -> {
                Object value = value(row);
                CachedFunction<Integer, Object, RuntimeException> function =
                    function(memo, row, any -> value);
                List<String> warned =
                    warningsOf(
                        () -> {
                          assertThat(function.call(1)).as("its own value").isSameAs(value);
                          assertThat(function.call(1)).isSameAs(value);
                        });
                FunctionStats stats = function.stats();
                assertThat(stats.computations()).as(row.toString()).isEqualTo(2);
                assertThat(stats.unstoredByReason()).containsEntry(UnstoredReason.UNCACHEABLE, 2L);
                assertThat(function.isCached(1)).isFalse();
                assertThat(function.peek(1).isPresent()).isFalse();
                assertThat(warned)
                    .singleElement()
                    .asString()
                    .contains("UNCACHEABLE", isOpen(row) ? "result[1]: " : "result");
                assertThatThrownBy(() -> function.put(1, value))
                    .isInstanceOf(UncacheableResultException.class);
              });
    }
  }

  @Test
  @DisplayName("P2, P3: the next program finds all others of the table on disk")
  void nextProgramFindsAllOthersOnDisk() {
    Map<Row, Object> values =
        JdkTable.stored().collect(Collectors.toMap(row -> row, Row::value, (a, b) -> a));
    Path directory = folder.resolve("stored.memo");
    try (Memo memo = Memo.open(directory)) {
      values.forEach(
          (row, value) -> assertThat(function(memo, row, any -> value).call(1)).isSameAs(value));
    }
    Map<String, Object> found = new ConcurrentHashMap<>();
    try (Memo memo = Memo.open(directory)) {
      values.forEach(
          (row, value) ->
              found.put(
                  row.toString(),
                  function(
                          memo,
                          row,
                          any -> {
                            throw new AssertionError("computed again: " + any);
                          })
                      .call(1)));
    }
    values.forEach(
        (row, value) -> JdkTableTest.requireAlike(row, value, found.get(row.toString())));
  }

  @Test
  @Tag("heavy")
  @DisplayName(
      "P4, P5: a value that is too large to be copied is returned and counted all the same")
  void valueThatIsTooLargeForTheHeapIsReturnedAndCounted() {
    try (ChildJvm small = ChildJvm.of(Large.class, folder.resolve("large.memo")).start()) {
      assertThat(small.awaitEnd())
          .filteredOn(line -> line.contains(", unstored "))
          .containsExactly(
              "array returned, unstored {UNCACHEABLE=1}",
              "bits returned, unstored {UNCACHEABLE=1}",
              "part returned, unstored {UNCACHEABLE=1}",
              "text returned, unstored {UNCACHEABLE=1}",
              "copies returned, unstored {UNCACHEABLE=1}");
    }
  }

  /** Values of which the heap has room for one, but for no second. */
  static final class Large {
    private Large() {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Series(String name, double[] points) {}

    public static void main(String[] arguments) {
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        call(memo, "array", TypeRef.of(double[].class), unused -> new double[15_000_000]);
        call(memo, "bits", TypeRef.of(BitSet.class), unused -> bits());
        call(
            memo,
            "part",
            TypeRef.of(Series.class),
            unused -> new Series("a", new double[10_000_000]));
        call(
            memo,
            "text",
            TypeRef.of(Series.class),
            unused -> new Series("a".repeat(100_000_000), new double[0]));
        call(
            memo,
            "copies",
            new TypeRef<List<String>>() {},
            unused -> Collections.nCopies(300_000_000, "a"));
      }
    }

    private static BitSet bits() {
      BitSet bits = new BitSet(1_000_000_000);
      bits.set(999_999_999);
      return bits;
    }

    private static <R> void call(
        Memo memo, String name, TypeRef<R> type, Function<Integer, R> body) {
      CachedFunction<Integer, R, RuntimeException> function =
          memo.function(name, "1", TypeRef.of(Integer.class), type)
              .capturesNothing()
              .calls(body::apply);
      String outcome = "returned";
      try {
        Objects.requireNonNull(function.call(1));
      } catch (OutOfMemoryError e) {
        outcome = "lost";
      }
      System.out.println(
          name + " " + outcome + ", unstored " + counted(function.stats().unstoredByReason()));
    }

    private static Map<UnstoredReason, Long> counted(Map<UnstoredReason, Long> byReason) {
      Map<UnstoredReason, Long> counted = new EnumMap<>(UnstoredReason.class);
      byReason.forEach((reason, count) -> counted.merge(reason, count, Long::sum));
      counted.values().removeIf(count -> count == 0);
      return counted;
    }
  }

  private static List<String> warningsOf(Runnable action) {
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      action.run();
      return log.warnings();
    }
  }
}
