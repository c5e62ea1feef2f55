package dev.memo.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A new folder, removed with all that is in it: when closed, or when a signal ends the program,
 * which runs no {@code finally}.
 */
final class TemporaryFolder implements AutoCloseable {
  /** While the program ends, its other threads may still write. */
  private static final int ATTEMPTS = 100;

  private final Path path;
  private final Thread hook = new Thread(this::removeAtExit, "temporary-folder");

  private TemporaryFolder(Path path) {
    this.path = path;
  }

  static TemporaryFolder make() {
    try {
      TemporaryFolder made = new TemporaryFolder(Files.createTempDirectory("memo-benchmark-"));
      try {
        Runtime.getRuntime().addShutdownHook(made.hook);
      } catch (IllegalStateException e) { // the program ends already
        remove(made.path);
        throw e;
      }
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the hook has begun
    }
    try {
      remove(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removeAtExit() {
    Child.endAll(); // they would write on, or hold what is deleted
    for (int i = 0; Files.exists(path); i++) {
      try {
        remove(path);
      } catch (IOException | UncheckedIOException e) {
        if (i == ATTEMPTS) {
          System.err.println("Cannot remove " + path + ": " + e);
          return;
        }
        Thread.onSpinWait();
      }
    }
  }

  /** With all that is in it. */
  static void remove(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
