package dev.memo.processor;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What the processor says of {@code bad/}: line and message of every refusal, as in the text file
 * beside the source. Rewritten as in {@link GoldenTest}.
 */
class RefusalTest {

  @TestFactory
  Stream<DynamicTest> badSourceIsRefusedAsExpected() {
    return Sources.in("bad").stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(),
                    () -> {
                      String said = diagnostics(compile(file));

                      assertThat(said).isEqualTo(Sources.golden(expectation(file), said));
                    }));
  }

  private static Compilation compile(Path file) {
    return Sources.compile(List.of(Sources.load(file)), List.of(), new CachedProcessor());
  }

  private static Path expectation(Path file) {
    return Path.of(file.toString().replace(".java", ".txt"));
  }

  private static String diagnostics(Compilation compilation) {
    return compilation.diagnostics().stream()
        .map(RefusalTest::text)
        .collect(joining("\n", "", "\n"));
  }

  private static String text(Diagnostic<? extends JavaFileObject> diagnostic) {
    return "line "
        + diagnostic.getLineNumber()
        + ": "
        + diagnostic.getKind().toString().toLowerCase(Locale.ROOT)
        + ": "
        + diagnostic.getMessage(Locale.ROOT);
  }
}
