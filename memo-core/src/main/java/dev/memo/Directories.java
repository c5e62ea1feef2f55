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
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The directories that this JVM has open: each real directory once, shared and counted.
 *
 * <p>When the JVM shuts down all are closed, and nothing is opened any more. While nothing is open,
 * nothing of the JVM refers to this class. Thread-safe.
 */
final class Directories {
  private static final Object LOCK = new Object();
  private static final Map<Path, Counted> OPEN = new HashMap<>(); // guarded by LOCK
  private static @Nullable Thread hook; // guarded by LOCK; null while nothing is open
  private static volatile boolean shuttingDown; // written under LOCK

  /** One that is open, or being opened by the thread that asked first. */
  private static final class Counted {
    final DirectorySettings settings;
    final CountDownLatch tried = new CountDownLatch(1);
    volatile @Nullable SharedDirectory directory; // written before the latch is opened
    volatile @Nullable Throwable failure; // likewise
    int references = 1; // guarded by LOCK

    Counted(DirectorySettings settings) {
      this.settings = settings;
    }
  }

  private Directories() {}

  /**
   * Opens the directory, or shares the one that is open; to be given back with {@link #release}.
   * Who asks for one that is being opened waits for that; others do not.
   *
   * @param settings null for whatever it is open with, else the defaults
   * @throws DirectoryException if it cannot be opened, or is open with other settings
   */
  static SharedDirectory acquire(Path path, @Nullable DirectorySettings settings) {
    Path key = canonical(path);
    Counted mine = new Counted(settings == null ? DirectorySettings.ofThisJvm() : settings);
    Counted open;
    synchronized (LOCK) {
      if (shuttingDown) {
        throw shuttingDown(path);
      }
      open = OPEN.get(key);
      if (open == null) {
        requireHook(path);
        OPEN.put(key, mine);
      } else {
        requireSame(open.settings, settings, path);
        open.references++;
      }
    }
    if (open == null) {
      open(path, key, mine);
      return directoryOf(mine);
    }
    await(open.tried);
    return directoryOf(open);
  }

  private static void requireSame(
      DirectorySettings open, @Nullable DirectorySettings wanted, Path path) {
    if (wanted != null && !wanted.equals(open)) {
      throw new DirectoryException(
          "Cannot open "
              + path.toAbsolutePath()
              + " "
              + described(wanted)
              + ": this JVM has it open "
              + described(open)
              + ". Close it first, or ask for the same; wrappers keep what they have opened, so open"
              + " it before they are called.");
    }
  }

  private static String described(DirectorySettings settings) {
    return settings.readOnly()
        ? "with readOnly()"
        : "with durability("
            + settings.durability()
            + ") and reads("
            + settings.readPath()
            + "), without readOnly()";
  }

  private static void open(Path path, Path key, Counted mine) {
    try {
      RequiredModules.check(path);
      SharedDirectory directory = new SharedDirectory(OpenDirectory.open(path, mine.settings));
      synchronized (LOCK) {
        if (!shuttingDown) {
          mine.directory = directory;
          return;
        }
      }
      directory.close();
      mine.failure = shuttingDown(path);
    } catch (RuntimeException | Error e) {
      mine.failure = e;
    } finally {
      if (mine.directory == null) {
        synchronized (LOCK) {
          OPEN.remove(key, mine);
          removeHookIfIdle();
        }
      }
      mine.tried.countDown();
    }
  }

  private static SharedDirectory directoryOf(Counted counted) {
    SharedDirectory directory = counted.directory;
    if (directory != null) {
      return directory;
    }
    if (counted.failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) Objects.requireNonNull(counted.failure, "a failure");
  }

  /** Not disturbed by an interrupt, which stays set: the wait is as long as one opening. */
  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static DirectoryClosedException shuttingDown(Path path) {
    return new DirectoryClosedException("Cannot open " + path + ": the JVM is shutting down");
  }

  /** Gives a directory back; the last to do so closes it. */
  static void release(SharedDirectory directory) {
    synchronized (LOCK) {
      Counted open =
          OPEN.values().stream().filter(c -> c.directory == directory).findAny().orElse(null);
      if (open == null || --open.references > 0) {
        return;
      }
      OPEN.values().remove(open);
      removeHookIfIdle();
    }
    directory.close();
  }

  /** Under the lock, before anything is opened. */
  private static void requireHook(Path path) {
    if (hook != null) {
      return;
    }
    Thread next = new Thread(Directories::shutDown, "memo-shutdown");
    try {
      Runtime.getRuntime().addShutdownHook(next);
    } catch (IllegalStateException e) { // the only sign that the JVM is shutting down already
      shuttingDown = true;
      throw shuttingDown(path);
    }
    hook = next;
  }

  /** Under the lock. A hook keeps the class loader, of a web application for instance, for ever. */
  private static void removeHookIfIdle() {
    if (hook == null || !OPEN.isEmpty()) {
      return;
    }
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
      hook = null;
    } catch (IllegalStateException e) {
      return; // it has begun, and will find nothing
    }
  }

  /** Whether cached calls compute, because nothing can be stored any more. */
  static boolean isShuttingDown() {
    return shuttingDown;
  }

  private static void shutDown() {
    List<SharedDirectory> open = new ArrayList<>();
    synchronized (LOCK) {
      shuttingDown = true;
      for (Counted counted : OPEN.values()) {
        SharedDirectory directory = counted.directory;
        if (directory != null) { // else who opens it finds that out
          open.add(directory);
        }
      }
      OPEN.clear();
    }
    RuntimeException first = null;
    for (SharedDirectory directory : open) {
      try {
        directory.close();
      } catch (RuntimeException e) { // the others are to be closed all the same
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /**
   * The real path, as far as there is anything; what is missing can be no link. Not normalized
   * before: what follows a link goes up from where that leads.
   */
  private static Path canonical(Path path) {
    Path absolute = path.toAbsolutePath();
    Path existing = absolute;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    int names = existing.getNameCount();
    try {
      Path real = existing.toRealPath();
      return names == absolute.getNameCount()
          ? real
          : real.resolve(absolute.subpath(names, absolute.getNameCount())).normalize();
    } catch (IOException e) {
      throw new DirectoryException("Cannot resolve " + path.toAbsolutePath(), e);
    }
  }
}
