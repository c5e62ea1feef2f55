package dev.memo.process.reads;

import dev.memo.claims.CallKey;
import dev.memo.claims.Epochs;
import dev.memo.claims.Stored;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.SecondaryStore;
import dev.memo.store.WholeDatabase;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a RocksDB secondary of this process.
 *
 * <p>A reader takes what the {@link View} finds, and is never made to wait; only who can ask nobody
 * else may wait for another look at the database ({@link #readLatest}). One daemon thread opens the
 * database when somebody has found nothing, catches up with what was written since, and opens it
 * anew beside the readers when too much of it does not count any more. It works only while readers
 * miss something, and seldom enough to cost them little; it lets the database go when nobody reads.
 * Thread-safe.
 */
public final class SecondaryReads implements LocalReads {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** Native code that does not come back must not keep a process from closing. */
  private static final Duration LAST_STEP = Duration.ofSeconds(10);

  private static final String PART = "Some results";

  /** A state that should pass, but is still there after this many times the first pause. */
  private static final int LASTS = 4;

  private final Views views;
  private final Pace pace;
  private final @Nullable Patience patience; // null if a primary can be asked
  private final LongAdder openings = new LongAdder();
  private final LongAdder catchUps = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** What readers read. */
  private final AtomicReference<@Nullable View> admitted = new AtomicReference<>();

  // told by readers
  private volatile boolean used;
  private volatile boolean missed;
  private volatile @Nullable StoreException met;

  /** The last look at the database; null during one, and without any. Written under this. */
  private volatile @Nullable Look look;

  private volatile long looks; // that have begun; written by the thread
  private volatile int waiters; // for a look; written under this
  private volatile boolean waitForOpening; // a catch-up does not help them; written under this
  private volatile boolean inVain; // to wait for the next look; written under this

  private volatile @Nullable Source source; // written under this
  private volatile boolean closed; // written under this
  private volatile boolean asleep; // the thread has to be woken by who misses something
  private @Nullable Thread thread; // guarded by this

  // of the thread
  private @Nullable View view;
  private boolean wanted; // something was missed since the last look
  private boolean wantedAnew; // something was missed since the opening
  private long seenSequence; // the last one before the last look
  private long openedSequence; // the last one before the opening
  private long openedNanos;
  private long usedNanos;
  private long movedNanos; // when this view was first found to have moved stripes, or looked at
  private long nextCatchUp;
  private long nextOpening = System.nanoTime();
  private long nextCatchUpIfAwaited;
  private long nextOpeningIfAwaited = System.nanoTime();
  private long failedNanos;
  private long backOffNanos;
  private @Nullable Source whole; // had all its tables
  private @Nullable Source tried; // the last one
  private boolean complained; // of it
  private @Nullable Throwable untold; // what might have passed

  /**
   * What was done so far.
   *
   * @param failures met by readers or the thread; none reached a caller
   */
  public record Counts(long openings, long catchUps, long failures) {}

  /**
   * How long calls wait that cannot ask a primary.
   *
   * @param forOpening for the first opening of the database
   * @param forLook for any later one, or until it is caught up with
   */
  record Patience(Duration forOpening, Duration forLook) {
    static final Patience DEFAULT = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(1));
  }

  /**
   * What is shown by a database since it was looked at last.
   *
   * @param changes that it has seen
   * @param number of this look
   */
  private record Look(View view, long changes, long number) {

    /** Whether all that was acknowledged when somebody asked is there to be read. */
    boolean shows(Asked asked, int stripe) {
      return view.source().equals(asked.from)
          && (changes >= asked.changes || number > asked.looks)
          && isCurrent(stripe);
    }

    boolean isCurrent(int stripe) {
      return view.snapshot().isCurrent(stripe, view.source().page());
    }
  }

  /**
   * When somebody asked for the latest.
   *
   * @param changes that were acknowledged
   * @param looks that had begun
   */
  private record Asked(Source from, long changes, long looks) {}

  /**
   * @param generations those of all functions that ever had another than the first
   */
  public SecondaryReads(Function<SecondaryStore, Map<Long, Long>> generations) {
    this(generations, Pace.DEFAULT);
  }

  SecondaryReads(Function<SecondaryStore, Map<Long, Long>> generations, Pace pace) {
    this(generations, pace, null);
  }

  SecondaryReads(
      Function<SecondaryStore, Map<Long, Long>> generations,
      Pace pace,
      @Nullable Patience patience) {
    this.views = new Views(generations);
    this.pace = pace;
    this.patience = patience;
  }

  /** Reads of a process that asks no primary, of a database that may have no owner. */
  public static SecondaryReads ofNobodyElse(Function<SecondaryStore, Map<Long, Long>> generations) {
    return new SecondaryReads(generations, Pace.DEFAULT, Patience.DEFAULT);
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    View current = admitted.get();
    Stored found = current == null ? null : find(current, key, variant);
    if (!used) {
      used = true; // not written by every read: all threads share its cache line
    }
    if (found == null && !missed) {
      missed = true;
      if (asleep) {
        wake();
      }
    }
    return found;
  }

  private @Nullable Stored find(View current, CallKey key, int variant) {
    try {
      return current.read(key, variant);
    } catch (StoreException e) {
      if (patience != null || admitted.compareAndSet(current, null)) {
        met = e;
      }
      return null;
    }
  }

  @Override
  public @Nullable Stored readLatest(CallKey key, int variant) {
    return patience == null ? read(key, variant) : readLatest(key, variant, patience);
  }

  private @Nullable Stored readLatest(CallKey key, int variant, Patience patience) {
    int stripe = key.stripe();
    Asked asked = asked();
    long deadline = 0;
    while (asked != null && !Epochs.isChanging(asked.from.page().stripe(stripe))) {
      Look last = look;
      if (last != null && last.shows(asked, stripe)) {
        Stored found = find(last.view, key, variant);
        // else it may have been looked at meanwhile, when readers are not admitted
        if (found != null || (last.equals(look) && last.shows(asked, stripe))) {
          return found;
        }
      }
      if (deadline == 0) {
        boolean first = openings.sum() == 0 && failures.sum() == 0;
        Duration most = first ? patience.forOpening() : patience.forLook();
        deadline = System.nanoTime() + most.toNanos();
      }
      boolean isOutdated = last != null && !last.isCurrent(stripe);
      if (!awaitLook(last, isOutdated, deadline)) {
        return null;
      }
      if (!asked.from.equals(source)) {
        asked = asked(); // of another database, perhaps
      }
    }
    return null;
  }

  private @Nullable Asked asked() {
    Source from = source;
    return from == null ? null : new Asked(from, from.page().lastChange(), looks);
  }

  /**
   * Waits for another look than the last one; false if none comes in time. Then nobody waits until
   * there is one: whatever keeps it away must not delay all calls.
   */
  private synchronized boolean awaitLook(@Nullable Look last, boolean forOpening, long deadline) {
    if (inVain) {
      return false;
    }
    used = true;
    missed = true;
    waitForOpening |= forOpening;
    waiters++;
    wake();
    boolean interrupted = false;
    while (Objects.equals(look, last) && source != null && !inVain) {
      long left = deadline - System.nanoTime();
      inVain = left <= 0;
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true; // this is short, and the caller's own wait is not this one
      }
    }
    waiters--;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !Objects.equals(look, last);
  }

  private long beginLook() {
    long number = looks + 1;
    looks = number;
    return number;
  }

  /** Tells who waits what there is to be read now. */
  private synchronized void endLook(long number, View looked) {
    if (looked.source().equals(source)) {
      look = new Look(looked, looked.store().changeCount(), number);
      inVain = false;
    }
    notifyAll();
  }

  private synchronized void hide(boolean forLong) {
    look = null;
    inVain |= forLong;
    notifyAll();
  }

  @Override
  public synchronized void follow(Source next) {
    if (closed) {
      return;
    }
    admitted.set(null);
    hide(false);
    inVain = false;
    source = next;
    if (thread == null) {
      thread = new Thread(this::run, "memo follows " + next.data());
      thread.setDaemon(true);
      thread.start();
    }
    wake();
  }

  @Override
  public synchronized void rest() {
    admitted.set(null);
    source = null;
    hide(false);
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
        fail(e);
      }
      pause(dueNanos);
    }
    Throwable last = met == null ? untold : met;
    if (last != null && patience != null) {
      complain(PART, last, false); // there was no time for it
    }
    letGo();
    views.close();
  }

  /**
   * @param dueNanos when there is something to do, whether anything more is missed or not; 0 if
   *     there is nothing
   */
  private void pause(long dueNanos) {
    long shortly = waiters > 0 ? Pace.SHORTEST_NANOS : pace.betweenCatchUps().toNanos();
    if (dueNanos != 0) {
      LockSupport.parkNanos(this, Math.max(shortly, dueNanos - System.nanoTime()));
      return;
    }
    LockSupport.parkNanos(this, shortly); // however often something is missed meanwhile
    asleep = true;
    if (!missed && !closed) {
      LockSupport.parkNanos(this, pace.idle().toNanos());
    }
    asleep = false;
  }

  /** Does what is due by now. Returns when more will be, 0 if nothing is known to be. */
  private long step(long now) throws IOException {
    Source current = source;
    if (view != null && !view.source().equals(current)) {
      letGo();
    }
    wanted |= missed || waiters > 0;
    missed = false;
    if (waiters > 0) {
      nextCatchUp = Math.min(nextCatchUp, nextCatchUpIfAwaited);
      nextOpening = Math.min(nextOpening, nextOpeningIfAwaited);
    }
    if (used) {
      used = false;
      usedNanos = now;
    }
    StoreException failure = met;
    if (failure != null) {
      met = null;
      putUpWith(failure);
    }
    if (current == null || (view == null && !wanted)) {
      wanted = false;
      return 0;
    }
    if (view == null) {
      return now < nextOpening ? nextOpening : open(current, now);
    }
    if (now - usedNanos > pace.idle().toNanos()) {
      letGo();
      return 0;
    }
    return follow(view, now);
  }

  /**
   * A block that cannot be read costs the results in it, if nobody else can be asked for others.
   */
  private void putUpWith(StoreException failure) {
    if (patience == null) {
      throw failure;
    }
    failures.increment();
    complain(PART, failure, false);
  }

  private long follow(View current, long now) throws IOException {
    long written = current.source().page().lastSequence() - seenSequence;
    wantedAnew |= wanted;
    boolean reopens = isOpeningDue(current, written, now);
    if (reopens && now >= nextOpening) {
      return open(current.source(), now);
    }
    long due = reopens ? nextOpening : 0;
    if (wanted && (written != 0 || isBehind(current)) && written <= Pace.MAX_BACKLOG) {
      if (now < nextCatchUp) {
        return due == 0 ? nextCatchUp : Math.min(due, nextCatchUp);
      }
      catchUp(current);
    }
    wanted = false;
    return due;
  }

  /**
   * Whether somebody waits for what was written without a number of its own, or after its number.
   */
  private boolean isBehind(View current) {
    Look last = look;
    return waiters > 0 && last != null && last.changes < current.source().page().lastChange();
  }

  private boolean isOpeningDue(View current, long written, long now) {
    int moved = current.snapshot().moved(current.source().page());
    if (moved == 0) {
      movedNanos = now;
    }
    boolean misleads =
        moved >= Pace.MANY_MOVED
            || now - movedNanos > pace.oneMoved().toNanos()
            || written > Pace.MAX_BACKLOG
            || (waiters > 0 && waitForOpening);
    boolean isOld =
        now - openedNanos > pace.life().toNanos()
            && current.source().page().lastSequence() != openedSequence;
    return (misleads && wantedAnew) || isOld;
  }

  private long open(Source from, long now) throws IOException {
    wanted = false;
    if (!SecondaryStore.isAvailable()) {
      LOG.log(Level.DEBUG, "Another class loader has RocksDB: {0} is not opened", from.data());
      nextOpening = now + pace.longestAfterFailure().toNanos();
      return 0;
    }
    if (patience != null) {
      complained &= from.equals(tried);
      tried = from;
      Precautions.requireSoundLogs(from.data());
      if (!from.equals(whole)) { // an owner looks itself, but that may have been long ago
        WholeDatabase.require(from.data(), from.own().resolve("links"));
        whole = from;
      }
    }
    long number = beginLook();
    waitForOpening = false; // who asks from now on may ask for the next one
    long acknowledged = from.page().lastChange();
    long sequence = from.page().lastSequence();
    View opened = views.open(from);
    long end = System.nanoTime();
    nextOpening =
        now + Math.max(pace.betweenOpenings().toNanos(), Pace.OPENING_SHARE * (end - now));
    nextOpeningIfAwaited = end + Pace.AWAITED_SHARE * (end - now);
    if (opened == null) {
      return 0; // there is another owner, which the keeper will follow
    }
    openings.increment();
    untold = null;
    admit(opened);
    letGo();
    view = opened;
    endLook(number, opened);
    if (patience != null && opened.store().changeCount() < acknowledged) {
      complain("The last results", Precautions.lost(opened, acknowledged), false);
    }
    wantedAnew = false;
    seenSequence = sequence;
    openedSequence = sequence;
    openedNanos = end;
    usedNanos = end;
    movedNanos = end;
    return 0;
  }

  private void catchUp(View current) {
    long begin = System.nanoTime();
    long sequence = current.source().page().lastSequence();
    long number = beginLook();
    hide(false);
    current.store().catchUp();
    endLook(number, current);
    catchUps.increment();
    seenSequence = sequence;
    long end = System.nanoTime();
    nextCatchUpIfAwaited = end + Pace.AWAITED_SHARE * (end - begin);
    nextCatchUp = end + Math.max(pace.betweenCatchUps().toNanos(), Pace.SHARE * (end - begin));
  }

  /** Closes the view that readers are not sent to any more. */
  private void letGo() {
    View former = view;
    view = null;
    if (former != null) {
      admitted.compareAndSet(former, null);
      hide(false);
      views.close(former);
    }
  }

  /** Nothing is local for a while. */
  private void fail(Throwable why) {
    failures.increment();
    letGo();
    long now = System.nanoTime();
    boolean isFirst = now - failedNanos > 2 * pace.longestAfterFailure().toNanos();
    if (backOffNanos == 0 || isFirst) {
      backOffNanos = pace.afterFailure().toNanos();
    } else {
      backOffNanos = Math.min(2 * backOffNanos, pace.longestAfterFailure().toNanos());
    }
    boolean passes = why instanceof StoreException e && e.reason() == Reason.TRY_AGAIN;
    if (patience != null) {
      complain(
          "What is stored", why, passes && backOffNanos < LASTS * pace.afterFailure().toNanos());
    } else {
      LOG.log(
          isFirst && !passes ? Level.WARNING : Level.DEBUG,
          "The primary is asked for everything for " + Duration.ofNanos(backOffNanos) + ": " + why,
          why);
    }
    failedNanos = now;
    nextOpening = now + backOffNanos;
    nextOpeningIfAwaited = nextOpening;
    hide(true);
  }

  /** Once for each owner: what is damaged stays so until there is another. */
  private void complain(String what, Throwable why, boolean passes) {
    LOG.log(
        passes || complained ? Level.DEBUG : Level.WARNING,
        what
            + " cannot be read at the moment, so calls compute. If that is for damage, open the"
            + " directory once without readOnly(): "
            + why,
        why);
    complained |= !passes;
    untold = passes ? why : null;
  }
}
