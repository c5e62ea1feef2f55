package dev.memo.process;

import dev.memo.failure.StoreException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a process does for its directory from time to time: hands in what it has spooled and
 * counted, and, if it leads, takes in what ended processes left, keeps its socket findable, and
 * sweeps tombstones. Of the keeper's thread, unless a method says otherwise.
 */
final class Housekeeping {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** How long the database is left in peace after it has refused results: its disk is full. */
  private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A little less than the keeper pauses, so that it is done each time. */
  private static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

  /** How long a process that ends waits for the primary to take its counters. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private static final int BEATS_PER_SWEEP = 10;

  private final Member member;
  private final Warnings warnings;
  private final OwnCounters counters;
  private final AtomicLong folded = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final long sweepNanos;

  private long nextReplay = System.nanoTime();
  private long nextSweep = System.nanoTime();
  private long nextReport = System.nanoTime();
  private volatile boolean mustFold; // written by sessions that end, too

  Housekeeping(Times times, Member member, Warnings warnings) {
    this.member = member;
    this.warnings = warnings;
    this.counters =
        new OwnCounters(
            () ->
                Map.of(DirectoryState.FOLDED, folded.get(), DirectoryState.DROPPED, dropped.get()));
    this.sweepNanos = BEATS_PER_SWEEP * times.beat().toNanos();
  }

  /** What this process counts. Thread-safe. */
  OwnCounters counters() {
    return counters;
  }

  /** A process may have left something. Thread-safe. */
  void expectLeftovers() {
    mustFold = true;
  }

  /** Whether there is something to do at once. */
  boolean hasMore() {
    return mustFold;
  }

  /**
   * Does what is due.
   *
   * @param name of this process in the directory
   * @param leading null if another process leads
   */
  void tidy(Layout layout, String name, Role role, @Nullable Leadership leading) {
    member.running().endAbandoned();
    long now = System.nanoTime();
    if (member.hasSpooled() && now - nextReplay >= 0) {
      attempt("hand in what this process has spooled", layout, () -> replay(role));
    }
    if (leading == null) {
      mustFold = false;
    } else {
      requireSocket(layout, leading);
      if (now - nextSweep >= 0) {
        nextSweep = now + sweepNanos;
        attempt("remove old tombstones", layout, () -> sweepTombstones(layout, name, leading));
      }
      if (mustFold) {
        mustFold = false;
        attempt("take in what processes left", layout, () -> fold(layout, leading.role()));
      }
    }
    if (now - nextReport >= 0) {
      nextReport = now + REPORT_NANOS;
      tellIfPossible(role, name);
      if (leading != null) {
        leading.role().primary().counters().write();
      }
    }
  }

  /** What may fail by itself. */
  @FunctionalInterface
  private interface Chore {
    void run() throws IOException;
  }

  /** One that fails keeps nobody from anything else; it is due again some time later. */
  private void attempt(String what, Layout layout, Chore chore) {
    try {
      chore.run();
    } catch (IOException | StoreException e) {
      warnings.warn("Cannot " + what + " in " + layout.root() + " at the moment: " + e, e);
    }
  }

  /** Hands in what this process has spooled. */
  void replay(Role role) throws IOException {
    nextReplay = System.nanoTime() + REFUSED_NANOS;
    SpoolTally tally = member.replay(role);
    if (tally.isComplete()) {
      nextReplay = System.nanoTime();
      count(tally);
    }
  }

  private void count(SpoolTally tally) {
    folded.addAndGet(tally.stored());
    dropped.addAndGet(tally.dropped());
  }

  /** Lets other processes in, or says why that cannot be. */
  void requireSocket(Layout layout, Leadership leading) {
    try {
      leading.requireSocket();
    } catch (IOException e) {
      warnings.warn(
          "No other process can share "
              + layout.root()
              + " at the moment, because its socket cannot be opened: others compute, and this one"
              + " tries again",
          e);
    }
  }

  /** Old ones cost space only, so whatever is in doubt keeps them all. */
  private void sweepTombstones(Layout layout, String name, Leadership leading) throws IOException {
    LocalPrimary primary = leading.role().primary();
    long oldest = Math.min(primary.oldestStart(), member.oldestStart());
    Set<String> live = MemberFolder.sweep(layout);
    Server server = leading.server();
    if (Spool.isLeft(layout.spool(), live)) {
      mustFold = true; // it was refused before, or its process died without a connection
    } else if (server != null) {
      live.remove(name);
      primary.tombstones().sweep(Math.min(oldest, server.oldestStart(live)));
    }
  }

  private void fold(Layout layout, Role.Leading role) throws IOException {
    LocalPrimary primary = role.primary();
    primary.counters().retain(MemberFolder.sweep(layout));
    count(Spool.fold(layout.spool(), role.directoryId(), primary));
  }

  /**
   * Tells what this process counted, if the database of whoever leads allows. Thread-safe.
   *
   * @throws LostPrimaryException if the connection ends
   */
  void tell(Role role, String name) {
    try {
      counters.tell(counts -> role.count(name, counts));
    } catch (StoreException e) {
      LOG.log(Level.DEBUG, "The primary takes no counters yet", e); // it is told again
    }
  }

  /** As {@link #tell}, unless the primary goes. Thread-safe. */
  void tellIfPossible(Role role, String name) {
    try {
      tell(role, name);
    } catch (LostPrimaryException e) {
      LOG.log(Level.DEBUG, "Nobody is there to be told what was counted", e);
    }
  }

  /** Tells it for the last time, but does not wait long for whoever may be stopped. */
  void tellLast(Role role, String name) {
    Thread teller = new Thread(() -> tellIfPossible(role, name), "memo tells what it counted");
    teller.setDaemon(true);
    teller.start();
    PrivateThread.join(teller, LAST_WORDS);
  }
}
