package dev.memo.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A file that only takes up space. No database can be opened on a full disk, so the file is deleted
 * before, and afterwards takes back what is left of its space.
 *
 * <p>It stays while the database is open: a database that has no space left can be read, and goes
 * on by itself when there is some, because its write buffers are small.
 */
final class Ballast {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** It takes no more than this part of what is free, unless it had that space before. */
  private static final int SHARE = 16;

  private static final int STEP_BYTES = 1 << 16;

  private final Path file;
  private final long bytes;

  // both are set by the one thread that opens the directory
  private boolean full;
  private boolean dropped;

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

  /** The disk is full. */
  void drop() throws IOException {
    full = true;
    if (Files.deleteIfExists(file)) {
      dropped = true;
      LOG.log(
          Level.WARNING,
          "The disk of {0} is full: results are not stored until it has space",
          file.getParent());
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
      if (Files.exists(file) && Files.size(file) == bytes) {
        return;
      }
      if (usable() / SHARE >= bytes) {
        write(bytes);
      } else if (dropped) {
        write(Math.min(bytes, usable() - STEP_BYTES));
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Cannot reserve space in " + file, e);
    }
  }

  private long usable() throws IOException {
    return Files.getFileStore(file.getParent()).getUsableSpace();
  }

  private void write(long size) throws IOException {
    byte[] noise = new byte[STEP_BYTES]; // some file systems would store zeros in no space at all
    Random random = new Random(bytes);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long left = size; left > 0; left -= noise.length) {
        random.nextBytes(noise);
        out.write(noise, 0, (int) Math.min(left, noise.length));
      }
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }
}
