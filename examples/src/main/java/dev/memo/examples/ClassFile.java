package dev.memo.examples;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
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

  /** Below that, two files share little but the names of what every class uses. */
  private static final int MIN_BYTES = 6_000;

  /** In this order; the buffers of java.nio are made from templates and resemble each other. */
  private static final List<String> PACKAGES =
      List.of("java/nio", "java/util", "java/lang", "java/io", "java/net", "");

  /** Lists the first top-level classes of the running JDK, at most {@code count}. */
  static List<ClassFile> ofThisRuntime(int count) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (String root : PACKAGES) {
      if (names.size() < count) {
        names.addAll(namesIn(root));
      }
    }
    String version = Runtime.version().toString();
    return names.stream().limit(count).map(name -> new ClassFile(version, name)).toList();
  }

  private static List<String> namesIn(String root) throws IOException {
    BiPredicate<Path, BasicFileAttributes> isTopLevel =
        (path, attributes) ->
            path.toString().endsWith(SUFFIX)
                && !path.toString().contains("$")
                && attributes.size() >= MIN_BYTES;
    try (Stream<Path> paths = Files.find(JAVA_BASE.resolve(root), Integer.MAX_VALUE, isTopLevel)) {
      return paths
          .map(path -> JAVA_BASE.relativize(path).toString())
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
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
