package dev.memo.process;

import dev.memo.failure.DirectoryException;
import dev.memo.store.Durability;
import java.util.Locale;

/**
 * How a directory is opened.
 *
 * @param networkFileSystem whether to open it even on a network file system, where locks may not
 *     hold: safe only while a single machine uses it
 * @param readOnly whether to write nothing, so that neither of the first two means anything
 */
public record DirectorySettings(
    Durability durability, ReadPath readPath, boolean networkFileSystem, boolean readOnly) {
  public static final DirectorySettings DEFAULT =
      new DirectorySettings(Durability.PROCESS_CRASH, ReadPath.SECONDARY, false, false);

  private static final String READS = "memo.reads";

  /**
   * The default of this JVM.
   *
   * @throws DirectoryException if {@code -Dmemo.reads} names no {@link ReadPath}
   */
  public static DirectorySettings ofThisJvm() {
    String reads = System.getProperty(READS);
    if (reads == null) {
      return DEFAULT;
    }
    try {
      return DEFAULT.with(ReadPath.valueOf(reads.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      throw new DirectoryException(
          "-D" + READS + "=" + reads + " is not understood: it must be socket or secondary", e);
    }
  }

  public DirectorySettings with(Durability other) {
    return new DirectorySettings(other, readPath, networkFileSystem, readOnly);
  }

  public DirectorySettings with(ReadPath other) {
    return new DirectorySettings(durability, other, networkFileSystem, readOnly);
  }

  /** On a network file system too. */
  public DirectorySettings anywhere() {
    return new DirectorySettings(durability, readPath, true, readOnly);
  }

  /** To read what is stored, and write nothing. */
  public DirectorySettings onlyToRead() {
    return new DirectorySettings(durability, readPath, networkFileSystem, true);
  }
}
