package dev.memo.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;

/**
 * A compilation of files in a folder, which modules and other compilers need.
 *
 * @param messages errors and warnings
 * @param generated sources by file name
 */
record FileCompilation(List<String> messages, SortedMap<String, String> generated) {

  static FileCompilation of(
      JavaCompiler compiler,
      List<Path> sources,
      Path output,
      List<String> options,
      Processor processor)
      throws IOException {
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    Path generated = Files.createDirectories(output.resolve("generated"));
    List<String> all = new ArrayList<>(options);
    all.addAll(
        List.of(
            "-d",
            Files.createDirectories(output.resolve("classes")).toString(),
            "-s",
            generated.toString(),
            "-classpath",
            System.getProperty("java.class.path")));
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      JavaCompiler.CompilationTask task =
          compiler.getTask(
              null, files, diagnostics, all, null, files.getJavaFileObjectsFromPaths(sources));
      task.setProcessors(List.of(processor));
      task.call();
    }
    return new FileCompilation(
        diagnostics.getDiagnostics().stream()
            .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
            .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
            .toList(),
        readAll(generated));
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static SortedMap<String, String> readAll(Path folder) {
    SortedMap<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> texts.put(file.getFileName().toString(), Sources.read(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }
}
