package dev.memo;

import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories that this JVM has open: each real directory once, shared and counted.
 *
 * <p>When the JVM shuts down all are closed, and nothing is opened any more. Thread-safe.
 */
final class Directories {
  private static final Object LOCK = new Object();
  private static final Map<Path, Counted> OPEN = new HashMap<>(); // guarded by LOCK
  private static volatile boolean shuttingDown; // written under LOCK

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(Directories::shutDown, "memo-shutdown"));
    } catch (IllegalStateException e) { // the only sign that the JVM is shutting down already
      shuttingDown = true;
    }
  }

  private static final class Counted {
    final SharedDirectory directory;
    final DirectorySettings settings;
    int references = 1; // guarded by LOCK

    Counted(SharedDirectory directory, DirectorySettings settings) {
      this.directory = directory;
      this.settings = settings;
    }
  }

  private Directories() {}

  /**
   * Opens the directory, or shares the one that is open; to be given back with {@link #release}.
   *
   * @param settings null for whatever it is open with, else the defaults
   * @throws DirectoryException if it cannot be opened, or is open with other settings
   */
  static SharedDirectory acquire(Path path, @Nullable DirectorySettings settings) {
    synchronized (LOCK) {
      if (shuttingDown) {
        throw new DirectoryClosedException("Cannot open " + path + ": the JVM is shutting down");
      }
      Counted open = Files.exists(path) ? OPEN.get(realPath(path)) : null;
      if (open == null) {
        DirectorySettings used = settings == null ? DirectorySettings.DEFAULT : settings;
        SharedDirectory directory = new SharedDirectory(OpenDirectory.open(path, used));
        OPEN.put(directory.path(), new Counted(directory, used));
        return directory;
      }
      if (settings != null && !settings.equals(open.settings)) {
        throw new DirectoryException(
            "Cannot open "
                + path
                + " with "
                + settings
                + ": this JVM has it open with "
                + open.settings
                + ". Close it first, or ask for the same.");
      }
      open.references++;
      return open.directory;
    }
  }

  /** Gives a directory back; the last to do so closes it. */
  static void release(SharedDirectory directory) {
    synchronized (LOCK) {
      Counted open = OPEN.get(directory.path());
      if (open != null && open.directory == directory && --open.references == 0) {
        OPEN.remove(directory.path());
        directory.close();
      }
    }
  }

  /** Whether cached calls compute, because nothing can be stored any more. */
  static boolean isShuttingDown() {
    return shuttingDown;
  }

  private static void shutDown() {
    List<Counted> open;
    synchronized (LOCK) {
      shuttingDown = true;
      open = new ArrayList<>(OPEN.values());
      OPEN.clear();
    }
    for (Counted counted : open) {
      counted.directory.close();
    }
  }

  private static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new DirectoryException("Cannot resolve " + path.toAbsolutePath(), e);
    }
  }
}
