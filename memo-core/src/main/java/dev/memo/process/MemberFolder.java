package dev.memo.process;

import dev.memo.process.reads.LocalReads;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one process, with a lock that the operating system frees when the process ends: so
 * others can tell whether it lives. It is under {@code secondaries}, where its name is that of the
 * process in the directory, or among {@link TemporaryFolders}.
 */
final class MemberFolder implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String LOCK = "lock";

  private final Path folder;
  private final RandomAccessFile lock;

  private MemberFolder(Path folder, RandomAccessFile lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Makes a folder for this process. */
  static MemberFolder make(Layout layout) throws IOException {
    return make(layout, newName());
  }

  /** A name that no folder has yet: process id, start and 16 random hexadecimal digits. */
  static String newName() {
    ProcessHandle self = ProcessHandle.current();
    long started = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    String random = HexFormat.of().toHexDigits(RANDOM.nextLong());
    return self.pid() + "-" + started + "-" + random;
  }

  /** Makes the folder of this name again, in a directory that was made again. */
  static MemberFolder make(Layout layout, String name) throws IOException {
    return make(layout.secondaries().resolve(name));
  }

  /** Makes this folder, with these attributes. */
  static MemberFolder make(Path folder, FileAttribute<?>... attributes) throws IOException {
    while (true) {
      MemberFolder made = tryMake(folder, attributes);
      if (made != null) {
        return made;
      }
    }
  }

  /** Null if somebody swept the folder before it was locked. */
  private static @Nullable MemberFolder tryMake(Path folder, FileAttribute<?>... attributes)
      throws IOException {
    try {
      return lock(Files.createDirectories(folder, attributes));
    } catch (FileAlreadyExistsException e) {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
        throw e;
      }
      return null; // it was there, and then it was not
    }
  }

  private static @Nullable MemberFolder lock(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    LockNames.add(file);
    RandomAccessFile lock = null;
    try {
      lock = new RandomAccessFile(file.toFile(), "rw");
      if (lock.getChannel().tryLock() != null && Files.exists(file)) {
        return new MemberFolder(folder, lock);
      }
    } catch (FileNotFoundException e) {
      if (Files.isDirectory(folder)) {
        throw e; // not swept, but refused
      }
    }
    if (lock != null) {
      lock.close();
    }
    LockNames.remove(file);
    return null;
  }

  Path path() {
    return folder;
  }

  String name() {
    return folder.getFileName().toString();
  }

  /** Whether it is where it was made; else somebody has deleted it, or the directory. */
  boolean isInPlace() {
    return Files.exists(folder.resolve(LOCK));
  }

  /** Sweeps what processes left that have ended, and returns the names of those that live. */
  static Set<String> sweep(Layout layout) throws IOException {
    Set<String> live = new HashSet<>();
    List<Path> folders;
    try (var listed = Files.list(layout.secondaries())) {
      folders = listed.toList();
    } catch (NoSuchFileException e) {
      return live;
    }
    for (Path folder : folders) {
      if (isLiveOrSwept(folder)) {
        live.add(folder.getFileName().toString());
      }
    }
    return live;
  }

  /** Sweeps the folder if its process has ended; returns whether that lives. */
  static boolean isLiveOrSwept(Path folder) {
    Path file = folder.resolve(LOCK);
    if (LockNames.contains(file)) {
      return true;
    }
    if (!Files.isDirectory(folder)) {
      return false; // not ours, or gone
    }
    try {
      Object before = key(file);
      // not made: its process may be deleting it, and then the folder
      try (FileChannel probe = FileChannel.open(file, StandardOpenOption.WRITE)) {
        if (probe.tryLock() == null || !before.equals(key(file))) {
          return true; // locked, or another file by now: this one was swept, and its folder is made
        }
        delete(folder); // while it is locked: who begins meanwhile begins anew
        return false;
      }
    } catch (NoSuchFileException e) {
      return isBegun(folder);
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      return Files.isDirectory(folder); // for all we know, unless it is not ours
    }
  }

  /** Tells files apart that had one name after the other, as long as one of them is open. */
  private static Object key(Path file) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file : key; // of a file system that has none
  }

  /** What has no lock file is empty: its process has ended, or is about to make one. */
  private static boolean isBegun(Path folder) {
    try {
      Files.deleteIfExists(folder);
      return false;
    } catch (IOException e) {
      return Files.isDirectory(folder); // it has one now
    }
  }

  /** The lock file last: what has none is not locked. */
  private static void delete(Path folder) throws IOException {
    try (var content = Files.list(folder)) {
      for (Path file : content.toList()) {
        if (isOfReads(file)) {
          delete(file);
        } else if (!file.endsWith(LOCK)) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(folder.resolve(LOCK));
      Files.deleteIfExists(folder);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return; // swept already, or with the directory
    }
  }

  /** Nothing else that is a folder is known to be ours. */
  private static boolean isOfReads(Path file) {
    return file.getFileName().toString().startsWith(LocalReads.FOLDER)
        && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Frees the lock of a folder that somebody has deleted. */
  void forget() throws IOException {
    lock.close();
    LockNames.remove(folder.resolve(LOCK));
  }

  @Override
  public void close() {
    try {
      try {
        delete(folder);
      } finally {
        lock.close(); // or others would take this process for a live one
      }
    } catch (IOException e) {
      throw Refusals.because("remove", folder, e);
    } finally {
      LockNames.remove(folder.resolve(LOCK));
    }
  }
}
