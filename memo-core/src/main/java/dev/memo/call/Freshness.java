package dev.memo.call;

import dev.memo.claims.Epochs;

/**
 * The epochs before a look-up or claim was sent; what it produced counts while they are current.
 */
record Freshness(int stripe, long stripeEpoch, long directoryEpoch) {

  static Freshness now(Epochs epochs, int stripe) {
    return new Freshness(stripe, epochs.stripe(stripe), epochs.directory());
  }

  boolean isCurrent(Epochs epochs) {
    return stripeEpoch == epochs.stripe(stripe) && directoryEpoch == epochs.directory();
  }
}
