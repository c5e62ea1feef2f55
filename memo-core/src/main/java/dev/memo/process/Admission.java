package dev.memo.process;

import dev.memo.failure.DirectoryException;
import dev.memo.failure.ForeignDirectoryException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a path may be opened as a directory, and makes one where there is nothing. What
 * it refuses it has not changed.
 */
final class Admission {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** Locks and shared memory do not reach over these. */
  private static final Pattern NETWORK =
      Pattern.compile("(nfs|cifs|smb|9p|afs|ceph|lustre|glusterfs|gpfs|beegfs|fuse[.]).*");

  /** Says on which type of file system an existing path is, as in "ext4" or "nfs". */
  @FunctionalInterface
  interface FileSystemTypes {
    String of(Path existing) throws IOException;
  }

  /** Has the owner of this process, where there is such a thing. */
  private static final Path SELF = Path.of("/proc/self");

  private Admission() {}

  /** The layout of the directory at this path, whose format was checked or has been written now. */
  static Layout admit(Path path, DirectorySettings settings) {
    return admit(path, settings, existing -> Files.getFileStore(existing).type());
  }

  /** As above, on file systems of these types. */
  static Layout admit(Path path, DirectorySettings settings, FileSystemTypes types) {
    Path absolute = path.toAbsolutePath();
    try {
      refuseNetwork(absolute, settings, types);
      if (!Files.isDirectory(absolute)) {
        make(absolute);
      }
      Layout layout = new Layout(absolute.toRealPath());
      requireOwn(layout);
      if (!Files.exists(layout.format(), LinkOption.NOFOLLOW_LINKS)) {
        requireEmpty(layout);
        requireWritable(layout);
        restrict(layout.root());
        FormatFile.write(layout);
      }
      FormatFile.check(layout);
      requireWritable(layout);
      return layout;
    } catch (IOException e) {
      throw Refusals.because("open the directory", absolute, e);
    }
  }

  /** The layout of the directory at this path, to be read only. Changes nothing in any case. */
  static Layout admitToRead(Path path, DirectorySettings settings) {
    return admitToRead(path, settings, existing -> Files.getFileStore(existing).type());
  }

  /** As above, on file systems of these types. */
  static Layout admitToRead(Path path, DirectorySettings settings, FileSystemTypes types) {
    Path absolute = path.toAbsolutePath();
    try {
      refuseNetwork(absolute, settings, types);
      if (Files.notExists(absolute, LinkOption.NOFOLLOW_LINKS)) {
        throw nothingToRead(absolute, "does not exist");
      }
      if (!Files.isDirectory(absolute)) {
        absolute.getFileSystem().provider().checkAccess(absolute); // may say more
        throw noDirectory(absolute, null);
      }
      Layout layout = new Layout(absolute.toRealPath());
      requireOwn(layout);
      requireReadable(layout);
      if (!Files.exists(layout.format(), LinkOption.NOFOLLOW_LINKS)) {
        requireEmpty(layout);
        throw nothingToRead(layout.root(), "is empty");
      }
      FormatFile.check(layout);
      return layout;
    } catch (NoSuchFileException e) {
      throw noDirectory(absolute, e); // a dangling link, or deleted just now
    } catch (IOException e) {
      throw Refusals.because("open the directory", absolute, e);
    }
  }

  private static DirectoryException nothingToRead(Path path, String why) {
    return new DirectoryException(
        path
            + " "
            + why
            + ", and to read it only makes no directory: check the path, or open it once without"
            + " readOnly()");
  }

  private static DirectoryException noDirectory(Path path, @Nullable IOException cause) {
    return new DirectoryException(
        path + " is a file or a dangling link, not a directory: choose another path", cause);
  }

  private static void refuseNetwork(
      Path absolute, DirectorySettings settings, FileSystemTypes types) throws IOException {
    Path existing = absolute;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    String type = types.of(existing);
    if (isNetwork(type) && !settings.networkFileSystem()) {
      throw new DirectoryException(
          absolute
              + " is on a network file system ("
              + type
              + "), where locks may not hold: choose a local directory, or allow network file"
              + " systems if only one machine uses it");
    }
  }

  static boolean isNetwork(String type) {
    return NETWORK.matcher(type.toLowerCase(Locale.ROOT)).matches();
  }

  /** Two or more processes may be doing this at once, and not one of them fails. */
  private static void make(Path absolute) throws IOException {
    if (absolute.getParent() != null) {
      Files.createDirectories(absolute.getParent());
    }
    try {
      Files.createDirectory(absolute, ownerOnly(absolute));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(absolute)) {
        throw noDirectory(absolute, e);
      }
    }
  }

  private static void requireEmpty(Layout layout) throws IOException {
    try (DirectoryStream<Path> content = Files.newDirectoryStream(layout.root())) {
      for (Path file : content) {
        // who meets a directory that is being deleted may have made another lock in it
        boolean ours =
            FormatFile.isUnfinished(file)
                || file.equals(layout.format())
                || file.equals(layout.ownerLock());
        if (!ours && !Files.exists(layout.format())) {
          throw new ForeignDirectoryException(
              layout.root()
                  + " is no directory of memo: it has no FORMAT but holds "
                  + file.getFileName()
                  + "; choose an empty directory or a new path"
                  + FormatFile.remedy(layout));
        }
      }
    }
  }

  /** Another user's files in a directory would keep its owner out. */
  private static void requireOwn(Layout layout) throws IOException {
    if (!Files.exists(SELF)) {
      return; // whoever may write there is allowed, then
    }
    UserPrincipal owner = Files.getOwner(layout.root());
    UserPrincipal self = Files.getOwner(SELF);
    if (!owner.equals(self)) {
      throw new DirectoryException(
          layout.root()
              + " belongs to the user "
              + owner.getName()
              + ", and this process runs as "
              + self.getName()
              + ": run as its owner, or choose another directory");
    }
  }

  private static void requireWritable(Layout layout) {
    if (!Files.isWritable(layout.root()) || !Files.isExecutable(layout.root())) {
      throw new DirectoryException(
          "no permission to write in "
              + layout.root()
              + ", or its file system is read-only: run as its owner, choose another directory, or"
              + " read what is stored there with readOnly()");
    }
  }

  private static void requireReadable(Layout layout) {
    if (!Files.isReadable(layout.root()) || !Files.isExecutable(layout.root())) {
      throw new DirectoryException(
          "no permission to read in "
              + layout.root()
              + ": run as its owner with mode 0500 at least, or choose another directory");
    }
  }

  private static void restrict(Path root) throws IOException {
    if (isPosix(root) && !Files.getPosixFilePermissions(root).equals(OWNER_ONLY)) {
      Files.setPosixFilePermissions(root, OWNER_ONLY);
    }
  }

  /** What keeps others out of a folder that is made at this path. */
  static FileAttribute<?>[] ownerOnly(Path path) {
    return isPosix(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
