package dev.memo.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file in a database's folder that says that damage has stopped its writes. One damaged block
 * stops compaction, and with it every write, now and after each opening, while opening and reading
 * other blocks go well: nothing else would tell the next owner.
 */
final class DamageMark {
  private final Path file;

  DamageMark(Path database) {
    this.file = database.resolve("DAMAGED");
  }

  /** Says what is damaged; a second time changes nothing. */
  void leave(String damage) throws IOException {
    if (!Files.exists(file)) {
      Files.write(file, damage.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Nothing is damaged after all. */
  void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  boolean isLeft() {
    return Files.exists(file);
  }
}
