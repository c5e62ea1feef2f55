package dev.memo.claims;

import java.util.concurrent.CompletableFuture;

/** What the primary answers to a request for a claim. */
public sealed interface Answer {

  /** The call is stored already. */
  record Hit(Stored stored) implements Answer {}

  /** The asker computes; it must end the claim with a put or a release. */
  record Granted(Claim claim) implements Answer {}

  /**
   * Another chain computes. The future completes with {@link Hit} when its result is stored, with
   * {@link Granted} when the claim is handed to the asker, with another {@link Wait} when it is
   * handed to somebody else, and with the others when the asker has to compute all the same; it
   * never completes exceptionally. An asker that stops waiting must call {@link Primary#abandon}.
   *
   * @param holder the chain that computes
   */
  record Wait(CompletableFuture<Answer> next, Chain holder) implements Answer {}

  /** Waiting would close a cycle: the asker {@linkplain Primary#begin begins} without a claim. */
  record ComputeAnyway() implements Answer {}

  /** No primary answers: the asker {@linkplain Primary#begin begins} without a claim. */
  record NoPrimary() implements Answer {}
}
