package dev.memo.process.reads;

import dev.memo.claims.CallKey;
import dev.memo.claims.Epochs;
import dev.memo.claims.Stored;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.SecondaryStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads of a process that can ask nobody else: they find what was acknowledged before they began.
 *
 * <p>Who finds nothing, although something was written since the database was looked at last, waits
 * for another look, because to compute costs more: but never for long. One daemon thread does all
 * that could hold a caller up. What cannot be read is not found, and one warning says so.
 * Thread-safe.
 */
public final class LatestReads implements LocalReads {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** How long a call waits for another look; opening a large database takes a part of a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Longer than forcing a log takes. An owner that was killed in the midst of it never ends it. */
  private static final Duration LONGEST_CHANGE = Duration.ofMillis(20);

  /** Native code that does not come back must not keep a process from closing. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(10);

  private static final int TRIES = 5;
  private static final long PAUSE_NANOS = 5_000_000;

  private final Views views;
  private final Pace pace;
  private final Duration patience;
  private final ThreadPoolExecutor looker;
  private final AtomicBoolean complained = new AtomicBoolean(); // of what this owner has left

  private volatile @Nullable Source source; // written under this
  private volatile @Nullable Look look; // null during one, and without any; written under this
  private volatile boolean used; // since it was asked last
  private volatile @Nullable Future<?> hangs; // a look that somebody has waited too long for
  private volatile long blindUntilNanos = System.nanoTime(); // after a failure

  // of the thread
  private final BackOff backOff;
  private @Nullable View view;
  private long openedChanges;
  private long openedNanos;
  private long usedNanos;

  /**
   * @param generations those of all functions that ever had another than the first
   */
  public LatestReads(Function<SecondaryStore, Map<Long, Long>> generations) {
    this(generations, Pace.DEFAULT, PATIENCE);
  }

