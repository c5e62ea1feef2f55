package dev.memo.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * A file that only takes up space. No database can be opened on a full disk, so the file is emptied
 * before, and afterwards takes back what is left of its space.
 *
 * <p>It stays while the database is open: a database that has no space left can be read, and goes
 * on by itself when there is some, because its write buffers are small. It is never deleted: a file
 * that is too short says to the next opening, of another process perhaps, what it is to take back.
 */
final class Ballast {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** It takes no more than this part of what is free, unless it had that space before. */
  private static final int SHARE = 16;

  private static final int STEP_BYTES = 1 << 16;

  private final Path file;
  private final long bytes;

  private boolean full; // set while one thread opens the directory, before others see it

  Ballast(Path file, long bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Before a database is opened: gives the space back where the disk is nearly full. */
  void makeRoom() throws IOException {
    if (usable() < bytes) {
      drop();
    }
  }

  /** The disk is full, or nearly. */
  void drop() throws IOException {
    full = true;
    long given = size();
    if (given > 0) {
      long free = usable();
      Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING).close();
      LOG.log(
          Level.WARNING,
          "The disk of {0} has {1} KiB left, so {2} KiB that were kept in reserve are given up"
              + " to open the database; when no space is left, results are not stored",
          file.getParent(),
          free >> 10,
          given >> 10);
    }
  }

  /** Whether the disk was found full. */
  boolean diskIsFull() {
    return full;
  }

  /**
   * Makes the file, or makes it whole, if there is plenty of space; else takes back what it had.
   */
  void make() {
    try {
      long size = size();
      long usable = usable();
      if (usable / SHARE >= bytes) {
        extend(size, bytes);
      } else if (Files.exists(file)) {
        extend(size, Math.min(bytes, size + usable - STEP_BYTES));
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Cannot reserve space in " + file, e);
    }
  }

  /** When the database is closed, or was not opened: takes back what is still given up. */
  void takeBack() {
    if (full) {
      make();
    }
  }

  private long size() throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private long usable() throws IOException {
    return Files.getFileStore(file.getParent()).getUsableSpace();
  }

  private void extend(long from, long to) throws IOException {
    if (from >= to) {
      return;
    }
    byte[] noise = new byte[STEP_BYTES]; // some file systems would store zeros in no space at all
    SplittableRandom random = new SplittableRandom(from);
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (long left = to - from; left > 0; left -= noise.length) {
        random.nextBytes(noise);
        out.write(noise, 0, (int) Math.min(left, noise.length));
      }
    }
  }
}
