package dev.memo.process.reads;

import static java.util.Objects.requireNonNull;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.SecondaryCache;
import dev.memo.store.SecondaryStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens views, each in a folder of its own, and removes what they leave. Of one thread. */
final class Views implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private final Function<SecondaryStore, Map<Long, Long>> generations;
  private @Nullable SecondaryCache cache;
  private long opened;

  Views(Function<SecondaryStore, Map<Long, Long>> generations) {
    this.generations = generations;
  }

  /**
   * Makes what all views need, the native library loaded among it.
   *
   * @throws dev.memo.failure.DirectoryException if it cannot be loaded
   */
  void prepare() {
    if (cache == null) {
      cache = new SecondaryCache();
    }
  }

  /**
   * Opens a view; null if the owner of the source is not the owner any more.
   *
   * @throws StoreException if the database cannot be opened, or shows less than it must
   */
  @Nullable View open(Source source) throws IOException {
    SecondaryCache shared = requireNonNull(cache, "not prepared");
    Snapshot snapshot = Snapshot.take(source.page(), source.ownerEpoch());
    if (snapshot == null) {
      return null;
    }
    long changes = source.page().lastChange(); // no less than the epochs tell of
    // not the folders above: if the directory was deleted, it must not be there again
    Path own = Files.createDirectory(source.own().resolve(LocalReads.FOLDER + ++opened));
    SecondaryStore store = null;
    View view = null;
    try {
      store = SecondaryStore.open(source.data(), own, shared, source.writer());
      if (store.changeCount() < changes) {
        throw new StoreException(
            Reason.CORRUPT,
            source.data() + " shows " + store.changeCount() + " changes, of at least " + changes,
            null);
      }
      view = new View(source, own, snapshot, store, generations.apply(store));
      return view;
    } finally {
      if (view == null) {
        if (store != null) {
          store.close();
        }
        remove(own);
      }
    }
  }

  /** Closes the view, after waiting for its readers. */
  void close(View view) {
    view.store().close();
    remove(view.own());
  }

  /** What is left is swept with the folder of the process. */
  private static void remove(Path own) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(own)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(own);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(Level.DEBUG, "Left for later: " + own, e);
    }
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    }
  }
}
