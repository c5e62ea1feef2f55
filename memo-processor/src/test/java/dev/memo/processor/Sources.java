package dev.memo.processor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.JavaFileObject;

/** Source files under {@code src/test/resources}, and what compilers make of them. */
final class Sources {
  static final Path RESOURCES = Path.of("src", "test", "resources");

  /** No warning is overlooked; documentation may be short, but not wrong. */
  static final List<String> STRICT =
      List.of("-Xlint:all", "-Xdoclint:all,-missing", "-Xdoclint/package:-dev.memo", "-Werror");

  private Sources() {}

  static List<Path> in(String folder) {
    try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JavaFileObject> load(Collection<Path> files) {
    return files.stream().map(Sources::load).toList();
  }

  static JavaFileObject load(Path file) {
    try {
      return JavaFileObjects.forResource(file.toUri().toURL());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JavaFileObject source(String qualifiedName, String... lines) {
    return JavaFileObjects.forSourceLines(qualifiedName, lines);
  }

  static Compilation compile(
      Collection<JavaFileObject> sources, Collection<String> options, Processor... processors) {
    return Compiler.javac().withOptions(options).withProcessors(processors).compile(sources);
  }

  /** What was generated, by file name. */
  static SortedMap<String, String> generated(Compilation compilation) {
    return compilation.generatedSourceFiles().stream()
        .collect(
            Collectors.toMap(
                file -> Path.of(file.getName()).getFileName().toString(),
                Sources::text,
                (one, other) -> {
                  throw new IllegalStateException("two files of one name");
                },
                TreeMap::new));
  }

  private static String text(JavaFileObject file) {
    try (var in = file.openInputStream()) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Compares with a file under {@code src/test/resources}; with {@code -Dmemo.golden.rewrite=true}
   * writes it instead, for the author to read before the commit.
   */
  static String golden(Path file, String actual) {
    try {
      if (Boolean.getBoolean("memo.golden.rewrite")) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, actual);
      }
      return Files.exists(file) ? Files.readString(file) : "(no file " + file + ")";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
