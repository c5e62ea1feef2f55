package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import dev.memo.Binding;
import dev.memo.Memo;
import dev.memo.call.FunctionStats;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The tables in README of what can be annotated: each row is compiled with all warnings as errors;
 * what is called runs once and is a hit the second time, what is refused has the error.
 */
class ReadmeTableTest {
  private static final Path README = Path.of("..", "README.md");

  /** A row: what is annotated, a declaration of it, and the call or the error. */
  private record Row(String method, String declaration, String third) {}

  @TestFactory
  Stream<DynamicTest> whatIsWrappedRunsOnce() throws Exception {
    return rows("wrapped").stream()
        .map(row -> DynamicTest.dynamicTest(row.method, () -> assertRunsOnce(row)));
  }

  @TestFactory
  Stream<DynamicTest> whatIsRefusedHasAnError() throws Exception {
    return rows("refused").stream()
        .map(row -> DynamicTest.dynamicTest(row.method, () -> assertRefused(row)));
  }

  private static void assertRunsOnce(Row row) throws Exception {
    Compilation compilation =
        Sources.compile(List.of(source(row, call(row))), Sources.STRICT, new CachedProcessor());
    assertThat(compilation.diagnostics()).isEmpty();
    Path folder = Files.createTempDirectory("memo-readme-table");
    Binding binding = Memo.bind("d", folder);
    try (Memo memo = Memo.open(folder)) {
      Method call = new CompiledClasses(compilation).loadClass("Call").getDeclaredMethod("result");
      call.setAccessible(true);

      Object computed = call.invoke(null);
      Object found = call.invoke(null);

      FunctionStats stats = memo.stats().total();
      assertThat(found).isEqualTo(computed);
      assertThat(stats.computations()).as("computations").isEqualTo(1);
      assertThat(stats.hits()).as("hits").isEqualTo(1);
    } finally {
      binding.close();
      FileCompilation.delete(folder);
    }
  }

  private static void assertRefused(Row row) {
    Compilation compilation =
        Sources.compile(List.of(source(row, "")), List.of(), new CachedProcessor());

    assertThat(compilation.diagnostics().stream().map(it -> it.getMessage(Locale.ROOT)))
        .as("one message, which says why")
        .singleElement()
        .asString()
        .contains(row.third);
  }

  private static JavaFileObject source(Row row, String call) {
    return Sources.source(
        "A",
        "import dev.memo.annotation.*;",
        "import java.util.*;",
        "import java.util.concurrent.*;",
        row.declaration,
        call);
  }

  private static String call(Row row) {
    return "class Call { static Object result() throws Exception { return "
        + code(row.third)
        + "; } }";
  }

  private static List<Row> rows(String table) throws Exception {
    List<String> lines = Files.readAllLines(README);
    int first = lines.indexOf("<!-- table: " + table + " -->") + 3;
    List<Row> rows =
        lines.subList(first, lines.size()).stream()
            .takeWhile(line -> line.startsWith("|"))
            .map(ReadmeTableTest::row)
            .toList();
    assertThat(rows).as("rows of the table " + table).hasSizeGreaterThan(10);
    return rows;
  }

  private static Row row(String line) {
    String[] cells = line.substring(1).split("\\|", -1);
    assertThat(cells).as(line).hasSize(4);
    return new Row(cells[0].strip(), code(cells[1]), cells[2].strip());
  }

  private static String code(String cell) {
    String text = cell.strip();
    assertThat(text).startsWith("`").endsWith("`");
    return text.substring(1, text.length() - 1);
  }
}
