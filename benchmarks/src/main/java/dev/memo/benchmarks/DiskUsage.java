package dev.memo.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What a folder takes of its disk: a mapped file may be longer than that. */
final class DiskUsage {
  private DiskUsage() {}

  static long bytes(Path folder) {
    try {
      Process du = new ProcessBuilder("du", "-s", "-B1", folder.toString()).start();
      try (BufferedReader lines = du.inputReader(StandardCharsets.UTF_8)) {
        return Long.parseLong(lines.readLine().split("\t", -1)[0]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
