package dev.memo.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.regex.Pattern;

/**
 * Folders of processes in the temporary folder of the user, for what they cannot keep in a
 * directory that they only read. Each process sweeps what killed ones have left.
 */
final class TemporaryFolders {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private static final String PREFIX = "memo-reads-";

  /** Exactly so: others may use the temporary folder for anything else. */
  private static final Pattern NAME = Pattern.compile(PREFIX + "\\d+-\\d+-[0-9a-f]{16}");

  private TemporaryFolders() {}

  /**
   * Makes one that only its owner can use.
   *
   * @param parent such as {@code java.io.tmpdir}
   */
  static MemberFolder make(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      throw new NotDirectoryException(parent.toString()); // not ours to make
    }
    Path path = parent.toAbsolutePath().resolve(PREFIX + MemberFolder.newName());
    MemberFolder folder = MemberFolder.make(path, Admission.ownerOnly(path));
    sweepBeside(folder);
    return folder;
  }

  /** What cannot be swept is left to the next one. */
  private static void sweepBeside(MemberFolder own) {
    Path parent = own.path().resolveSibling("");
    try (DirectoryStream<Path> others = Files.newDirectoryStream(parent, PREFIX + "*")) {
      UserPrincipal self = Files.getOwner(own.path());
      for (Path other : others) {
        if (isOneOf(self, other) && !MemberFolder.isLiveOrSwept(other)) {
          LOG.log(Level.DEBUG, "Swept what an ended process has left: {0}", other);
        }
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Left for later: what ended processes left beside " + own.path(), e);
    }
  }

  private static boolean isOneOf(UserPrincipal self, Path other) {
    try {
      return NAME.matcher(other.getFileName().toString()).matches()
          && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(other, LinkOption.NOFOLLOW_LINKS).equals(self);
    } catch (IOException e) {
      return false; // gone, or not ours to see
    }
  }
}
