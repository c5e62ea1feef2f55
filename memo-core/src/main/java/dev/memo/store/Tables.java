package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/** Numbers that tell of which tables a database is made; never 0. */
public final class Tables {

  private Tables() {}

  /** Of these file names, each beginning with a slash. */
  static long digest(SortedSet<String> names) {
    CRC32C crc = new CRC32C();
    names.forEach(name -> crc.update(name.getBytes(StandardCharsets.US_ASCII)));
    return 1L << 32 | crc.getValue();
  }

  /**
   * Of the tables that are in the folder of a database, for who cannot ask its writer. It may not
   * be made of all of them: what a compaction makes or replaces is there too, for a while, or until
   * the next opening if its process was killed.
   *
   * @throws StoreException if the folder cannot be read
   */
  public static long in(Path folder) {
    SortedSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(folder, "*.sst")) {
      tables.forEach(table -> names.add("/" + table.getFileName()));
    } catch (IOException e) {
      throw new StoreException(Reason.OTHER, "cannot read the folder " + folder + ": " + e, e);
    }
    return digest(names);
  }
}
