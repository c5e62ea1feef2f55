package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Stored;
import dev.memo.process.HeldClaim.Found;
import dev.memo.process.HeldClaim.Slot;
import dev.memo.process.HeldClaim.Waiter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The claims on the call keys of one lock. Unless it says otherwise, a method is called with the
 * lock held.
 *
 * <p>A claim is <em>current</em> from its grant until something else happens to its slot: a
 * mutation of its call key, or a result that did not come from it. It then lives on for its holder
 * and for those who wait already, but who asks later is granted another. So as long as a claim is
 * current, what its grant found in the database still holds.
 */
final class ClaimStripe {
  private final StripeLock lock;
  private final AtomicLong ids;
  private final Map<Slot, HeldClaim> current = new HashMap<>();
  private final Map<Long, HeldClaim> live = new HashMap<>();

  /**
   * @param ids the last claim id of the directory
   */
  ClaimStripe(AtomicLong ids, StripeLock lock) {
    this.ids = ids;
    this.lock = lock;
  }

  StripeLock lock() {
    return lock;
  }

  /** The claim whose result a new asker would wait for. */
  @Nullable HeldClaim current(Slot slot, long generation) {
    HeldClaim held = current.get(slot);
    return held != null && held.generation() == generation ? held : null;
  }

  @Nullable HeldClaim live(Claim claim) {
    return live.get(claim.id());
  }

  /** Grants a new claim, which becomes the current one. */
  HeldClaim grant(
      Slot slot, Era era, Chain chain, long start, @Nullable Found found, long rejected) {
    Claim claim = new Claim(ids.incrementAndGet(), start);
    HeldClaim held = new HeldClaim(slot, era.generation(), chain, claim, found, rejected);
    live.put(claim.id(), held);
    current.put(slot, held);
    return held;
  }

  /**
   * Grants a claim for a computation that is under way already.
   *
   * @param counts whether those who ask later wait for it
   */
  HeldClaim announce(Slot slot, Era era, Chain chain, long start, boolean counts) {
    Claim claim = new Claim(ids.incrementAndGet(), start);
    HeldClaim held = new HeldClaim(slot, era.generation(), chain, claim, null, 0);
    live.put(claim.id(), held);
    if (counts && current(slot, era.generation()) == null) {
      current.put(slot, held);
    }
    return held;
  }

  /** What is known to be in the slot without looking, because nothing happened since the grant. */
  @Nullable Found stillFound(HeldClaim held, Era era, long rejected) {
    return current(held.slot(), era.generation()) == held && held.rejected() == rejected
        ? held.found()
        : null;
  }

  /** Who asks for any variant of the call from now on does not wait for a claim of before. */
  void supersede(CallKey key) {
    current.keySet().removeIf(slot -> slot.key().equals(key));
  }

  /** A result was stored in the slot: those who wait for a current claim have it. */
  void answer(Slot slot, Stored stored, Replies replies) {
    HeldClaim held = current.remove(slot);
    if (held != null) {
      answerWaiters(held, stored, replies);
    }
  }

  /** Ends the claim; its waiters get the stored result. */
  void end(HeldClaim held, Stored stored, Replies replies) {
    remove(held);
    answerWaiters(held, stored, replies);
  }

  private static void answerWaiters(HeldClaim held, Stored stored, Replies replies) {
    held.waiters().forEach(waiter -> replies.add(waiter, new Answer.Hit(stored)));
    held.waiters().clear();
  }

  /**
   * Ends the claim without a result. Its first waiter computes, unless somebody else computes the
   * call already; the others are told whom they wait for now, because that may close a cycle.
   */
  void handOn(HeldClaim held, Era era, long start, Replies replies) {
    Found found = stillFound(held, era, held.rejected());
    remove(held);
    List<Waiter> waiters = held.waiters();
    if (waiters.isEmpty()) {
      return;
    }
    HeldClaim next = current(held.slot(), era.generation());
    if (next == null) {
      Waiter first = waiters.remove(0);
      next = grant(held.slot(), era, first.chain(), start, found, held.rejected());
      replies.add(first, new Answer.Granted(next.claim()));
    }
    for (Waiter waiter : waiters) {
      replies.add(waiter, next.join(waiter.chain()));
    }
  }

  private void remove(HeldClaim held) {
    live.remove(held.claim().id());
    current.remove(held.slot(), held);
  }

  /** Takes the waiter out; false if it was answered already. */
  boolean forget(Answer.Wait wait) {
    return live.values().stream()
        .anyMatch(held -> held.waiters().removeIf(waiter -> waiter.next() == wait.next()));
  }

  /** The smallest start of a computation that has a claim; {@code Long.MAX_VALUE} if none has. */
  long oldestStart() {
    return live.values().stream()
        .mapToLong(held -> held.claim().start())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** How many claims have not ended. */
  int claims() {
    return live.size();
  }

  /** How many wait for one. */
  long waits() {
    return live.values().stream().mapToLong(held -> held.waiters().size()).sum();
  }

  /** Ends all claims; whoever waits computes without one. */
  void endAll(long start, Replies replies) {
    Answer alone = new Answer.Granted(new Claim(0, start));
    live.values().forEach(held -> held.waiters().forEach(waiter -> replies.add(waiter, alone)));
    live.clear();
    current.clear();
  }
}
