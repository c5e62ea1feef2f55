package dev.memo.examples;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A class file of java.base. The version is a part of it, because another JDK may have other bytes
 * under the same name: results of one must not be found by the other.
 *
 * @param name as in {@code java/util/List}
 */
record ClassFile(String runtimeVersion, String name) {
  private static final Path JAVA_BASE = Path.of(URI.create("jrt:/java.base"));
  private static final String SUFFIX = ".class";

  /** In this order; the buffers of java.nio are made from templates and resemble each other. */
  private static final List<String> PACKAGES =
      List.of("java/nio", "java/util", "java/lang", "java/io", "java/net", "java/time");

  /** Lists the first top-level classes of the running JDK, at most {@code count}. */
  static List<ClassFile> ofThisRuntime(int count) throws IOException {
    String version = Runtime.version().toString();
    List<ClassFile> files = new ArrayList<>();
    for (String root : PACKAGES) {
      try (Stream<Path> paths = Files.walk(JAVA_BASE.resolve(root))) {
        paths
            .map(path -> JAVA_BASE.relativize(path).toString())
            .filter(name -> name.endsWith(SUFFIX) && !name.contains("$") && !name.contains("-"))
            .sorted()
            .limit(count - files.size())
            .map(name -> name.substring(0, name.length() - SUFFIX.length()))
            .forEach(name -> files.add(new ClassFile(version, name)));
      }
    }
    return files;
  }

  byte[] read() throws IOException {
    if (!runtimeVersion.equals(Runtime.version().toString())) {
      throw new IOException("cannot read a class of Java " + runtimeVersion + ": " + name);
    }
    return Files.readAllBytes(JAVA_BASE.resolve(name + SUFFIX));
  }

  String className() {
    return name.replace('/', '.');
  }
}
