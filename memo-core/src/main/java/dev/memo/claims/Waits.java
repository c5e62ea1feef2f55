package dev.memo.claims;

import java.util.concurrent.CompletableFuture;

/** Is asked before each wait of one chain for another, so that no wait closes a cycle. */
public interface Waits {

  /**
   * Records that {@code waiter} waits for {@code holder} until {@code end} is done, or returns
   * false if that would close a cycle.
   */
  boolean tryWait(Chain waiter, Chain holder, CompletableFuture<?> end);

  /** Forgets a wait, whether or not its future is done. */
  void endWait(Chain waiter, CompletableFuture<?> end);
}
