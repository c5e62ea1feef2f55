package dev.memo.process;

import java.nio.file.Path;

/**
 * Where the files of a directory are.
 *
 * @param root the real path of the directory
 */
record Layout(Path root) {

  /** Magic and layout version. */
  Path format() {
    return root.resolve("FORMAT");
  }

  /** Locked by the owner. Opened by {@link OwnerLock} only: closing it elsewhere frees the lock. */
  Path ownerLock() {
    return root.resolve("owner.lock");
  }

  /** Who the owner is. */
  Path owner() {
    return root.resolve("owner");
  }

  /** The mapped page of counters. */
  Path control() {
    return root.resolve("control");
  }

  /** The database. */
  Path data() {
    return root.resolve("data");
  }

  /** Space to give back when the disk is full. */
  Path ballast() {
    return root.resolve("ballast");
  }
}
