package dev.memo.process;

import static java.util.Objects.requireNonNull;

import dev.memo.claims.Epochs;
import dev.memo.failure.DirectoryException;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.SilentWriter;
import dev.memo.process.reads.Source;
import dev.memo.store.WholeDatabase;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, without asking it, which owner has a directory, or had it last, and lets this process
 * read what that one has opened.
 *
 * <p>An owner raises the epochs of the control page, then opens the database, which it may have to
 * repair or to replace, and then says in the owner file that it has. So there is something to read
 * while the epoch of the owner file is that of the page, and the file names the directory. What an
 * owner has left that ended before is read by nobody. Whoever has begun before another owner finds
 * its epochs moved.
 *
 * <p>Its thread looks every second, and at once if a call finds that another owner has begun.
 */
final class OwnerWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final String REMEDY = "open the directory once without readOnly()";
  private static final String UNTOLD = "the reason could not be told; " + REMEDY;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Tells whether the owner of this epoch is known to have opened the database. */
  @FunctionalInterface
  interface Rule {
    Rule PUBLISHED =
        (owner, epoch) -> owner != null && owner.epoch() == epoch && owner.directoryId() != null;

    boolean hasOpened(@Nullable Owner owner, long ownerEpoch);
  }

  /**
   * Tests have others.
   *
   * @param patience how long calls wait for an owner that has begun, altogether
   */
  record Rules(Rule rule, Duration patience) {
    static final Rules DEFAULT = new Rules(Rule.PUBLISHED, Duration.ofSeconds(2));
  }

  private final DirectorySettings settings;
  private final Layout layout;
  private final MemberEpochs epochs;
  private final LocalReads reads;
  private final Rule rule;
  private final long patienceNanos;
  private final Warnings warnings = new Warnings();
  private final Thread thread;

  private volatile @Nullable Source source; // written under this
  private volatile @Nullable UUID directoryId; // written by the thread
  private volatile boolean closed; // written under this
  private volatile boolean missed; // whether a call waited in vain
  private long lostNanos = System.nanoTime(); // since when there is no source; guarded by this

  // of the thread, while it runs
  private @Nullable MemberFolder folder;
  private @Nullable ControlPage page;
  private @Nullable Source followed;
  private @Nullable String complaint;

  /**
   * @param epochs what was read, and computed, under them counts while they are current
   */
  OwnerWatch(
      DirectorySettings settings,
      Layout layout,
      MemberEpochs epochs,
      LocalReads reads,
      Rules rules) {
    this.settings = settings;
    this.layout = layout;
    this.epochs = epochs;
    this.reads = reads;
    this.rule = rules.rule;
    this.patienceNanos = rules.patience.toNanos();
    this.thread = new Thread(this::watch, "memo watches " + layout.root());
    thread.setDaemon(true);
  }

  /**
   * Looks for the first time, then goes on in the background.
   *
   * @throws DirectoryException if RocksDB's notes can be kept nowhere
   */
  void start() {
    folder = makeFolder();
    look();
    thread.start();
  }

  Epochs epochs() {
    return epochs;
  }

  /** The id of the directory; null if it was never known. */
  @Nullable UUID directoryId() {
    return directoryId;
  }

  /**
   * Returns when the owner has opened the database. While there is none that is known to have, it
   * waits: but not for longer, altogether, than an owner should need.
   */
  void awaitOwner() {
    if (isUpToDate()) {
      return;
    }
    boolean interrupted = false;
    synchronized (this) {
      if (source != null && !isUpToDate()) {
        lose();
        LockSupport.unpark(thread);
      }
      while (!isUpToDate() && !closed) {
        long left = lostNanos + patienceNanos - System.nanoTime();
        if (left <= 0) {
          break;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        } catch (InterruptedException e) {
          interrupted = true; // this is short, and the caller's own wait is not this one
        }
      }
    }
    missed |= !isUpToDate();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isUpToDate() {
    Source current = source;
    return current != null && current.page().ownerEpoch() == current.ownerEpoch();
  }

  private synchronized void lose() {
    if (source != null) {
      source = null;
      lostNanos = System.nanoTime();
    }
  }

  private synchronized void find(Source found) {
    source = found;
    notifyAll();
  }

  private synchronized boolean hasPatience() {
    return System.nanoTime() - lostNanos < patienceNanos;
  }

  private void watch() {
    while (!closed) {
      boolean soon = source == null && hasPatience();
      LockSupport.parkNanos(this, soon ? LOOK_SOON_NANOS : LOOK_NANOS);
      try {
        look();
        reads.tidy();
        if (source == null && !closed && !hasPatience()) {
          complain();
        }
      } catch (Throwable e) { // of who tidies up, or complains: the next look does it again
        explain(e);
      }
    }
  }

  private void explain(Throwable e) {
    try {
      warnings.warn("Cannot look after " + layout.root() + " at the moment: " + e, e);
    } catch (Throwable again) {
      // a heap that is full has no place for words either: what is still wrong later is told then
    }
  }

  private void look() {
    try {
      MemberFolder own = folderInPlace();
      ControlPage current = mapped();
      long epoch = current.ownerEpoch(); // before: a later owner is not taken for this one
      if (isFollowed(current, epoch)) {
        return;
      }
      Owner owner = Owner.read(layout.owner());
      if (rule.hasOpened(owner, epoch)) {
        follow(source(current, epoch, own.path()), owner);
      } else {
        rest(layout.owner() + " names no owner that has opened the database; " + REMEDY);
      }
    } catch (Throwable e) { // whatever it is, this thread has to go on
      rest(UNTOLD); // first: to find words needs memory
      complaint = reason(e);
      LOG.log(Level.DEBUG, "Nothing of " + layout.root() + " can be read", e);
    }
  }

  private static String reason(Throwable e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " is missing; " + REMEDY;
    }
    if (e instanceof AccessDeniedException) {
      return e.toString();
    }
    return e instanceof DirectoryException
        ? String.valueOf(e.getMessage())
        : e.getMessage() + "; " + REMEDY;
  }

  private Source source(ControlPage current, long epoch, Path own) {
    WholeDatabase database =
        new WholeDatabase(layout.data(), own.resolve(LocalReads.FOLDER + "links"));
    return new Source(layout.data(), own, current, epoch, new SilentWriter(current, database));
  }

  /** Somebody may clean the temporary folder up. */
  private MemberFolder folderInPlace() throws IOException {
    MemberFolder current = requireNonNull(folder, "not started");
    if (!current.isInPlace()) {
      rest(current.path() + " was removed");
      current.forget();
      current = makeFolder();
      folder = current;
    }
    return current;
  }

  private MemberFolder makeFolder() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      return TemporaryFolders.make(temporary);
    } catch (IOException e) {
      throw new DirectoryException(
          "cannot read "
              + layout.root()
              + ", because no folder for RocksDB's notes can be made in "
              + temporary.toAbsolutePath()
              + ": "
              + e
              + "; -Djava.io.tmpdir=<folder> names another one",
          e);
    }
  }

  private ControlPage mapped() throws IOException {
    ControlPage current = page;
    if (current != null && isInPlace(current)) {
      return current;
    }
    // first: what is read of the former directory must not count under the epochs of the next
    rest(layout.control() + " is another one now");
    if (current != null) {
      page = null;
      epochs.map(null);
      epochs.forget();
    }
    Layout unused = Admission.admitToRead(layout.root(), settings); // it may be another one
    ControlPage next = ControlPage.openToRead(layout.control());
    page = next;
    epochs.map(next);
    return next;
  }

  /** Somebody may delete the directory while we have it open, and make another one. */
  private boolean isInPlace(ControlPage current) {
    try {
      return current.isShownBy(layout.control());
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Looked for again: " + layout.control(), e);
      return true; // too many open files, for instance, say nothing about this one
    }
  }

  private void follow(Source found, @Nullable Owner owner) {
    complaint = null;
    warnings.clear();
    if (owner != null) {
      directoryId = owner.directoryId();
    }
    LOG.log(Level.DEBUG, "{0}: this process reads what {1} has opened", layout.root(), owner);
    followed = found;
    reads.follow(found);
    find(found);
    epochs.forget(); // what was computed before, because nothing could be read
  }

  private boolean isFollowed(ControlPage current, long ownerEpoch) {
    Source known = followed;
    return known != null && known.page() == current && known.ownerEpoch() == ownerEpoch;
  }

  private void rest(String why) {
    complaint = why;
    lose();
    if (followed != null) {
      followed = null;
      reads.rest();
    }
  }

  private void complain() {
    warnings.warn(
        "Nothing that is stored in "
            + layout.root()
            + " can be served, so calls compute: "
            + complaint,
        null);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    LockSupport.unpark(thread);
    PrivateThread.join(thread);
    if (missed && source == null && complaint != null) {
      complain(); // if there was no time for it
    }
  }

  /** To be called last: what is read has files in it. */
  void removeFolder() {
    if (folder != null) {
      folder.close();
    }
  }
}
