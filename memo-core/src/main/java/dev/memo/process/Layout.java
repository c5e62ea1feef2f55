package dev.memo.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

  /** A folder for each process that has the directory open. */
  Path secondaries() {
    return root.resolve("secondaries");
  }

  /** Results that no primary could take yet. */
  Path spool() {
    return root.resolve("spool");
  }

  /** The sockets of primaries. */
  Path sockets() {
    return root.resolve("s");
  }

  /** Space to give back when the disk is full. */
  Path ballast() {
    return root.resolve("ballast");
  }

  /**
   * Forces the names of all that is on the way to the directory's files. Folders above may have
   * been made with it, even by a process that was killed before it forced them; what is mounted
   * above was there before.
   */
  void forceWay() throws IOException {
    FileStore medium = Files.getFileStore(root);
    for (Path folder = root; folder != null; folder = folder.getParent()) {
      if (Files.isReadable(folder) && Files.getFileStore(folder).equals(medium)) {
        forceNames(folder);
      }
    }
  }

  /**
   * Forces the names of files in this folder to the medium, where folders can be opened for that: a
   * file whose bytes were forced is still lost if a power cut takes its name.
   */
  static void forceNames(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
