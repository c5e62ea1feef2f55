package dev.memo.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this process holds that no garbage collector gives back, counted by name: descriptors,
 * mapped files, threads, and native objects where {@link NativeHandles} is the JVM's agent.
 */
public record Footprint(Map<String, Long> counts) {
  private static final Path SELF = Path.of("/proc/self");

  public static Footprint now() {
    Map<String, Long> counts = new TreeMap<>();
    NativeHandles.open().forEach((name, count) -> counts.put("native " + name, count));
    Thread.getAllStackTraces()
        .keySet()
        .forEach(thread -> count(counts, "thread " + thread.getName()));
    try {
      countEach(counts, "fd", Footprint::descriptor);
      countEach(counts, "task", Footprint::nativeThread);
      countMappings(counts);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Footprint(counts);
  }

  private static void countMappings(Map<String, Long> counts) throws IOException {
    for (String line : Files.readAllLines(SELF.resolve("maps"))) {
      int path = line.indexOf('/');
      if (path >= 0) {
        count(counts, "mapping " + line.substring(path));
      }
    }
  }

  /** How an entry of a folder is called; null if it does not count. */
  private interface Naming {
    @Nullable String of(Path entry) throws IOException;
  }

  private static void countEach(Map<String, Long> counts, String folder, Naming naming)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(SELF.resolve(folder))) {
      for (Path entry : entries) {
        String name = nameOf(entry, naming);
        if (name != null) {
          count(counts, name);
        }
      }
    }
  }

  private static @Nullable String nameOf(Path entry, Naming naming) throws IOException {
    try {
      return naming.of(entry);
    } catch (NoSuchFileException e) {
      return null; // it ended meanwhile, even if another has its number by now
    } catch (IOException e) {
      if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      return null; // it ended meanwhile
    }
  }

  private static String descriptor(Path entry) throws IOException {
    return "descriptor " + Files.readSymbolicLink(entry);
  }

  /** Threads of Java are known already. */
  private static @Nullable String nativeThread(Path entry) throws IOException {
    String name = Files.readString(entry.resolve("comm")).strip();
    return name.startsWith("rocksdb") ? "thread " + name : null;
  }

  private static void count(Map<String, Long> counts, String name) {
    counts.merge(name, 1L, Long::sum);
  }

  /** What there is more of than before. */
  public Map<String, Long> grownSince(Footprint before) {
    Map<String, Long> grown = new TreeMap<>();
    counts.forEach(
        (name, count) -> {
          long more = count - before.counts.getOrDefault(name, 0L);
          if (more > 0) {
            grown.put(name, more);
          }
        });
    return grown;
  }

  /**
   * What is still there when there has been time to give it back: a mapping lives until a
   * collection finds it unused, a thread ends a little after it was told to.
   */
  public static Map<String, Long> keptSince(Footprint before, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    Map<String, Long> kept = now().grownSince(before);
    while (!kept.isEmpty() && System.nanoTime() < deadline) {
      System.gc();
      kept = now().grownSince(before);
    }
    return kept;
  }
}
