package dev.memo.process;

import dev.memo.failure.DirectoryException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Failures of the file system in words that say what to do. */
final class Refusals {

  private Refusals() {}

  /**
   * @param action as in "cannot write"
   */
  static DirectoryException because(String action, Path path, IOException e) {
    return new DirectoryException(
        "cannot " + action + " " + path + ": " + reason(e) + "; " + remedy(e), e);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "no permission for " + denied.getFile();
    }
    String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    return reason == null ? e.toString() : reason;
  }

  private static String remedy(IOException e) {
    if (isFull(e)) {
      return "free some space on its disk";
    }
    return "check the path and its permissions, or choose another directory";
  }

  private static boolean isFull(IOException e) {
    @Nullable String message = e.getMessage();
    return message != null
        && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
  }
}
