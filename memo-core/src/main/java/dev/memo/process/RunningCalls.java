package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is being computed in this process, from its grant or its beginning until it is ended. Each
 * is known here by a number that outlives primaries. Thread-safe.
 */
final class RunningCalls {
  private final Map<Long, Running> running = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();

  /** What has its result in the spool: a primary that takes over meanwhile may be told of it. */
  private final Queue<Running> spooled = new ConcurrentLinkedQueue<>();

  Claim add(Running r) {
    Claim claim = new Claim(lastId.incrementAndGet(), r.start());
    running.put(claim.id(), r);
    return claim;
  }

  /** Begins a computation without a claim. */
  Claim begin(CallKey key, int variant, Chain chain, @Nullable UUID directoryId, Epochs epochs) {
    // there before its start is read, or the sweep of a tombstone could come between
    long id = lastId.incrementAndGet();
    running.put(id, Running.unclaimed(key, variant, chain, directoryId, 0));
    long start = epochs.lastSequence();
    running.put(id, Running.unclaimed(key, variant, chain, directoryId, start));
    return new Claim(id, start);
  }

  @Nullable Running get(Claim claim) {
    return running.get(claim.id());
  }

  /** Ends it; does nothing if it was ended before. */
  void end(Claim claim) {
    Running mine = running.remove(claim.id());
    if (mine != null) {
      mine.end();
    }
  }

  /** Ends what is not computed any more because an error came between. */
  void endAbandoned() {
    running.forEach(
        (id, r) -> {
          if (r.chain().hasEnded() && running.remove(id, r)) {
            r.end();
          }
        });
  }

  /** Its result is in the spool: it is over, and its claim ends when the primary has the result. */
  void moveToSpooled(Claim claim, Running mine) {
    if (running.remove(claim.id(), mine)) {
      spooled.add(mine);
    }
  }

  /** Whether there is something whose result is or was in the spool. */
  boolean hasSpooled() {
    return !spooled.isEmpty();
  }

  /** Takes out what has its result in the spool by now. */
  List<Running> takeSpooled() {
    List<Running> taken = new ArrayList<>();
    for (Running r = spooled.poll(); r != null; r = spooled.poll()) {
      taken.add(r);
    }
    return taken;
  }

  /** The primary did not take the results. */
  void putBack(List<Running> taken) {
    spooled.addAll(taken);
  }

  /** Tells the primary of all that have a claim of another one. */
  void announceTo(Role role) {
    running.values().forEach(r -> r.announceTo(role));
  }

  /** Whether somebody elsewhere may wait for this chain. */
  boolean awaits(Chain chain) {
    return running.values().stream().anyMatch(r -> r.chain().awaits(chain));
  }

  /** The smallest start; {@code Long.MAX_VALUE} if nothing runs. */
  long oldestStart() {
    return running.values().stream().mapToLong(Running::start).min().orElse(Long.MAX_VALUE);
  }
}
