package dev.memo.processor;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.annotation.Cached;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.eclipse.jdt.internal.compiler.tool.EclipseCompiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compilers and settings that need real files. */
class OtherCompilersTest {
  @Test
  void compilerOfEclipseGetsTheSameWrappers(@TempDir Path folder) throws IOException {
    Map<String, String> expected =
        Sources.in("expected").stream()
            .collect(toMap(file -> file.getFileName().toString(), Sources::read));

    FileCompilation compilation =
        FileCompilation.of(
            new EclipseCompiler(),
            Sources.in("good"),
            folder,
            List.of("--release", "17", "-nowarn"),
            new CachedProcessor());

    assertThat(compilation.messages()).isEmpty();
    assertThat(compilation.generated()).isEqualTo(expected);
  }

  @Test
  void exportedWrappersOfModulesCompileWithoutWarning(@TempDir Path folder) throws IOException {
    Path module =
        Files.writeString(
            folder.resolve("module-info.java"),
            """
            module com.acme {
              exports com.acme;
              requires transitive dev.memo.annotation;
            }
            """);
    Path source =
        Files.writeString(
            Files.createDirectories(folder.resolve("com/acme")).resolve("Squares.java"),
            """
            package com.acme;

            public final class Squares {
              private Squares() {}

              @dev.memo.annotation.Cached("squares.memo")
              public static int square(int x) {
                return x * x;
              }
            }
            """);
    String annotations =
        Path.of(
                URI.create(
                    Cached.class.getProtectionDomain().getCodeSource().getLocation().toString()))
            .toString();

    FileCompilation compilation =
        FileCompilation.of(
            ToolProvider.getSystemJavaCompiler(),
            List.of(module, source),
            folder,
            List.of(
                "-Xlint:all",
                "-Werror",
                "--module-path",
                annotations,
                "--add-reads",
                "com.acme=ALL-UNNAMED"),
            new CachedProcessor());

    assertThat(compilation.messages()).isEmpty();
    assertThat(compilation.generated().get("SquaresCached.java"))
        .contains("@SuppressWarnings(\"exports\")")
        .as("the module does not read java.compiler")
        .doesNotContain("@Generated");
  }
}
