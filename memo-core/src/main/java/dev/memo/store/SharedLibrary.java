package dev.memo.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The one unpacked copy of the native library that all processes of a user load. */
final class SharedLibrary {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final String UNFINISHED = "unpacking-";

  private final Path folder;
  private final BundledLibrary bundled;

  SharedLibrary(Path home, BundledLibrary bundled) {
    this.folder = home.resolve("rocksdbjni-" + bundled.identity());
    this.bundled = bundled;
  }

  /** {@code -Dmemo.native.dir}, or a folder in the user's cache. */
  static Path home() throws IOException {
    String chosen = System.getProperty("memo.native.dir");
    if (chosen != null) {
      return Path.of(chosen).toAbsolutePath();
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache != null && !cache.isEmpty()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    if (!base.isAbsolute()) {
      throw new IOException("the user has no home folder: " + base); // "?" in some containers
    }
    return base.resolve("memo").resolve("native");
  }

  /**
   * The folder that holds the library, which was unpacked now if it was missing or damaged.
   *
   * @throws IOException if it cannot be kept there privately
   */
  Path folder() throws IOException {
    Files.createDirectories(folder.getParent());
    makePrivateFolder();
    Path file = folder.resolve(NativeLibrary.fileName());
    if (!bundled.sameAs(file)) {
      unpack(file);
    }
    return folder;
  }

  private void makePrivateFolder() throws IOException {
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (!Files.isDirectory(folder)) {
      FileAttribute<?>[] attributes =
          posix
              ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
              : new FileAttribute<?>[0];
      Files.createDirectories(folder, attributes);
    }
    // code is loaded from here: nobody else may have put it there
    if (posix && !Files.getPosixFilePermissions(folder).equals(OWNER_ONLY)) {
      throw new IOException(folder + " must be accessible by its owner only (chmod 700)");
    }
  }

  private void unpack(Path file) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (!lock.isValid() || bundled.sameAs(file)) {
        return; // another process was faster
      }
      deleteUnfinished();
      Path unfinished = folder.resolve(UNFINISHED + ProcessHandle.current().pid());
      bundled.copyTo(unfinished);
      if (!bundled.sameAs(unfinished)) {
        throw new IOException(unfinished + " differs from " + bundled.resource());
      }
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.lock();
    } catch (OverlappingFileLockException e) {
      throw new IOException("another class loader of this JVM is unpacking the library", e);
    }
  }

  /** What processes left that were killed while they unpacked; whoever has the lock is alone. */
  private void deleteUnfinished() throws IOException {
    try (DirectoryStream<Path> leftOver = Files.newDirectoryStream(folder, UNFINISHED + "*")) {
      for (Path path : leftOver) {
        Files.delete(path);
      }
    }
  }
}
