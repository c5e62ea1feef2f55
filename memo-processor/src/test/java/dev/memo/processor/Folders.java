package dev.memo.processor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Folders that are compared byte for byte. */
final class Folders {
  private Folders() {}

  static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The content of all files, by their paths in the folder; in words where it is a source. */
  static SortedMap<String, String> contents(Path folder) throws IOException {
    SortedMap<String, String> contents = new TreeMap<>();
    for (Path file : filesIn(folder)) {
      contents.put(folder.relativize(file).toString(), content(file));
    }
    return contents;
  }

  private static String content(Path file) throws IOException {
    return file.toString().endsWith(".java")
        ? Files.readString(file)
        : HexFormat.of().formatHex(Files.readAllBytes(file));
  }
}
