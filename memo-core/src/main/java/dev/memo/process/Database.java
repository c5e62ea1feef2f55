package dev.memo.process;

import dev.memo.failure.DirectoryException;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.Durability;
import dev.memo.store.RocksStore;
import dev.memo.store.WriteAheadLogs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** Opens the database of a directory, whatever state the last owner left it in. */
final class Database {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final Pattern MANIFEST_NAME = Pattern.compile("MANIFEST-\\d+");

  /** How long an owner that was killed may take to vanish. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Layout layout;
  private final ControlPage page;
  private final Durability durability;
  private final Ballast ballast;

  Database(Layout layout, ControlPage page, Durability durability, Ballast ballast) {
    this.layout = layout;
    this.page = page;
    this.durability = durability;
    this.ballast = ballast;
  }

  /**
   * Opens it, or makes it; a damaged one is moved aside first.
   *
   * @throws DirectoryException if it cannot be opened
   */
  RocksStore open() {
    try {
      if (hasLostItsHead()) {
        moveAside("CURRENT, the file that a database begins with, or what it names, is missing");
      }
      WriteAheadLogs.Damage damage = WriteAheadLogs.damageInManifest(layout.data());
      if (damage != null) { // RocksDB might read it for ever, or take it for ended there
        moveAside(damage.log().getFileName() + " makes no sense after " + damage.at() + " bytes");
      }
      DamagedLogs logs = DamagedLogs.cut(layout, aside());
      try {
        return requireWhole(openAsItIs(), logs);
      } catch (StoreException e) {
        if (e.reason() != Reason.CORRUPT) {
          throw new DirectoryException("cannot open " + layout.root() + ": " + e.getMessage(), e);
        }
        logs.restore();
        moveAside(String.valueOf(e.getMessage()));
      }
      return openAsItIs();
    } catch (IOException e) {
      throw Refusals.because("open the database", layout.data(), e);
    }
  }

  /** RocksDB would begin a new database there and delete the tables of the old one. */
  private boolean hasLostItsHead() throws IOException {
    if (!Files.isDirectory(layout.data())) {
      return false;
    }
    Path current = layout.data().resolve("CURRENT");
    if (Files.exists(current)) {
      // one that names nothing sensible is for RocksDB to report
      String manifest = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
      return MANIFEST_NAME.matcher(manifest).matches()
          && !Files.exists(layout.data().resolve(manifest));
    }
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(layout.data(), "*.{sst,log}")) {
      return tables.iterator().hasNext();
    }
  }

  private RocksStore openAsItIs() throws IOException {
    if (!Files.exists(layout.data().resolve("CURRENT"))) {
      page.startChangesAt(0); // before it begins: a new one that is empty has forgotten nothing
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        // sparingly, so that most of the ballast's space can be taken back for the next opening
        return ballast.diskIsFull()
            ? RocksStore.openSparingly(layout.data(), durability)
            : RocksStore.open(layout.data(), durability);
      } catch (StoreException e) {
        if (e.reason() == Reason.NO_SPACE && !ballast.diskIsFull()) {
          ballast.drop();
          continue;
        }
        if (e.reason() != Reason.LOCKED || System.nanoTime() > deadline) {
          throw e;
        }
        Pauses.pause(Duration.ofMillis(20));
      }
    }
  }

  private RocksStore requireWhole(RocksStore store, DamagedLogs logs) throws IOException {
    boolean whole = false;
    try {
      if (RocksStore.isMarkedDamaged(layout.data())) {
        store.verify();
      }
      new Meta(store).requireSound();
      requireRemovals(store, logs);
      whole = true;
      return store;
    } finally {
      if (!whole) { // whatever it was: left open, it could not be opened before this JVM has ended
        store.close();
      }
    }
  }

  /** A folder that does not exist. */
  private Path aside() {
    Path aside;
    do {
      aside = layout.root().resolve("data.corrupt-" + STAMP.format(Instant.now()));
    } while (Files.exists(aside));
    return aside;
  }

  /**
   * RocksDB takes a log or a manifest for ended where it is damaged. Results that are lost with the
   * rest are computed again, but with a lost removal the removed values would be back.
   */
  private void requireRemovals(RocksStore store, DamagedLogs logs) {
    long found = store.changeCount();
    long lost = page.lastChange() - found;
    if (found < page.lastRemoval()) {
      throw new StoreException(
          Reason.CORRUPT,
          "its last " + lost + " changes are lost, and what was invalidated would be back",
          null);
    }
    if (lost > 0) {
      LOG.log(
          Level.WARNING,
          "The database of {0} has lost its last {1} changes, as after damage or after a power cut"
              + " without POWER_LOSS: these results are computed again{2}",
          layout.root(),
          lost,
          logs);
    } else if (!logs.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "The database of {0} was damaged where nothing was stored{1}",
          layout.root(),
          logs);
    }
    page.startChangesAt(found);
  }

  private void moveAside(String damage) throws IOException {
    Path aside = aside();
    Files.move(layout.data(), aside);
    LOG.log(
        Level.WARNING,
        "The database of {0} is damaged, so a new one begins; the old one was moved to {1}: {2}",
        layout.root(),
        aside,
        damage);
  }
}
