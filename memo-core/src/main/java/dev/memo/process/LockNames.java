package dev.memo.process;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that this JVM has locked, whichever class loader did it: to open and close one of them
 * again would free its lock. Of JDK types only, because class loaders share it that do not share
 * ours.
 */
final class LockNames {
  private static final String TABLE = "dev.memo.lockNames";

  private LockNames() {}

  static void add(Path file) {
    table().add(name(file));
  }

  static boolean contains(Path file) {
    return table().contains(name(file));
  }

  /** To be called after the file was closed. */
  static void remove(Path file) {
    table().remove(name(file));
  }

  /** The last two names are unique; what is before them may be written in several ways. */
  private static String name(Path file) {
    int names = file.getNameCount();
    return file.subpath(Math.max(0, names - 2), names).toString();
  }

  @SuppressWarnings("unchecked")
  private static Set<String> table() {
    return (Set<String>)
        System.getProperties().computeIfAbsent(TABLE, name -> ConcurrentHashMap.newKeySet());
  }
}
