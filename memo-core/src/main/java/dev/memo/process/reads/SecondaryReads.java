package dev.memo.process.reads;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.SecondaryStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a RocksDB secondary of this process.
 *
 * <p>A reader takes what the {@link View} finds, and is never made to wait. One daemon thread opens
 * the database when somebody has found nothing, catches up with what was written since, and opens
 * it anew beside the readers when too much of it does not count any more. It works only while
 * readers miss something, and seldom enough to cost them little; it lets the database go when
 * nobody reads. Thread-safe.
 */
public final class SecondaryReads implements LocalReads {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** Native code that does not come back must not keep a process from closing. */
  private static final Duration LAST_STEP = Duration.ofSeconds(10);

  private final Views views;
  private final Pace pace;
  private final ThreadFactory threads;
  private final LongAdder openings = new LongAdder();
  private final LongAdder catchUps = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** What readers read. */
  private final AtomicReference<@Nullable View> admitted = new AtomicReference<>();

  // told by readers
  private volatile boolean used;
  private volatile boolean missed;
  private volatile @Nullable StoreException met;

  private volatile @Nullable Source source; // written under this
  private volatile boolean closed; // written under this
  private volatile boolean asleep; // the thread has to be woken by who misses something
  private volatile boolean isIdle; // as above, and nothing is due before
  private @Nullable Thread thread; // guarded by this

  // of the thread
  private @Nullable View view;
  private boolean wanted; // something was missed since the last look
  private boolean wantedAnew; // something was missed since the opening
  private long seenChanges; // of the database, at the last look
  private long openedChanges; // of the database, at the opening
  private long openedNanos;
  private long usedNanos;
  private long movedNanos; // when this view was first found to have moved stripes, or looked at
  private long nextCatchUp = System.nanoTime();
  private long nextOpening = System.nanoTime();
  private final BackOff backOff;

  /**
   * What was done so far.
   *
   * @param failures met by readers or the thread; none reached a caller
   */
  public record Counts(long openings, long catchUps, long failures) {}

  /**
   * @param generations those of all functions that ever had another than the first
   */
  public SecondaryReads(Function<SecondaryStore, Map<Long, Long>> generations) {
    this(generations, Pace.DEFAULT);
  }

  SecondaryReads(Function<SecondaryStore, Map<Long, Long>> generations, Pace pace) {
    this(generations, pace, Thread::new);
  }

  SecondaryReads(
      Function<SecondaryStore, Map<Long, Long>> generations, Pace pace, ThreadFactory threads) {
    this.threads = threads;
    this.views = new Views(generations);
    this.pace = pace;
    this.backOff = new BackOff(pace);
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    Stored found = find(view -> view.read(key, variant));
    tell(found == null);
    return found;
  }

