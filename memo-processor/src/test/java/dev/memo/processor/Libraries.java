package dev.memo.processor;

import com.palantir.javapoet.JavaFile;
import dev.memo.CachedMethod;
import dev.memo.annotation.Cached;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Where the libraries are on which this JVM runs, jars or folders, as users name them. */
final class Libraries {
  /** With what a compiler finds the processor. */
  static final String PROCESSOR_PATH =
      path(of(CachedProcessor.class), of(Cached.class), of(JavaFile.class));

  /** What compiles against wrappers. */
  static final String CLASS_PATH =
      path(of(Cached.class), of(CachedMethod.class), of(NullMarked.class));

  private Libraries() {}

  /** The jar or folder of a class. */
  static Path of(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  static String path(Path... entries) {
    return Stream.of(entries).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** Copies the jar of a class; where it is not packaged yet, makes one with such a manifest. */
  static void jar(Class<?> type, Path jar, Map<String, String> attributes) throws IOException {
    Path library = of(type);
    if (!Files.isDirectory(library)) {
      Files.copy(library, jar);
      return;
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(manifest.getMainAttributes()::putValue);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Path entry : Folders.filesIn(library)) {
        out.putNextEntry(new JarEntry(library.relativize(entry).toString()));
        Files.copy(entry, out);
      }
    }
  }
}
