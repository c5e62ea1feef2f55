package dev.memo.process;

import dev.memo.claims.Primary;
import java.nio.file.Path;

/** A directory that this process has open. Thread-safe. */
public final class OpenDirectory implements AutoCloseable {

  private OpenDirectory() {}

  /**
   * Opens the directory, or makes it.
   *
   * @throws dev.memo.failure.DirectoryException if it cannot be opened; nothing in it was changed
   */
  public static OpenDirectory open(Path directory, DirectorySettings settings) {
    throw new UnsupportedOperationException();
  }

  /** The real path. */
  public Path path() {
    throw new UnsupportedOperationException();
  }

  /** Who answers the calls of this process. */
  public Primary primary() {
    throw new UnsupportedOperationException();
  }

  /** Waits for operations under way, then closes the database and frees the lock. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
