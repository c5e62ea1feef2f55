package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A computation of this process. If it has a claim it may outlive the primary that granted that,
 * and is announced to the next one then. Thread-safe.
 */
final class Running {
  private final CallKey key;
  private final int variant;
  private final Chain chain;
  private final @Nullable UUID directoryId;
  private final long start;

  private @Nullable Primary grantor; // guarded by this; null if there is no claim
  private Claim granted; // guarded by this
  private boolean ended; // guarded by this

  private Running(
      CallKey key,
      int variant,
      Chain chain,
      @Nullable UUID directoryId,
      @Nullable Primary grantor,
      Claim granted) {
    this.key = key;
    this.variant = variant;
    this.chain = chain;
    this.directoryId = directoryId;
    this.start = granted.start();
    this.grantor = grantor;
    this.granted = granted;
  }

  /** With a claim of this primary. */
  static Running claimed(
      CallKey key, int variant, Chain chain, UUID directoryId, Primary grantor, Claim granted) {
    return new Running(key, variant, chain, directoryId, grantor, granted);
  }

  /** Without a claim. */
  static Running unclaimed(
      CallKey key, int variant, Chain chain, @Nullable UUID directoryId, long start) {
    return new Running(key, variant, chain, directoryId, null, new Claim(0, start));
  }

  /** The last sequence when it began. */
  long start() {
    return start;
  }

  Chain chain() {
    return chain;
  }

  /** The id of the directory when it began, as far as it was known: its start counts there only. */
  @Nullable UUID directoryId() {
    return directoryId;
  }

  /** The claim by this primary; one without a number if it knows of none. */
  synchronized Claim claimOf(Primary primary) {
    return grantor == primary ? granted : new Claim(0, start);
  }

  /** Tells the primary of the computation, unless it knows of it, or need not. */
  synchronized void announceTo(Role role) {
    if (!ended
        && grantor != null
        && grantor != role.primary()
        && role.directoryId().equals(directoryId)) {
      granted = role.announce(key, variant, start, chain);
      grantor = role.primary();
    }
  }

  /**
   * A put has ended the claim by this primary. Returns whether no other one knows of a claim, to
   * whom it was announced meanwhile.
   */
  synchronized boolean claimEnded(Primary primary) {
    if (grantor == primary) {
      grantor = null;
    }
    return grantor == null;
  }

  /** Ends it. Whoever still holds its claim open hands it on. */
  synchronized void end() {
    ended = true;
    if (grantor != null) {
      grantor.release(key, variant, granted);
    }
  }
}
