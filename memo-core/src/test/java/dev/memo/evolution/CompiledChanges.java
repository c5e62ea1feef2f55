package dev.memo.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * All versions of the programs of some changes, compiled: the first versions into a folder {@code
 * 0}, the second into {@code 1}. A program has a package of its own, so that all share a directory.
 */
final class CompiledChanges {
  private final List<Change> changes;
  private final Path folder;

  CompiledChanges(List<Change> changes, Path folder) {
    this.changes = changes;
    this.folder = folder;
  }

  void compile() throws IOException {
    int versions = changes.stream().mapToInt(change -> change.versions().size()).max().orElse(0);
    for (int version = 0; version < versions; version++) {
      compile(version);
    }
  }

  private void compile(int version) throws IOException {
    List<JavaFileObject> files = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      List<List<String>> versions = changes.get(i).versions();
      List<String> sources = versions.get(Math.min(version, versions.size() - 1));
      files.add(file(program(i, sources.get(0))));
      sources.stream().skip(1).forEach(source -> files.add(file(source)));
    }
    Path classes = Files.createDirectories(folder.resolve(String.valueOf(version)));
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    List<String> options =
        List.of(
            "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    assertThat(compiler.getTask(null, null, null, options, null, files).call()).isTrue();
  }

  private static String program(int change, String members) {
    return """
        package change%d;
        import dev.memo.annotation.Cached;
        import java.util.*;
        public final class Program {
        %s
        }
        """
        .formatted(change, members);
  }

  private static JavaFileObject file(String source) {
    return new SimpleJavaFileObject(URI.create("mem:///Source.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignored) {
        return source;
      }

      @Override
      public boolean isNameCompatible(String simpleName, Kind kind) {
        return true;
      }
    };
  }

  /** A version of a program, in a class loader of its own. */
  Program load(Change change, int version) {
    try {
      URL[] classes = {folder.resolve(String.valueOf(version)).toUri().toURL()};
      ClassLoader loader = new URLClassLoader(classes, CompiledChanges.class.getClassLoader());
      return new Program(loader.loadClass("change" + changes.indexOf(change) + ".Program"));
    } catch (MalformedURLException | ClassNotFoundException e) {
      throw new AssertionError("not compiled: " + change, e);
    }
  }
}
