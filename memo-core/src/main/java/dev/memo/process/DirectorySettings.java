package dev.memo.process;

import dev.memo.store.Durability;

/** How a directory is opened. */
public record DirectorySettings(Durability durability) {
  public static final DirectorySettings DEFAULT = new DirectorySettings(Durability.PROCESS_CRASH);
}
