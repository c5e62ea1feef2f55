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
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
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

  private static List<String> warningsOf(Runnable action) {
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      action.run();
      return log.warnings();
    }
  }
}
