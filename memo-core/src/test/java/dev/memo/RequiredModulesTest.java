package dev.memo;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.DirectoryException;
import java.net.URL;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether memo is told apart from its libraries; the module path has a test in memo-processor. */
class RequiredModulesTest {
  private static final Path DIRECTORY = Path.of("geo.memo");

  @Test
  void librariesOfThisJvmAreFound() {
    assertThatCode(() -> RequiredModules.check(DIRECTORY, getClass().getClassLoader()))
        .doesNotThrowAnyException();
  }

  @Test
  void missingOneIsNamed() {
    ClassLoader without =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          public @Nullable URL getResource(String name) {
            return name.startsWith("org/jctools") ? null : super.getResource(name);
          }
        };

    assertThatThrownBy(() -> RequiredModules.check(DIRECTORY, without))
        .isInstanceOf(DirectoryException.class)
        .hasMessageStartingWith("Cannot open " + DIRECTORY.toAbsolutePath())
        .hasMessageEndingWith("add to module-info.java: requires org.jctools.core;");
  }
}
