package dev.memo.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a reader can tell a change of a database's files by: the manifest, which grows with every
 * table that is added or removed, and the names of the logs. Two that are equal, taken before and
 * after something was read, say that no file was taken away meanwhile.
 */
record Outline(String manifest, long manifestBytes, Set<String> logs) {

  static Outline of(Path folder) throws IOException {
    Set<String> logs = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.log")) {
      files.forEach(file -> logs.add(file.getFileName().toString()));
    }
    return ofTables(folder, logs);
  }

  /** Of the tables only, which takes no look through the folder. */
  static Outline ofTables(Path folder) throws IOException {
    return ofTables(folder, Set.of());
  }

  Outline withoutLogs() {
    return new Outline(manifest, manifestBytes, Set.of());
  }

  private static Outline ofTables(Path folder, Set<String> logs) throws IOException {
    String manifest =
        Files.readString(folder.resolve("CURRENT"), StandardCharsets.ISO_8859_1).strip();
    return new Outline(manifest, Files.size(folder.resolve(manifest)), logs);
  }
}
