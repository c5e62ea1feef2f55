package dev.memo.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A new directory with keys from 0 on, and processes that read it: one that leads, one that reads
 * by itself, one that asks over the socket, and one without the rest of memo. Removes the directory
 * when closed.
 */
final class ReadProcesses implements AutoCloseable {
  private static final List<String> OVER_THE_SOCKET = List.of("-Dmemo.reads=socket");
  private static final long LITTLE = 1 << 16;

  private final TemporaryFolder folder = TemporaryFolder.make();
  private final List<Child> children = new ArrayList<>();

  /** Where the entries are. */
  enum Place {
    /** All in the log, which readers keep in memory. */
    LOG,
    /** All in tables. */
    TABLES
  }

  private ReadProcesses() {}

  static ReadProcesses start(Place place, long keys) {
    ReadProcesses processes = new ReadProcesses();
    processes.fill(place, keys);
    processes.children.add(processes.startReader(List.of()));
    if (place == Place.LOG) {
      processes.primary().ask("fill 0 " + keys);
    }
    processes.requirePlace(place);
    processes.children.add(processes.startReader(List.of()));
    processes.children.add(processes.startReader(OVER_THE_SOCKET));
    processes.children.add(Child.start(StoreWorker.class, List.of(), processes.folder.path()));
    return processes;
  }

  /** Leaves the directory filled if tables are wanted, and a copy of its database in any case. */
  private void fill(Place place, long keys) {
    try (Child first = startReader(List.of())) {
      first.ask("fill 0 " + keys);
    }
    if (place == Place.TABLES) {
      startReader(List.of()).close(); // who opens it writes into tables what is in the log
    }
    copy(data(), copy());
    if (place == Place.LOG) {
      try {
        TemporaryFolder.remove(directory());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void requirePlace(Place place) {
    long tables = bytes(data(), "*.sst");
    long logs = bytes(data(), "*.log");
    if (place == Place.LOG ? tables > 0 : logs > LITTLE) {
      throw new IllegalStateException(
          "not what was to be measured: tables of " + tables + " bytes, logs of " + logs);
    }
  }

  private Child startReader(List<String> options) {
    return Child.start(ReadWorker.class, options, directory(), folder.path().resolve("board"));
  }

  /** Another process, to be closed by the caller. */
  Child startSecondary(boolean overTheSocket) {
    return startReader(overTheSocket ? OVER_THE_SOCKET : List.of());
  }

  Child primary() {
    return children.get(0);
  }

  Child secondary() {
    return children.get(1);
  }

  Child socket() {
    return children.get(2);
  }

  /** A {@link StoreWorker}, which has nothing open yet. */
  Child stores() {
    return children.get(3);
  }

  private Path directory() {
    return folder.path().resolve("d");
  }

  /** The database of the directory. */
  Path data() {
    return directory().resolve("data");
  }

  /** A copy of it, as it was before the processes were started, for a writer of its own. */
  Path copy() {
    return folder.path().resolve("copy");
  }

  private static void copy(Path from, Path to) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      Files.createDirectories(to);
      for (Path file : files) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How long the files of a database are. */
  static long bytes(Path data, String glob) {
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data, glob)) {
      for (Path file : files) {
        bytes += file.toFile().length(); // 0 if it went meanwhile
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  @Override
  public void close() {
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).close();
    }
    folder.close();
  }
}
