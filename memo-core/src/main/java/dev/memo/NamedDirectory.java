package dev.memo;

import dev.memo.failure.DirectoryClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code @Cached("geo.memo")} names: found when it is first called, or redirected by a
 * binding. Holds its own reference to the open directory until the JVM ends. Thread-safe.
 */
final class NamedDirectory {
  private static final ConcurrentMap<String, NamedDirectory> ALL = new ConcurrentHashMap<>();

  private final String name;
  private final List<Redirection> redirections = new ArrayList<>(); // guarded by this
  private @Nullable SharedDirectory own; // guarded by this
  private volatile @Nullable SharedDirectory current; // written under this; null: to be opened

  /** One binding, and what it has opened. */
  private static final class Redirection {
    final Path path;
    @Nullable SharedDirectory directory; // guarded by the NamedDirectory

    Redirection(Path path) {
      this.path = path;
    }
  }

  private NamedDirectory(String name) {
    this.name = name;
  }

  static NamedDirectory of(String name) {
    return ALL.computeIfAbsent(name, NamedDirectory::new);
  }

  /**
   * The directory to use now; null if the JVM is shutting down and there is none.
   *
   * @throws dev.memo.failure.DirectoryException if it cannot be opened
   */
  @Nullable SharedDirectory current() {
    SharedDirectory open = current;
    return open != null ? open : open();
  }

  private synchronized @Nullable SharedDirectory open() {
    SharedDirectory open = current;
    if (open != null) {
      return open;
    }
    try {
      if (redirections.isEmpty()) {
        open = own != null ? own : Directories.acquire(defaultPath(), null);
        own = open;
      } else {
        Redirection last = redirections.get(redirections.size() - 1);
        open = last.directory != null ? last.directory : Directories.acquire(last.path, null);
        last.directory = open;
      }
    } catch (DirectoryClosedException e) {
      if (Directories.isShuttingDown()) {
        return null;
      }
      throw e;
    }
    current = open;
    return open;
  }

  /** Redirects the name until the binding is closed; the last of several bindings counts. */
  synchronized Binding redirect(Path path) {
    Redirection redirection = new Redirection(path);
    redirections.add(redirection);
    current = null;
    return new Binding(() -> undo(redirection));
  }

  private void undo(Redirection redirection) {
    SharedDirectory opened;
    synchronized (this) {
      redirections.remove(redirection);
      current = null;
      opened = redirection.directory;
    }
    if (opened != null) {
      Directories.release(opened);
    }
  }

  private Path defaultPath() {
    String home = System.getProperty("memo.home");
    if (home == null) {
      home = System.getenv("MEMO_HOME");
    }
    return Path.of(home == null ? "" : home).resolve(name).toAbsolutePath();
  }
}
