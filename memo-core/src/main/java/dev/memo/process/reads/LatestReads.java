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
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads of a process that can ask nobody else: they find what was acknowledged before they began,
 * as far as it can be read.
 *
 * <p>Who finds nothing, although something was written since the database was looked at last, waits
 * for another look, because to compute costs more: but never for long. One daemon thread does all
 * that could hold a caller up. Openings take a fifth of its time at most, whatever is replaced
 * meanwhile. What cannot be read is not found, and a warning says so. Thread-safe.
 */
public final class LatestReads implements LocalReads {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** How long a call waits for another look; opening a large database takes a part of a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Native code that does not come back must not keep a process from closing. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(10);

  /** Files that came and went may stand still the next time: so often, and then after a while. */
  private static final int TRIES = 5;

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(5);
  private static final Duration AFTER_TRIES = Duration.ofMillis(100);

  private static final int OPENING_SHARE = 4;
  private static final Duration MAX_OPENING_SHARE = Duration.ofSeconds(1);

  private final Views views;
  private final Runnable seesAgain;
  private final Pace pace;
  private final Duration patience;
  private final ThreadPoolExecutor looker;
  private final AtomicBoolean tidying = new AtomicBoolean();

  private volatile @Nullable Following following;
  private volatile boolean used; // since it was asked last
  private volatile boolean open; // a view is

  // of the thread
  private @Nullable View view;
  private long nextOpening = System.nanoTime();
  private long openedChanges;
  private long openedNanos;
  private long usedNanos;

  /**
   * @param generations those of all functions that ever had another than the first
   * @param seesAgain called when calls that have computed because nothing could be read would find
   *     what is stored
   */
  public LatestReads(Function<SecondaryStore, Map<Long, Long>> generations, Runnable seesAgain) {
    this(generations, seesAgain, Pace.DEFAULT, PATIENCE);
  }

  LatestReads(
      Function<SecondaryStore, Map<Long, Long>> generations,
      Runnable seesAgain,
      Pace pace,
      Duration patience) {
    this(generations, seesAgain, pace, patience, LatestReads::daemon);
  }

