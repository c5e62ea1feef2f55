package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.WriteAheadLogs.Look;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks for damage in the logs and the manifest of a database before a secondary reads them, each
 * block once: RocksDB never returns from some of it. Not thread-safe.
 */
final class LogScanner {
  private final Path folder;
  private final Map<Path, Long> sound = new HashMap<>();

  LogScanner(Path folder) {
    this.folder = folder;
  }

  /**
   * Looks at what was written since the last time.
   *
   * @throws StoreException if some of it makes no sense
   */
  void requireSound() throws IOException {
    Set<Path> files = new HashSet<>();
    files.add(folder.resolve(Outline.ofTables(folder).manifest()));
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
      logs.forEach(files::add);
    }
    sound.keySet().retainAll(files);
    for (Path file : files) {
      requireSound(file);
    }
  }

  private void requireSound(Path file) throws IOException {
    try {
      Look look = WriteAheadLogs.look(file, sound.getOrDefault(file, 0L));
      if (look.damage() != null) {
        throw new StoreException(
            Reason.CORRUPT,
            file + " makes no sense after " + look.damage().at() + " bytes, so it is not read",
            null);
      }
      sound.put(file, look.to());
    } catch (NoSuchFileException | EOFException e) {
      sound.remove(file); // what was in it is in a table now
    }
  }
}
