package dev.memo;

import dev.memo.failure.DirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The modules that memo needs. On the module path it is an automatic module, which cannot require
 * any, and those that are no automatic modules themselves are there only if others require them.
 * Those of the JDK that nobody requires are missing too.
 */
final class RequiredModules {
  /** By name, a class of each. */
  private static final Map<String, String> CLASSES =
      new TreeMap<>(
          Map.of(
              "jdk.net", "jdk/net/ExtendedSocketOptions.class",
              "com.github.benmanes.caffeine", "com/github/benmanes/caffeine/cache/Caffeine.class",
              "org.jctools.core", "org/jctools/queues/atomic/MpscUnboundedAtomicArrayQueue.class",
              "org.objectweb.asm", "org/objectweb/asm/ClassReader.class"));

  private RequiredModules() {}

  /** Refuses to open a directory without them, rather than to fail in the midst of a call. */
  static void check(Path directory) {
    if (RequiredModules.class.getModule().isNamed()) {
      check(directory, RequiredModules.class.getClassLoader());
    }
  }

  /**
   * As above.
   *
   * @param from what has to find them
   */
  static void check(Path directory, ClassLoader from) {
    List<String> missing =
        CLASSES.entrySet().stream()
            .filter(entry -> from.getResource(entry.getValue()) == null)
            .map(entry -> "requires " + entry.getKey() + ";")
            .toList();
    if (!missing.isEmpty()) {
      throw new DirectoryException(
          "Cannot open "
              + directory.toAbsolutePath()
              + ": modules that memo needs are missing, and it is an automatic module, which cannot"
              + " require them itself; add to module-info.java: "
              + String.join(" ", missing));
    }
  }
}
