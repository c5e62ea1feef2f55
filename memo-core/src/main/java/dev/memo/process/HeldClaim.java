package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A claim that was granted and has not ended, with those who wait for it. Guarded by its stripe.
 */
final class HeldClaim {

  /** What claims exclude each other on. */
  record Slot(CallKey key, int variant) {}

  /** Someone who waits. */
  record Waiter(CompletableFuture<Answer> next, Chain chain) {}

  /**
   * What the database held in a slot.
   *
   * @param winner the entry that counts, null if there is none
   * @param unusable whether there is one that does not count: damaged, or rejected by the asker
   */
  record Found(@Nullable Stored winner, boolean unusable) {}

  private final Slot slot;
  private final long generation;
  private final Chain chain;
  private final Claim claim;
  private final @Nullable Found found;
  private final long rejected;
  private final List<Waiter> waiters = new ArrayList<>(0);

  /**
   * @param found null if the database could not be read
   * @param rejected what the asker had rejected
   */
  HeldClaim(
      Slot slot, long generation, Chain chain, Claim claim, @Nullable Found found, long rejected) {
    this.slot = slot;
    this.generation = generation;
    this.chain = chain;
    this.claim = claim;
    this.found = found;
    this.rejected = rejected;
  }

  Slot slot() {
    return slot;
  }

  long generation() {
    return generation;
  }

  Claim claim() {
    return claim;
  }

  long rejected() {
    return rejected;
  }

  @Nullable Found found() {
    return found;
  }

  /** In the order in which they came. */
  List<Waiter> waiters() {
    return waiters;
  }

  Answer.Wait join(Chain waiting) {
    Waiter waiter = new Waiter(new CompletableFuture<>(), waiting);
    waiters.add(waiter);
    return new Answer.Wait(waiter.next(), chain);
  }
}
