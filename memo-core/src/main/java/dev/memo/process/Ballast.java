package dev.memo.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A file that only takes up space. On a full disk it is deleted, which leaves the database room to
 * write out what it has in memory; when there is plenty again, it is made again.
 */
final class Ballast {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** It is made only where it takes no more than this part of what is free. */
  private static final int SHARE = 16;

  private static final Duration PAUSE = Duration.ofSeconds(60);

  private final Path file;
  private final long bytes;
  private final LongSupplier nanoTime;
  private final AtomicLong lastTry;
  private volatile boolean present;

  Ballast(Path file, long bytes, LongSupplier nanoTime) {
    this.file = file;
    this.bytes = bytes;
    this.nanoTime = nanoTime;
    this.lastTry = new AtomicLong(nanoTime.getAsLong());
    this.present = Files.exists(file);
  }

  /** Before a database is opened: gives the space back where the disk is nearly full. */
  void makeRoom() throws IOException {
    if (present && Files.getFileStore(file).getUsableSpace() < bytes) {
      drop();
    }
  }

  /** The disk is full. */
  void drop() {
    if (!present) {
      return;
    }
    present = false;
    lastTry.set(nanoTime.getAsLong());
    try {
      Files.deleteIfExists(file);
      LOG.log(
          Level.WARNING,
          "The disk of {0} is full: results are not stored until it has space",
          file.getParent());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Cannot give back the space of " + file, e);
    }
  }

  /** The disk takes writes: makes the file again if it is missing, at most once a minute. */
  void restore() {
    if (present) {
      return;
    }
    long now = nanoTime.getAsLong();
    long last = lastTry.get();
    if (now - last >= PAUSE.toNanos() && lastTry.compareAndSet(last, now)) {
      make();
    }
  }

  /** Makes the file if it is missing and there is plenty of space. */
  void make() {
    if (present) {
      return;
    }
    try {
      if (Files.getFileStore(file.getParent()).getUsableSpace() / SHARE < bytes) {
        return;
      }
      write();
      present = true;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Cannot reserve space in " + file, e);
    }
  }

  private void write() throws IOException {
    byte[] noise = new byte[1 << 16]; // some file systems would store zeros in no space at all
    Random random = new Random(bytes);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long written = 0; written < bytes; written += noise.length) {
        random.nextBytes(noise);
        out.write(noise);
      }
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }
}
