package dev.memo.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file in a database's folder that says that the database takes no writes any more. One damaged
 * block stops compaction, and with it every write, now and after each opening, while opening and
 * reading other blocks go well: nothing else would tell the next owner.
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

  /** What is damaged; null if nothing is known to be. */
  @Nullable String read() throws IOException {
    return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : null;
  }
}
