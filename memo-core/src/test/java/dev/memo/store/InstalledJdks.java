package dev.memo.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The JDKs of this machine, as Debian and others install them. */
public final class InstalledJdks {
  private static final Path JVMS = Path.of("/usr/lib/jvm");

  private final Map<String, Path> javas;

  private InstalledJdks(Map<String, Path> javas) {
    this.javas = javas;
  }

  /**
   * Finds those with these feature versions, as in "17"; without them the test is skipped.
   *
   * @param versions all that the test needs
   */
  public static InstalledJdks require(String... versions) throws IOException {
    Map<String, Path> found = find();
    assumeTrue(
        found.keySet().containsAll(List.of(versions)),
        "needs JDK " + String.join(" and ", versions) + " in " + JVMS + ", found " + found);
    return new InstalledJdks(found);
  }

  private static Map<String, Path> find() throws IOException {
    Map<String, Path> found = new TreeMap<>();
    if (Files.isDirectory(JVMS)) {
      try (Stream<Path> folders = Files.list(JVMS)) {
        for (Path folder : (Iterable<Path>) folders.sorted()::iterator) {
          Path java = folder.resolve("bin").resolve("java");
          Path release = folder.resolve("release");
          if (Files.isExecutable(java) && Files.isReadable(release)) {
            Files.readAllLines(release).stream()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.replaceAll("JAVA_VERSION=\"(\\d+).*", "$1"))
                .forEach(version -> found.putIfAbsent(version, java));
          }
        }
      }
    }
    return found;
  }

  /** The java command of the JDK with this feature version. */
  public Path java(String version) {
    Path java = javas.get(version);
    if (java == null) {
      throw new IllegalArgumentException("JDK " + version + " was not required");
    }
    return java;
  }
}
