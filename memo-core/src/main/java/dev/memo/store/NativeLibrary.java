package dev.memo.store;

import dev.memo.failure.DirectoryException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library from one file that all processes of a user share.
 *
 * <p>RocksDB itself copies 17 MB into the temporary folder in every process, and a killed process
 * leaves its copy behind. Where the shared file cannot be made, or belongs to another class loader
 * of this JVM already, a private copy is loaded and deleted at once.
 */
final class NativeLibrary {
  private static final Logger LOG = System.getLogger("dev.memo.store");

  /** Of the JVM, whichever class loader asks; so of a type that all share. */
  private static final String OWNER = "dev.memo.nativeLibraryOwner";

  private static boolean loaded; // guarded by the class
  private static @Nullable String failure; // guarded by the class

  private NativeLibrary() {}

  /**
   * Loads the library unless it is loaded. A failure is final: RocksDB cannot try again.
   *
   * @throws DirectoryException if it cannot be loaded, saying what to do about it
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    if (failure != null) {
      throw new DirectoryException(failure);
    }
    try {
      boolean unused = isOurs(); // or else a private copy will be
      loadOnce();
      loaded = true;
    } catch (IOException | RuntimeException | LinkageError e) {
      failure = explain(e);
      throw new DirectoryException(failure, e);
    }
  }

  /**
   * Whether no other class loader of this JVM has the library, which would then be loaded twice.
   * From now on no other has it, if that is so, until this one is gone.
   *
   * <p>With a class loader the JVM lets go of its libraries, and the next may load them; so the
   * owner is referred to weakly, which also keeps it from staying for this.
   */
  static boolean isOurs() {
    Object owner =
        System.getProperties()
            .compute(
                OWNER,
                (name, known) ->
                    known == null || (known instanceof Reference<?> former && former.refersTo(null))
                        ? new WeakReference<>(NativeLibrary.class)
                        : known);
    return owner instanceof Reference<?> mine && mine.get() == NativeLibrary.class;
  }

  private static void loadOnce() throws IOException {
    BundledLibrary bundled = BundledLibrary.find();
    Path shared;
    try {
      shared = new SharedLibrary(SharedLibrary.home(), bundled).folder();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "The native library of RocksDB cannot be shared between processes, this one loads a"
              + " private copy; -Dmemo.native.dir=<folder> names another place: "
              + e);
      loadPrivateCopy(bundled);
      return;
    }
    try {
      RocksDB.loadLibrary(List.of(shared.toString()));
    } catch (UnsatisfiedLinkError e) {
      if (!String.valueOf(e.getMessage()).contains("already loaded in another classloader")) {
        throw e;
      }
      loadPrivateCopy(bundled);
    }
  }

  private static void loadPrivateCopy(BundledLibrary bundled) throws IOException {
    Path folder = Files.createTempDirectory("memo-native-");
    Path file = folder.resolve(fileName());
    try {
      bundled.copyTo(file);
      RocksDB.loadLibrary(List.of(folder.toString()));
    } finally {
      // what is loaded stays loaded without its name
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  /** The name under which {@link RocksDB#loadLibrary(List)} looks for it. */
  static String fileName() {
    return Environment.getJniLibraryFileName("rocksdbjni");
  }

  private static String explain(Throwable cause) {
    if (cause instanceof IllegalCallerException) { // since 24, if the JVM is told so
      return "The JVM refuses native code, which the database of memo is:"
          + " start it with --enable-native-access=ALL-UNNAMED";
    }
    return "The native library of RocksDB cannot be loaded for "
        + System.getProperty("os.name")
        + " on "
        + System.getProperty("os.arch")
        + ": "
        + cause
        + "; -Dmemo.native.dir=<folder> names a folder for it where programs may be run from";
  }
}