  LatestReads(Function<SecondaryStore, Map<Long, Long>> generations, Pace pace, Duration patience) {
    this.views = new Views(generations);
    this.pace = pace;
    this.patience = patience;
    this.backOff = new BackOff(pace);
    this.looker =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), LatestReads::daemon);
    looker.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "memo looks at what others have written");
    thread.setDaemon(true);
    return thread;
  }

  /** What a look has shown. Its identity tells it from others. */
  private static final class Look {
    final View view;
    final long changes;

    Look(View view) {
      this.view = view;
      this.changes = view.store().changeCount();
    }

    /** Whether what is not found is not there. */
    boolean showsAll(int stripe, long acknowledged) {
      return changes >= acknowledged && view.isCurrent(stripe);
    }
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    Source from = source;
    if (from == null) {
      return null;
    }
    if (!used) {
      used = true; // not written by every read: all threads share its cache line
    }
    long acknowledged = from.page().lastChange();
    Look last = look;
    if (last != null) {
      Stored found = find(last.view, key, variant);
      // else it may have been looked at meanwhile, when readers are not admitted
      if (found != null || (last.showsAll(key.stripe(), acknowledged) && last == look)) {
        return found;
      }
    }
    return isBlind() ? null : await(() -> readAgain(from, key, variant, acknowledged));
  }

  private boolean isBlind() {
    Future<?> hanging = hangs;
    return (hanging != null && !hanging.isDone()) || System.nanoTime() - blindUntilNanos < 0;
  }

  private @Nullable Stored find(View current, CallKey key, int variant) {
    try {
      return current.read(key, variant);
    } catch (StoreException e) {
      complain("Some results", e); // others can be read
      return null;
    }
  }

  /** Null if it takes too long. Then nobody waits until it has ended. */
  private @Nullable Stored await(Looking looking) {
    Future<@Nullable Stored> found;
    try {
      found = looker.submit(looking::find);
    } catch (RejectedExecutionException e) {
      return null; // closed meanwhile
    }
    boolean interrupted = false;
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      while (true) {
        try {
          return found.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // this is short, and the caller's own wait is not this one
        }
      }
    } catch (TimeoutException e) {
      hangs = found;
      LOG.log(Level.DEBUG, "Not waited for any longer: another look at what is stored", e);
      return null;
    } catch (ExecutionException e) {
      throw new AssertionError("failures are told, not thrown", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @FunctionalInterface
  private interface Looking {
    @Nullable Stored find();
  }

  /** Looks again, unless somebody else has had that done. */
  private @Nullable Stored readAgain(Source from, CallKey key, int variant, long acknowledged) {
    try {
      boolean seen = from.equals(source) && lookPatiently(from, key.stripe(), acknowledged);
      return seen && view != null ? find(view, key, variant) : null;
    } catch (Throwable e) { // whatever it is: the next call looks again
      fail(from, e);
      return null;
    }
  }

  /** Files that came and went may stand still the next time. */
  private boolean lookPatiently(Source from, int stripe, long acknowledged) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return look(from, stripe, acknowledged);
      } catch (StoreException e) {
        if (e.reason() != Reason.TRY_AGAIN || tries == TRIES) {
          throw e;
        }
        letGo();
        LockSupport.parkNanos(tries * PAUSE_NANOS);
      }
    }
  }

  private boolean look(Source from, int stripe, long acknowledged) throws IOException {
    if (view != null && !view.source().equals(from)) {
      letGo();
    }
    if (System.nanoTime() - blindUntilNanos < 0 || !awaitChange(from.page(), stripe)) {
      return false;
    }
    Look last = look;
    long unseen = last == null ? Long.MAX_VALUE : acknowledged - last.changes;
    if (last == null || !last.view.isCurrent(stripe) || unseen > Pace.MAX_BACKLOG) {
      return open(from);
    } else if (unseen > 0) {
      return catchUp(last.view);
    }
    return true;
  }

  /** Whether the stripe is not being changed, perhaps after waiting for that. */
  private static boolean awaitChange(OwnerPage page, int stripe) {
    long deadline = System.nanoTime() + LONGEST_CHANGE.toNanos();
    while (Epochs.isChanging(page.stripe(stripe))) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(100_000);
    }
    return true;
  }

  private boolean open(Source from) throws IOException {
    views.prepare();
    View opened = views.open(from);
    if (opened == null) {
      return false; // there is another owner, which will be followed
    }
    backOff.end();
    View former = view;
    view = opened;
    admit(new Look(opened));
    if (former != null) {
      views.close(former);
    }
    openedChanges = opened.store().changeCount();
    openedNanos = System.nanoTime();
    usedNanos = openedNanos;
    return true;
  }

  private boolean catchUp(View current) {
    hide();
    boolean caughtUp = current.store().catchUp(current.source().writer());
    admit(new Look(current));
    return caughtUp;
  }

  private synchronized void admit(Look next) {
    if (next.view.source().equals(source)) {
      look = next;
    }
  }

  private synchronized void hide() {
    look = null;
  }

  private void letGo() {
    hide();
    View former = view;
    view = null;
    if (former != null) {
      views.close(former);
    }
  }

  /** Nothing is found for a while. */
  private void fail(Source from, Throwable why) {
    View failed = view;
    letGo();
    if (!from.equals(source) || (failed != null && !failed.isOfCurrentOwner())) {
      return; // another owner has begun, which may do anything to what was read
    }
    blindUntilNanos = System.nanoTime() + backOff.next();
    boolean passes = why instanceof StoreException e && e.reason() == Reason.TRY_AGAIN;
    if (passes && !backOff.lasts()) {
      LOG.log(Level.DEBUG, "Looked at again soon: " + from.data(), why);
    } else {
      complain("What is stored", why);
    }
  }

  /** Once for each owner: what is damaged stays so until there is another. */
  private void complain(String what, Throwable why) {
    LOG.log(
        complained.compareAndSet(false, true) ? Level.WARNING : Level.DEBUG,
        what
            + " cannot be read at the moment, so calls compute. If that is for damage, open the"
            + " directory once without readOnly(): "
            + why,
        why);
  }

  @Override
  public synchronized void follow(Source next) {
    look = null;
    source = looker.isShutdown() ? null : next;
    complained.set(false);
    blindUntilNanos = System.nanoTime();
  }

  @Override
  public synchronized void rest() {
    look = null;
    source = null;
    tidy();
  }

  @Override
  public synchronized void tidy() {
    if (!looker.isShutdown()) {
      looker.execute(this::letGoOfUnused);
    }
  }

  /** An opening holds memory, and the space of deleted files. */
  private void letGoOfUnused() {
    View current = view;
    if (current == null) {
      return;
    }
    long now = System.nanoTime();
    if (used) {
      used = false;
      usedNanos = now;
    }
    boolean isOld =
        now - openedNanos > pace.life().toNanos()
            && current.source().page().lastChange() > openedChanges;
    boolean isIdle = now - usedNanos > pace.idle().toNanos();
    if (isOld || isIdle || !current.source().equals(source)) {
      letGo();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      rest();
      if (!looker.isShutdown()) {
        looker.execute(this::letGo);
        looker.execute(views::close);
        looker.shutdown();
      }
    }
    boolean interrupted = false;
    long deadline = System.nanoTime() + LAST_LOOK.toNanos();
    while (!looker.isTerminated() && System.nanoTime() - deadline < 0) {
      try {
        boolean unused =
            looker.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!looker.isTerminated()) {
      LOG.log(
          Level.WARNING,
          "RocksDB does not return from reading what another process wrote, so it is left alone");
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
