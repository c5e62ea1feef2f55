package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles as Gradle does where it knows all processors as isolating: before a source is compiled
 * again, what was made of it is deleted; all that is not compiled again is on the class path, and
 * sources are not found by their names.
 */
final class IsolatingBuild {
  private final Path classes;
  private final Path generated;

  /** Names of the sources that were generated, with the names of the classes of which. */
  private final Map<String, String> origins = new TreeMap<>();

  private IsolatingBuild(Path classes, Path generated) {
    this.classes = classes;
    this.generated = generated;
  }

  static IsolatingBuild into(Path folder) throws IOException {
    return new IsolatingBuild(
        Files.createDirectories(folder.resolve("classes")),
        Files.createDirectories(folder.resolve("generated")));
  }

  /** Compiles sources, which must pass without a message, and says what was written. */
  RecordingFiles compile(Collection<Path> sources) throws IOException {
    return compile(sources, new RecordingProcessor(true));
  }

  /** As above, with a processor beside memo's. */
  RecordingFiles compile(Collection<Path> sources, RecordingProcessor recorder, Processor... others)
      throws IOException {
    for (Path source : sources) {
      deleteWhatWasMadeOf(source);
    }
    DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager standard =
            compiler.getStandardFileManager(messages, Locale.ROOT, StandardCharsets.UTF_8);
        RecordingFiles files = new RecordingFiles(standard)) {
      JavaCompiler.CompilationTask task =
          compiler.getTask(
              null,
              files,
              messages,
              options(),
              null,
              standard.getJavaFileObjectsFromPaths(sources));
      task.setProcessors(Stream.concat(Stream.of(recorder), Stream.of(others)).toList());
      task.call();
      assertThat(messages.getDiagnostics()).isEmpty();
      recorder.origins().forEach(this::addOrigin);
      return files;
    }
  }

  private List<String> options() {
    return List.of(
        "-Xlint:all",
        "-Werror",
        "-implicit:none",
        "-sourcepath",
        "",
        "-d",
        classes.toString(),
        "-s",
        generated.toString(),
        "-classpath",
        classes + File.pathSeparator + Libraries.CLASS_PATH);
  }

  private void addOrigin(String wrapper, List<String> elements) {
    assertThat(elements).as("what %s was made of", wrapper).hasSize(1);
    origins.put(wrapper, elements.get(0));
  }

  /** Deletes what was made of a source that is, or was, there. */
  void deleteWhatWasMadeOf(Path source) throws IOException {
    String type = "com.acme." + source.getFileName().toString().replace(".java", "");
    for (String wrapper : List.copyOf(origins.keySet())) {
      if (isIn(type, origins.get(wrapper))) {
        Files.delete(generated.resolve(wrapper.replace('.', '/') + ".java"));
        deleteClasses(wrapper);
        origins.remove(wrapper);
      }
    }
    deleteClasses(type);
  }

  private static boolean isIn(String type, String element) {
    return element.equals(type) || element.startsWith(type + ".");
  }

  private void deleteClasses(String type) throws IOException {
    String path = classes.resolve(type.replace('.', '/')).toString();
    for (Path file : Folders.filesIn(classes)) {
      if (file.toString().equals(path + ".class") || file.toString().startsWith(path + "$")) {
        Files.delete(file);
      }
    }
  }

  /** All that was made, by the names of the files. */
  SortedMap<String, String> output() throws IOException {
    SortedMap<String, String> output = new TreeMap<>(Folders.contents(classes));
    output.putAll(Folders.contents(generated));
    return output;
  }

  /** What Gradle knows of where files come from. */
  Map<String, String> origins() {
    return origins;
  }
}
