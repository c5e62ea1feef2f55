package dev.memo;

import static java.util.Objects.requireNonNull;

import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.process.DirectorySettings;
import dev.memo.process.ReadPath;
import dev.memo.store.Durability;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory in use: caches functions in it and tells what that saved. Thread-safe.
 *
 * <p>A JVM has each real directory open once, however often and by whichever path it is opened
 * here; when the last {@code Memo} and wrapper is done with it, it is closed. Wrappers of annotated
 * methods need none of this: they open their directory at their first call.
 */
public final class Memo implements AutoCloseable {
  private final SharedDirectory directory;
  private volatile boolean closed; // written under this

  private Memo(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * Opens the directory with the default settings, or makes it.
   *
   * @throws dev.memo.failure.DirectoryException if it cannot be opened
   */
  public static Memo open(Path directory) {
    return at(directory).open();
  }

  /** Begins to open the directory with settings. */
  public static Builder at(Path directory) {
    return new Builder(directory);
  }

  /**
   * Redirects all wrappers whose annotation names {@code directory} to {@code path}, until the
   * binding is closed: for tests and containers. Of several bindings the last one counts.
   */
  public static Binding bind(String directory, Path path) {
    requireNonNull(directory, "directory");
    return NamedDirectory.of(directory).redirect(requireNonNull(path, "path"));
  }

  /**
   * Caches a function that has no annotation. Meant to be done once for each function, not for each
   * call: the directory remembers every one until it is closed.
   *
   * @param name identifies the function in the directory
   * @param version must change when the function gives other results; not blank
   * @param function must capture nothing: its results may depend on its argument only
   * @throws IllegalArgumentException if it captures something
   * @throws dev.memo.failure.UncacheableResultException if its results cannot be stored
   */
  public <A, R, X extends Exception> CachedFunction<A, R, X> function(
      String name,
      String version,
      Class<A> argument,
      Class<R> result,
      ThrowingFunction<A, R, X> function) {
    return function(name, version, TypeRef.of(argument), TypeRef.of(result)).calls(function);
  }

  /** As {@link #function(String, String, Class, Class, ThrowingFunction)}. */
  public <A, R, X extends Exception> CachedFunction<A, R, X> function(
      String name,
      String version,
      Class<A> argument,
      TypeRef<R> result,
      ThrowingFunction<A, R, X> function) {
    return function(name, version, TypeRef.of(argument), result).calls(function);
  }

  /** As {@link #function(String, String, Class, Class, ThrowingFunction)}. */
  public <A, R, X extends Exception> CachedFunction<A, R, X> function(
      String name,
      String version,
      TypeRef<A> argument,
      Class<R> result,
      ThrowingFunction<A, R, X> function) {
    return function(name, version, argument, TypeRef.of(result)).calls(function);
  }

  /** As {@link #function(String, String, Class, Class, ThrowingFunction)}. */
  public <A, R, X extends Exception> CachedFunction<A, R, X> function(
      String name,
      String version,
      TypeRef<A> argument,
      TypeRef<R> result,
      ThrowingFunction<A, R, X> function) {
    return function(name, version, argument, result).calls(function);
  }

  /** Begins to cache a function, for those that need to say more. */
  public <A, R> FunctionBuilder<A, R> function(
      String name, String version, TypeRef<A> argument, TypeRef<R> result) {
    requireOpen();
    return new FunctionBuilder<>(this::requireOpen, name, version, argument, result);
  }

  /**
   * What all functions of the directory did in this process since it was opened (after it was
   * closed, until then), and what all processes did in it. Asks the primary: without one it takes
   * as long as a call without one, and does not fail.
   *
   * @throws dev.memo.failure.DirectoryUnavailableException if what the primary answers is not
   *     understood
   */
  public MemoStats stats() {
    return directory.stats();
  }

  /** The real path of the directory. */
  public Path directory() {
    return directory.path();
  }

  /**
   * Ends the use; handles that came from this {@code Memo} then throw {@code
   * IllegalStateException}. What was computed is stored. Again: does nothing.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    Directories.release(directory);
  }

  /** The directory, if this was not closed. */
  private SharedDirectory requireOpen() {
    if (closed) {
      throw new DirectoryClosedException(
          "This Memo of " + directory.path() + " was closed. Open another, or close it later.");
    }
    return directory;
  }

  @Override
  public String toString() {
    return "Memo[" + directory.path() + (closed ? ", closed]" : "]");
  }

  /** Opens a directory with settings. Not thread-safe. */
  public static final class Builder {
    private final Path path;
    private @Nullable Durability durability;
    private @Nullable ReadPath readPath;
    private boolean readOnly;

    private Builder(Path path) {
      this.path = requireNonNull(path, "directory");
    }

    /** What stored results survive; {@link Durability#PROCESS_CRASH} if not said. */
    public Builder durability(Durability durability) {
      this.durability = requireNonNull(durability, "durability");
      return this;
    }

    /**
     * How this process reads entries while another one is the primary; {@link ReadPath#SECONDARY}
     * if neither this nor {@code -Dmemo.reads=socket} says otherwise.
     *
     * <p>Of several class loaders in a JVM that carry memo, as web applications do, one may read as
     * with {@link ReadPath#SECONDARY}: the first that has used a database, until it is collected.
     * The others read as with {@link ReadPath#SOCKET}. One that was undeployed is not collected
     * while a {@code Memo} of its own is open, and the JDK's caches may keep the first for good.
     */
    public Builder reads(ReadPath readPath) {
      this.readPath = requireNonNull(readPath, "readPath");
      return this;
    }

    /**
     * Only reads what is stored, beside processes that write it or without any: a directory on a
     * read-only medium, or one without permission to write in it.
     *
     * <p>Nothing in the directory is written, and none is made. What is stored is served as always,
     * what others store and remove meanwhile included. The rest is computed: once for all threads
     * of this process that ask at the same time, not for other processes. It is not stored, and
     * counted as unstored; immutable results are kept in the heap tier, where they stay even if
     * another process stores another result of the call meanwhile. {@code put}, {@code refresh},
     * {@code invalidate} and {@code invalidateAll} throw {@code UnsupportedOperationException}.
     *
     * <p>Wrappers of annotated methods that find the directory open so in this JVM use it so: open
     * it before they are called, and keep it open. A database that may not be whole is not read,
     * with a warning, until a process has opened the directory to write it. For its notes RocksDB
     * gets a folder in {@code java.io.tmpdir}. The directory must belong to the user of this
     * process, as always. A read just after a change elsewhere may take some 10 ms. {@code
     * isCached} and {@code peek} tell of what is stored, not of what was computed here.
     */
    public Builder readOnly() {
      readOnly = true;
      return this;
    }

    /**
     * Opens the directory, or makes it.
     *
     * @throws DirectoryException if it cannot be opened, or is open in this JVM with other settings
     * @throws IllegalArgumentException if {@link #readOnly} was said, and something that makes no
     *     sense with it
     */
    public Memo open() {
      SharedDirectory directory = Directories.acquire(path, settings());
      if (directory.isReadOnly() && !readOnly) {
        Directories.release(directory);
        throw new DirectoryException(
            "Cannot open "
                + path.toAbsolutePath()
                + " to write it: this JVM has it open with readOnly(). Close that first, or say"
                + " readOnly() here too.");
      }
      return new Memo(directory);
    }

    /** Null if nothing was said. */
    private @Nullable DirectorySettings settings() {
      if (readOnly) {
        return readOnlySettings();
      }
      if (durability == null && readPath == null) {
        return null;
      }
      DirectorySettings settings = DirectorySettings.ofThisJvm();
      if (durability != null) {
        settings = settings.with(durability);
      }
      return readPath == null ? settings : settings.with(readPath);
    }

    /** Not those of this JVM: how it asks a primary is no matter here. */
    private DirectorySettings readOnlySettings() {
      if (durability != null) {
        throw new IllegalArgumentException(
            "Cannot open "
                + path
                + " with readOnly() and durability("
                + durability
                + "): nothing is stored that could survive anything. Leave one of them out.");
      }
      if (readPath == ReadPath.SOCKET) {
        throw new IllegalArgumentException(
            "Cannot open "
                + path
                + " with readOnly() and reads(SOCKET): there need not be a process that could be"
                + " asked. Leave one of them out.");
      }
      return DirectorySettings.DEFAULT.onlyToRead();
    }
  }
}
