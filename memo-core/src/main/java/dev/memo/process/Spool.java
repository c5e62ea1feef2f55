package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Epochs;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.HeldClaim.Slot;
import dev.memo.process.SpoolFile.Result;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The results of this process that no primary could take yet. They survive it: it replays them
 * itself when there is a primary again, and else the primary takes them in.
 *
 * <p>A result is found here as long as nothing can have happened to its call. Thread-safe.
 */
final class Spool implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** Not 0, which says that nothing was rejected. */
  private static final long SEQUENCE = -1;

  /** What is read at once, unless one result is larger. */
  private static final int ENOUGH_BYTES = 1 << 20;

  /** Where a result is, and the counters that must not have moved for it to count. */
  private record Place(long offset, long stripe, long directory) {}

  private final Layout layout;
  private final Path path;
  private final boolean forces;
  private final Epochs epochs;
  private final Map<Slot, Place> places = new HashMap<>(); // guarded by this
  private @Nullable SpoolFile file; // guarded by this
  private boolean closed; // guarded by this
  private volatile long oldestStart = Long.MAX_VALUE; // written under this
  private long spooled; // guarded by this

  /**
   * @param member the name of this process in the directory
   * @param forces whether a result survives a power cut
   */
  Spool(Layout layout, String member, boolean forces, Epochs epochs) {
    this.layout = layout;
    this.path = layout.spool().resolve(member);
    this.forces = forces;
    this.epochs = epochs;
  }

  /**
   * Keeps a result.
   *
   * @param directoryId where its start counts; null if that is not known, when it cannot be stored
   * @throws DirectoryClosedException after the close: nobody would take in a file that is made now
   */
  synchronized PutAnswer add(
      @Nullable UUID directoryId, CallKey key, int variant, long start, byte[] entry) {
    long stripe = epochs.stripe(key.stripe());
    long directory = epochs.directory();
    boolean unchanged = epochs.lastSequence() == start;
    if (closed) { // while this call was on its way, or waited for the monitor
      throw new DirectoryClosedException(
          "the directory " + layout.root() + " was closed before this use");
    }
    if (directoryId == null) {
      return refused("the directory was never reached", null);
    }
    try {
      if (file != null && !Files.exists(path)) {
        forget(); // with the directory, whose results mean nothing in another one
      }
      if (file == null) {
        file = create();
      }
      Result result = new Result(directoryId, key, variant, start, entry);
      long offset = file.append(result, forces);
      if (unchanged) {
        places.put(new Slot(key, variant), new Place(offset, stripe, directory));
      }
      oldestStart = Math.min(oldestStart, start);
      spooled++;
      return new PutAnswer.Spooled();
    } catch (IOException e) {
      return refused("cannot write " + path + ": " + e, e);
    }
  }

  private synchronized void forget() throws IOException {
    SpoolFile deleted = file;
    file = null;
    places.clear();
    oldestStart = Long.MAX_VALUE;
    if (deleted != null) {
      LOG.log(Level.WARNING, "{0} was deleted with the results in it", path);
      deleted.close();
    }
    LockNames.remove(path);
  }

  /** Nothing is made in a directory that was deleted meanwhile. */
  private SpoolFile create() throws IOException {
    if (!Files.isRegularFile(layout.format())) {
      throw new IOException("the directory is gone");
    }
    makeFolder();
    LockNames.add(path);
    SpoolFile made = null;
    boolean whole = false;
    try {
      made = SpoolFile.create(path);
      if (forces) {
        Layout.forceNames(layout.spool());
        Layout.forceNames(layout.root()); // whoever made the folder, and was perhaps killed then
      }
      whole = true;
      return made;
    } finally {
      if (!whole) { // or nobody of this JVM would take in what is there
        try {
          if (made != null) {
            made.close();
          }
        } finally {
          LockNames.remove(path);
        }
      }
    }
  }

  /** All processes begin to spool at the same moment, when their primary falls silent. */
  private void makeFolder() throws IOException {
    try {
      Files.createDirectory(layout.spool());
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(layout.spool())) {
        throw e;
      }
    }
  }

  private static PutAnswer refused(String why, @Nullable Throwable cause) {
    return new PutAnswer.Refused(new StoreException(Reason.OTHER, why, cause));
  }

  /** A result that still counts, under a sequence that no primary assigns. */
  synchronized @Nullable Stored find(CallKey key, int variant) {
    Place place = places.get(new Slot(key, variant));
    if (place == null
        || file == null
        || place.stripe != epochs.stripe(key.stripe())
        || place.directory != epochs.directory()) {
      return null;
    }
    try {
      Result result = file.read(place.offset);
      return result == null ? null : Stored.of(SEQUENCE, result.entry());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Cannot read the spool " + path + "; computing", e);
      return null;
    }
  }

  /** As {@link #find}, for the first keys in their order: not for all if that is much. */
  List<@Nullable Stored> findAll(List<CallKey> keys, int variant) {
    List<@Nullable Stored> found = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < keys.size() && bytes < ENOUGH_BYTES; i++) {
      Stored stored = find(keys.get(i), variant);
      found.add(stored);
      bytes += stored == null ? 0 : stored.bytes().length;
    }
    return found;
  }

  boolean isEmpty() {
    return oldestStart == Long.MAX_VALUE;
  }

  /** The smallest start of a result; {@code Long.MAX_VALUE} if there is none. */
  long oldestStart() {
    return oldestStart;
  }

  /** How many results were ever kept here. */
  synchronized long spooled() {
    return spooled;
  }

  /**
   * Hands all results to the primary, while calls may add more. If the database refuses one, all
   * stay: to store a result twice is to store it once.
   */
  SpoolTally replay(Role to) throws IOException {
    SpoolTally tally = new SpoolTally();
    long offset = SpoolFile.FIRST;
    while (true) {
      Result result;
      synchronized (this) {
        result = file == null ? null : file.read(offset);
        if (result == null && tally.isComplete()) {
          clear(offset);
        }
      }
      if (result == null) {
        tally.tell("The spool of this process");
        return tally;
      }
      offset += SpoolFile.size(result);
      // outside the lock, because the primary may be silent
      tally.store(result, to.directoryId(), to.primary()::put);
    }
  }

  /**
   * @param read where the last result ends that could be read
   */
  private void clear(long read) throws IOException {
    if (file != null) {
      if (read < file.end()) {
        SpoolFile.warnOfRest(file.end() - read);
      }
      file.clear();
    }
    places.clear();
    oldestStart = Long.MAX_VALUE;
  }

  /** Whether there is one of a process that has ended. */
  static boolean isLeft(Path folder, Set<String> live) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var files = Files.list(folder)) {
      return files.anyMatch(file -> !live.contains(file.getFileName().toString()));
    }
  }

  /** Takes in what processes left that have ended. */
  static SpoolTally fold(Path folder, UUID directoryId, LocalPrimary primary) throws IOException {
    SpoolTally folded = new SpoolTally();
    if (!Files.isDirectory(folder)) {
      return folded;
    }
    List<Path> files;
    try (var listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path path : files) {
      // a file of this JVM must not be opened again: closing it would free its lock
      if (LockNames.contains(path)) {
        continue;
      }
      try {
        folded.add(foldOne(path, directoryId, primary));
      } catch (IOException e) {
        LOG.log(Level.WARNING, "Cannot take in the results in " + path + ": it stays", e);
      }
    }
    return folded;
  }

  private static SpoolTally foldOne(Path path, UUID directoryId, LocalPrimary primary)
      throws IOException {
    SpoolTally tally = new SpoolTally();
    try (SpoolFile spool = SpoolFile.takeOver(path)) {
      if (spool == null) {
        return tally;
      }
      spool.forEach(result -> tally.store(result, directoryId, primary::put));
      if (tally.isComplete()) {
        Files.delete(path);
      }
    }
    tally.tell("The spool " + path.getFileName());
    return tally;
  }

  /** Frees the file; it is deleted if nothing is in it. */
  @Override
  public synchronized void close() {
    closed = true;
    if (file == null) {
      return;
    }
    try {
      try {
        if (isEmpty()) {
          Files.deleteIfExists(path);
        }
      } finally {
        file.close();
      }
    } catch (IOException e) {
      throw Refusals.because("close", path, e);
    } finally {
      file = null;
      LockNames.remove(path);
    }
  }
}
