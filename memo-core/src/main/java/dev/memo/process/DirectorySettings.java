package dev.memo.process;

import dev.memo.store.Durability;

/**
 * How a directory is opened.
 *
 * @param networkFileSystem whether to open it even on a network file system, where locks may not
 *     hold: safe only while a single machine uses it
 */
public record DirectorySettings(Durability durability, boolean networkFileSystem) {
  public static final DirectorySettings DEFAULT = new DirectorySettings(Durability.PROCESS_CRASH);

  public DirectorySettings(Durability durability) {
    this(durability, false);
  }
}
