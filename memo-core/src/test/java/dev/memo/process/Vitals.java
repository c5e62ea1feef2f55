package dev.memo.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What another process holds at a moment, as the operating system tells.
 *
 * @param nanos when
 * @param pinnedBytes of files that were deleted and take space as long as it has them open
 * @param threads those of native code too
 */
record Vitals(long nanos, int descriptors, long pinnedBytes, int threads, long residentBytes) {
  private static final String DELETED = " (deleted)";

  /**
   * Looks at a process that may end meanwhile.
   *
   * @param folder whose files count as pinned
   */
  static @Nullable Vitals of(long pid, Path folder) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    int descriptors = 0;
    long pinned = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : all) {
        descriptors++;
        pinned += pinnedBytes(descriptor, folder);
      }
      int threads = 0;
      long resident = 0;
      for (String line : Files.readAllLines(process.resolve("status"))) {
        String[] words = line.split("\\s+", -1);
        if (words[0].equals("Threads:")) {
          threads = Integer.parseInt(words[1]);
        } else if (words[0].equals("VmRSS:")) {
          resident = Long.parseLong(words[1]) * 1024;
        }
      }
      return resident == 0
          ? null
          : new Vitals(System.nanoTime(), descriptors, pinned, threads, resident);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static long pinnedBytes(Path descriptor, Path folder) throws IOException {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      boolean counts = target.startsWith(folder.toString()) && target.endsWith(DELETED);
      return counts ? Files.size(descriptor) : 0;
    } catch (NoSuchFileException e) {
      return 0; // it was closed meanwhile
    }
  }
}