  @Override
  public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    List<@Nullable Stored> found = find(view -> view.readAll(keys, variant));
    tell(found == null || found.contains(null));
    return found == null ? Collections.nCopies(keys.size(), null) : found;
  }

  /** Null if nothing can be read. */
  private <T> @Nullable T find(Function<View, @Nullable T> question) {
    View current = admitted.get();
    if (current == null) {
      return null;
    }
    try {
      return question.apply(current);
    } catch (StoreException e) {
      if (admitted.compareAndSet(current, null)) {
        met = e;
      }
      return null;
    }
  }

  /** Says to the thread that somebody has read, and whether something was not found. */
  private void tell(boolean missing) {
    if (!used) {
      used = true; // not written by every read: all threads share its cache line
    }
    if (missing && !missed) {
      missed = true;
      if (asleep && source != null) {
        wake();
      }
    }
  }

  @Override
  public synchronized void follow(Source next) {
    if (closed) {
      return;
    }
    admitted.set(null);
    source = next;
    if (thread == null) {
      Thread made = threads.newThread(this::run);
      made.setName("memo follows " + next.data());
      made.setDaemon(true);
      made.start();
      thread = made; // not before: one that could not be started is made again
    }
    wake();
  }

  @Override
  public synchronized void rest() {
    admitted.set(null);
    source = null;
    wake();
  }

  private synchronized void admit(View opened) {
    if (opened.source().equals(source)) {
      admitted.set(opened);
    }
  }

  private synchronized void wake() {
    LockSupport.unpark(thread);
  }

  /** Whether nothing is looked at before somebody misses something. */
  boolean isAtRest() {
    return isIdle && !missed;
  }

  /** What was done so far. */
  public Counts counts() {
    return new Counts(openings.sum(), catchUps.sum(), failures.sum());
  }

  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      rest();
      running = thread;
    }
    if (running != null) {
      awaitEnd(running);
    }
  }

  private static void awaitEnd(Thread thread) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + LAST_STEP.toNanos();
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        thread.join(1 + Duration.ofNanos(deadline - System.nanoTime()).toMillis());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.log(
          Level.WARNING,
          "RocksDB does not return from reading what another process wrote, so it is left alone:"
              + " {0}",
          thread.getName());
    }
  }

  private void run() {
    while (!closed) {
      long dueNanos = 0;
      try {
        dueNanos = step(System.nanoTime());
      } catch (Throwable e) { // whatever it is: without this thread nothing is local any more
        failIfPossible(e);
      }
      pause(dueNanos);
    }
    letGo();
    views.close();
  }

  /**
   * @param dueNanos when there is something to do, whether anything more is missed or not; 0 if
   *     there is nothing
   */
  private void pause(long dueNanos) {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    long longest = dueNanos == 0 ? pace.restNanos() : dueNanos - now;
    if (view == null && dueNanos != 0) {
      LockSupport.parkNanos(this, longest); // whatever is missed, it is not opened before
      return;
    }
    long shortly = pace.betweenCatchUps().toNanos(); // however often something is missed
    LockSupport.parkNanos(this, shortly);
    asleep = true;
    isIdle = dueNanos == 0;
    boolean isOutdated = view != null && !view.source().equals(source);
    if (!missed && !closed && !isOutdated && longest > shortly) {
      LockSupport.parkNanos(this, longest - shortly);
    }
    isIdle = false;
    asleep = false;
  }

  /** Does what is due by now. Returns when more will be, 0 if nothing is known to be. */
  private long step(long now) throws IOException {
    Source current = source;
    if (view != null && !view.source().equals(current)) {
      letGo();
    }
    wanted |= missed;
    missed = false;
    if (used) {
      used = false;
      usedNanos = now;
    }
    StoreException failure = met;
    if (failure != null) {
      met = null;
      throw failure;
    }
    if (current == null || (view == null && !wanted)) {
      wanted = false;
      return 0;
    }
    if (view == null) {
      return now - nextOpening < 0 ? nextOpening : open(current, now);
    }
    if (now - usedNanos > pace.idle().toNanos()) {
      letGo();
      return 0;
    }
    return follow(view, now);
  }

  private long follow(View current, long now) throws IOException {
    long written = current.source().page().lastChange() - seenChanges;
    wantedAnew |= wanted;
    boolean reopens = isOpeningDue(current, written, now);
    if (reopens && now - nextOpening >= 0) {
      return open(current.source(), now);
    }
    long due = reopens ? nextOpening : 0;
    if (wanted && written > 0 && written <= Pace.MAX_BACKLOG) {
      if (now - nextCatchUp < 0) {
        return due == 0 ? nextCatchUp : Math.min(due, nextCatchUp);
      }
      catchUp(current);
    }
    wanted = false;
    return due;
  }

  private boolean isOpeningDue(View current, long written, long now) {
    int moved = current.snapshot().moved(current.source().page());
    if (moved == 0) {
      movedNanos = now;
    }
    boolean misleads =
        moved >= Pace.MANY_MOVED
            || now - movedNanos > pace.oneMoved().toNanos()
            || written > Pace.MAX_BACKLOG;
    boolean isOld =
        now - openedNanos > pace.life().toNanos()
            && current.source().page().lastChange() > openedChanges;
    return (misleads && wantedAnew) || isOld;
  }

  private long open(Source from, long now) throws IOException {
    wanted = false;
    if (!SecondaryStore.isAvailable()) {
      LOG.log(Level.DEBUG, "Another class loader has RocksDB: {0} is not opened", from.data());
      nextOpening = now + pace.longestAfterFailure().toNanos();
      return 0;
    }
    views.prepare();
    long begin = System.nanoTime();
    View opened;
    try {
      opened = views.open(from);
    } catch (StoreException e) {
      if (view == null || e.reason() != Reason.TRY_AGAIN) {
        throw e;
      }
      keep(e);
      return nextOpening;
    }
    long end = System.nanoTime();
    nextOpening = end + pace.afterOpeningNanos(end - begin);
    if (opened == null) {
      return 0; // there is another owner, which the keeper will follow
    }
    openings.increment();
    View former = view;
    view = opened;
    admit(opened);
    if (former != null) {
      views.close(former);
    }
    wantedAnew = false;
    openedChanges = opened.store().changeCount();
    seenChanges = openedChanges;
    openedNanos = end;
    usedNanos = end;
    movedNanos = end;
    return 0;
  }

  /** What is read already is as right as before; only for the rest the primary is asked. */
  private void keep(StoreException why) {
    failures.increment();
    long nanos = backOff.next();
    nextOpening = System.nanoTime() + nanos;
    LOG.log(Level.DEBUG, "Not opened anew for " + Duration.ofNanos(nanos) + ": " + why, why);
  }

  private void catchUp(View current) {
    long begin = System.nanoTime();
    if (!current.store().catchUp(current.source().writer())) {
      // the owner does not answer: what was read before is still right
      nextCatchUp = begin + pace.betweenOpenings().toNanos();
      return;
    }
    seenChanges = current.store().changeCount();
    catchUps.increment();
    long end = System.nanoTime();
    nextCatchUp = end + pace.afterCatchUpNanos(end - begin);
  }

  /** Closes the view that readers are not sent to any more. */
  private void letGo() {
    View former = view;
    view = null;
    if (former != null) {
      admitted.compareAndSet(former, null);
      views.close(former);
    }
  }

  private void failIfPossible(Throwable why) {
    try {
      fail(why);
    } catch (Throwable again) {
      // a heap that is full has no place for words either: what is still wrong later is told then
    }
  }

  /** Nothing is local for a while. */
  private void fail(Throwable why) {
    View failed = view;
    letGo();
    if (failed != null && !failed.isOfCurrentOwner()) {
      return; // another one has begun, which may do anything to what was read
    }
    failures.increment();
    long nanos = backOff.next();
    nextOpening = System.nanoTime() + nanos;
    boolean passes = why instanceof StoreException e && e.reason() == Reason.TRY_AGAIN;
    LOG.log(
        backOff.isFirst() && !passes ? Level.WARNING : Level.DEBUG,
        "The primary is asked for everything for " + Duration.ofNanos(nanos) + ": " + why,
        why);
  }
}