  LatestReads(
      Function<SecondaryStore, Map<Long, Long>> generations,
      Runnable seesAgain,
      Pace pace,
      Duration patience,
      ThreadFactory threads) {
    this.views = new Views(generations);
    this.seesAgain = seesAgain;
    this.pace = pace;
    this.patience = patience;
    this.looker =
        new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    looker.allowCoreThreadTimeOut(true);
  }

  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "memo looks at what others have written");
    thread.setDaemon(true);
    return thread;
  }

  /** What there is to read, and how reading it went. Another owner begins with another one. */
  private static final class Following {
    final Source source;
    final BackOff backOff; // of the thread
    final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Epochs of stripes of which a change has not ended in time. */
    final Map<Integer, Long> unended = new ConcurrentHashMap<>();

    volatile @Nullable Look look; // null during one, and without any
    volatile @Nullable Future<?> hangs; // a look that somebody has waited too long for
    volatile long blindUntilNanos = System.nanoTime();
    volatile boolean missedBlindly; // something was not found that may be there

    Following(Source source, Pace pace) {
      this.source = source;
      this.backOff = new BackOff(pace);
    }

    boolean isBlind() {
      Future<?> hanging = hangs;
      return (hanging != null && !hanging.isDone()) || System.nanoTime() - blindUntilNanos < 0;
    }

    /** Whether nothing of the stripe is being changed. Nobody waits twice for the same change. */
    boolean awaitStripe(int stripe) {
      OwnerPage page = source.page();
      long epoch = page.stripe(stripe);
      if (!Epochs.isChanging(epoch)) {
        return true;
      }
      Long known = unended.get(stripe);
      if ((known == null || known != epoch) && page.awaitStripe(stripe)) {
        return true;
      }
      unended.put(stripe, epoch);
      return false;
    }

    /** Says once at WARNING what has become of reading. */
    void tell(String what, String why, @Nullable Throwable cause) {
      String line = "What is stored in " + source.data() + " " + what + ": " + why;
      LOG.log(told.add(what) ? Level.WARNING : Level.DEBUG, line);
      LOG.log(Level.DEBUG, line, cause);
    }

    void tellOf(Throwable why) {
      boolean isForbidden = why.getCause() instanceof AccessDeniedException;
      String remedy =
          why instanceof StoreException && !isForbidden
              ? "; if that is damaged, open the directory once without readOnly()"
              : "";
      String message = why instanceof StoreException ? why.getMessage() + remedy : "" + why;
      tell("cannot be read, so calls compute", message, why);
    }
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

  /**
   * {@inheritDoc}
   *
   * @throws StoreException if it may be there, but cannot be read, while others can
   */
  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    return find(key.stripe(), view -> view.read(key, variant), false);
  }

  @Override
  public <T> @Nullable T look(int stripe, Function<SecondaryStore, T> question) {
    return find(
        stripe,
        view -> {
          T answer = view.isCurrent(stripe) ? question.apply(view.store()) : null;
          return view.isCurrent(stripe) ? answer : null;
        },
        true);
  }

  /**
   * Asks the last look, or the next one.
   *
   * @param needsAll whether an answer counts only if the look shows all; else only null does
   */
  private <T> @Nullable T find(int stripe, Finder<T> finder, boolean needsAll) {
    Following now = following;
    if (now == null) {
      return null;
    }
    if (!used) {
      used = true; // not written by every read: all threads share its cache line
    }
    long acknowledged = now.source.page().lastChange();
    Look last = now.look;
    if (last != null) {
      T found = finder.in(last.view);
      // else it may have been looked at meanwhile, when readers are not admitted
      boolean counts = found != null && !needsAll;
      if (counts || (last.showsAll(stripe, acknowledged) && last == now.look)) {
        return found;
      }
    }
    if (now.isBlind() || !now.awaitStripe(stripe)) {
      now.missedBlindly = true;
      return null;
    }
    return await(now, stripe, finder, acknowledged);
  }

  /** What is wanted of a view. */
  @FunctionalInterface
  private interface Finder<T> {
    @Nullable T in(View view);
  }

  @Override
  public boolean isBlind() {
    Following now = following;
    return now == null || now.isBlind();
  }

  /** Null if it takes too long. Then nobody waits until it has ended. */
  private <T> @Nullable T await(Following now, int stripe, Finder<T> finder, long acknowledged) {
    long deadline = System.nanoTime() + patience.toNanos();
    Future<@Nullable T> found;
    try {
      found =
          looker.submit(
              () ->
                  System.nanoTime() - deadline < 0
                      ? readAgain(now, stripe, finder, acknowledged)
                      : null);
    } catch (RejectedExecutionException e) {
      return null; // closed meanwhile
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return found.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // this is short, and the caller's own wait is not this one
        }
      }
    } catch (TimeoutException e) {
      now.hangs = found;
      now.missedBlindly = true;
      now.tell("cannot be read in time, so calls compute", "RocksDB does not return", e);
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException unreadable) {
        throw unreadable;
      }
      throw new AssertionError("other failures are told", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Looks again, unless somebody else has had that done. */
  private <T> @Nullable T readAgain(
      Following now, int stripe, Finder<T> finder, long acknowledged) {
    boolean sees = false;
    try {
      sees = now == following && lookPatiently(now, stripe, acknowledged);
    } catch (Throwable e) { // whatever it is: a later call looks again
      fail(now, e);
    }
    if (!sees || view == null) {
      now.missedBlindly = true;
      return null;
    }
    if (now.missedBlindly) {
      now.missedBlindly = false;
      seesAgain.run();
    }
    return finder.in(view);
  }

  private boolean lookPatiently(Following now, int stripe, long acknowledged) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return look(now, stripe, acknowledged);
      } catch (StoreException e) {
        if (e.reason() != Reason.TRY_AGAIN || tries == TRIES) {
          throw e;
        }
        letGo();
        LockSupport.parkNanos(tries * BETWEEN_TRIES.toNanos());
      }
    }
  }

  private boolean look(Following now, int stripe, long acknowledged) throws IOException {
    if (view != null && !view.source().equals(now.source)) {
      letGo();
    }
    if (now.isBlind() || Epochs.isChanging(now.source.page().stripe(stripe))) {
      return false;
    }
    Look last = now.look;
    long unseen = last == null ? Long.MAX_VALUE : acknowledged - last.changes;
    if (last == null || !last.view.isCurrent(stripe) || unseen > Pace.MAX_BACKLOG) {
      return open(now);
    } else if (unseen > 0) {
      return catchUp(now, last.view);
    }
    return true;
  }

  private boolean open(Following now) throws IOException {
    if (view != null) {
      LockSupport.parkNanos(Math.max(0, nextOpening - System.nanoTime()));
    }
    views.prepare();
    long begin = System.nanoTime();
    View opened = views.open(now.source);
    if (opened == null) {
      return false; // there is another owner, which will be followed
    }
    now.backOff.end();
    View former = view;
    view = opened;
    open = true;
    now.look = new Look(opened);
    if (former != null) {
      views.close(former);
    }
    openedChanges = opened.store().changeCount();
    openedNanos = System.nanoTime();
    usedNanos = openedNanos;
    long share = OPENING_SHARE * (openedNanos - begin);
    nextOpening = openedNanos + Math.min(share, MAX_OPENING_SHARE.toNanos());
    return true;
  }

  private static boolean catchUp(Following now, View current) {
    now.look = null;
    boolean caughtUp = current.store().catchUp(current.source().writer());
    now.look = new Look(current);
    return caughtUp;
  }

  private void letGo() {
    Following now = following;
    if (now != null) {
      now.look = null; // if it is of another view, it is looked for again
    }
    View former = view;
    view = null;
    open = false;
    if (former != null) {
      views.close(former);
    }
  }

  /** Nothing is found for a while. */
  private void fail(Following now, Throwable why) {
    View failed = view;
    letGo();
    now.missedBlindly = true;
    if (failed != null && !failed.isOfCurrentOwner()) {
      return; // another one has begun, which may do anything to what was read
    }
    if (why instanceof StoreException e && e.reason() == Reason.TRY_AGAIN) {
      now.blindUntilNanos = System.nanoTime() + AFTER_TRIES.toNanos();
      now.tell("changes too fast to be read, so some calls compute", "" + why.getMessage(), why);
    } else {
      now.blindUntilNanos = System.nanoTime() + now.backOff.next();
      now.tellOf(why);
    }
  }

  @Override
  public synchronized void follow(Source next) {
    following = looker.isShutdown() ? null : new Following(next, pace);
  }

  @Override
  public synchronized void rest() {
    following = null;
    tidy();
  }

  @Override
  public synchronized void tidy() {
    if (open && !looker.isShutdown() && tidying.compareAndSet(false, true)) {
      boolean isTaken = false;
      try {
        looker.execute(this::renewOrLetGo);
        isTaken = true;
      } finally {
        if (!isTaken) { // there is no thread, for instance: it is to be tried again
          tidying.set(false);
        }
      }
    }
  }

  /** An opening holds memory, and the space of deleted files. */
  private void renewOrLetGo() {
    tidying.set(false);
    View current = view;
    Following now = following;
    if (current == null) {
      return;
    }
    long moment = System.nanoTime();
    if (used) {
      used = false;
      usedNanos = moment;
    }
    boolean isOld =
        moment - openedNanos > pace.life().toNanos()
            && current.source().page().lastChange() > openedChanges;
    boolean isIdle = moment - usedNanos > pace.idle().toNanos();
    if (now == null || isIdle || !current.source().equals(now.source)) {
      letGo();
    } else if (isOld) {
      try {
        boolean unused = open(now); // beside those who read
      } catch (Throwable e) { // whatever it is: a later call looks again
        fail(now, e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      following = null;
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
