package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What the processor makes of {@code good/}, byte for byte as in {@code expected/}.
 *
 * <p>After a deliberate change: {@code mvn test -pl memo-processor -am -Dtest=GoldenTest
 * -Dmemo.golden.rewrite=true -Dsurefire.failIfNoSpecifiedTests=false}, then read the difference.
 */
@Tag("heavy") // CompilersTest has the compilers of both JDKs make the same
class GoldenTest {
  private static final Compilation GOOD = compile(Sources.load(Sources.in("good")));

  private static Compilation compile(List<JavaFileObject> sources) {
    return Sources.compile(sources, Sources.STRICT, new CachedProcessor(), new NullnessProcessor());
  }

  @TestFactory
  Stream<DynamicTest> wrapperIsAsExpected() {
    return Sources.generated(GOOD).entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () ->
                        assertThat(file.getValue())
                            .isEqualTo(
                                Sources.golden(
                                    Sources.RESOURCES.resolve("expected").resolve(file.getKey()),
                                    file.getValue()))));
  }

  @Test
  void everyExpectedWrapperIsGenerated() {
    assertThat(Sources.generated(GOOD).keySet())
        .containsExactlyElementsOf(
            Sources.in("expected").stream().map(file -> file.getFileName().toString()).toList());
  }

  @Test
  void wrappersCompileWithoutAnyWarning() {
    assertThat(GOOD.diagnostics()).isEmpty();
    assertThat(GOOD.status()).isEqualTo(Compilation.Status.SUCCESS);
  }

  @Test
  void orderOfSourcesDoesNotMatter() {
    List<JavaFileObject> reversed = new ArrayList<>(Sources.load(Sources.in("good")));
    Collections.reverse(reversed);

    assertThat(Sources.generated(compile(reversed))).isEqualTo(Sources.generated(GOOD));
  }
}
