package dev.memo.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock that makes this process the owner of a directory. The operating system drops it when the
 * process ends, however it ends.
 *
 * <p>Such locks are kept per process and file, not per channel: closing <em>any</em> channel on the
 * file frees the lock, and the same process may lock twice. So a table of the whole JVM, shared by
 * all class loaders, is asked before the file is opened, and only this class opens it. The table is
 * keyed by the lock file's inode, which cannot be used again while we have it open.
 *
 * <p>To be used on a {@link PrivateThread} only.
 */
final class OwnerLock implements AutoCloseable {
  private static final String TABLE = "dev.memo.ownerLocks";

  private final Path file;
  private final String key;
  private final FileChannel channel;
  private boolean closed;

  private OwnerLock(Path file, String key, FileChannel channel) {
    this.file = file;
    this.key = key;
    this.channel = channel;
  }

  /** Takes the lock; null if another process, or another part of this one, has it. */
  static @Nullable OwnerLock tryAcquire(Layout layout) {
    try {
      String key = key(layout.ownerLock());
      Object holder = table().putIfAbsent(key, classLoader());
      if (holder != null) {
        return null;
      }
      OwnerLock lock = null;
      try {
        lock = lock(layout, key);
        return lock;
      } finally {
        if (lock == null) {
          table().remove(key);
        }
      }
    } catch (IOException e) {
      throw Refusals.because("lock", layout.ownerLock(), e);
    }
  }

  private static String key(Path file) throws IOException {
    try {
      // opens the file only if it is new, when nobody can have it locked
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // as it should be
    }
    return inode(file);
  }

  private static String inode(Path file) throws IOException {
    Object inode = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return inode == null ? file.toString() : inode.toString();
  }

  private static @Nullable OwnerLock lock(Layout layout, String key) throws IOException {
    FileChannel channel = FileChannel.open(layout.ownerLock(), StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new OwnerLock(layout.ownerLock(), key, channel);
      }
    } catch (OverlappingFileLockException e) {
      // someone emptied the table; to close this channel would free the other's lock
      table().put("kept open: " + key, channel);
      return null;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  /** Whether who wants the lock finds this one; else somebody has deleted it, or the directory. */
  boolean isInPlace() throws IOException {
    return Files.exists(file) && inode(file).equals(key);
  }

  /** Of JDK types only, because class loaders share it that do not share ours. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> table() {
    return (Map<String, Object>)
        System.getProperties().computeIfAbsent(TABLE, name -> new ConcurrentHashMap<>());
  }

  private static String classLoader() {
    ClassLoader loader = OwnerLock.class.getClassLoader();
    return loader + " " + System.identityHashCode(loader);
  }

  /** Frees the lock. May be called again, when somebody else may have it. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw Refusals.because("unlock", file, e);
    } finally {
      // last: who finds the key gone may open the file, and our closing it would free its lock
      table().remove(key);
    }
  }
}
