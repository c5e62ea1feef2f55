package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import java.util.UUID;

/**
 * A computation of this process that has a claim. It may outlive the primary that granted the claim
 * and is announced to the next one then.
 */
final class Running {
  private final CallKey key;
  private final int variant;
  private final long start;
  private final Chain chain;
  private final UUID directoryId;

  private Primary grantor; // guarded by this
  private Claim granted; // guarded by this

  /**
   * @param directoryId of the directory when the computation began: its sequences count there only
   */
  Running(CallKey key, int variant, Chain chain, UUID directoryId, Primary grantor, Claim granted) {
    this.key = key;
    this.variant = variant;
    this.start = granted.start();
    this.chain = chain;
    this.directoryId = directoryId;
    this.grantor = grantor;
    this.granted = granted;
  }

  long start() {
    return start;
  }

  Chain chain() {
    return chain;
  }

  UUID directoryId() {
    return directoryId;
  }

  /** The claim by this primary; one without a number if it knows of none. */
  synchronized Claim claimOf(Primary primary) {
    return grantor == primary ? granted : new Claim(0, start);
  }

  /** Tells the primary of the computation, unless it knows of it. */
  synchronized void announceTo(Role role) {
    if (grantor != role.primary() && directoryId.equals(role.directoryId())) {
      granted = role.announce(key, variant, start, chain);
      grantor = role.primary();
    }
  }
}
