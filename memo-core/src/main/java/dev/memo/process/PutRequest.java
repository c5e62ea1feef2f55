package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.process.HeldClaim.Slot;

/**
 * A result that is to be stored.
 *
 * @param entry not copied
 * @param rejected the sequence of the entry that it may replace; 0 if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PutRequest(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {

  Slot slot() {
    return new Slot(key, variant);
  }
}
