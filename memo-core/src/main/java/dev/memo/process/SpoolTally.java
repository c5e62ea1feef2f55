package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.process.SpoolFile.Result;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;

/** Hands spooled results to a primary, and counts what becomes of them. Of one thread. */
final class SpoolTally {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private int stored;
  private int outdated;
  private int foreign;
  private int refused;

  /** Stores a result, as the call that computed it would have done. */
  @FunctionalInterface
  interface Storing {
    PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected);
  }

  /** How many are stored now, these or others of the same calls. */
  int stored() {
    return stored;
  }

  /** How many are not, because their calls or the directory were changed meanwhile. */
  int dropped() {
    return outdated + foreign;
  }

  /** Whether the database has refused none. */
  boolean isComplete() {
    return refused == 0;
  }

  void store(Result result, UUID directoryId, Storing storing) {
    if (!result.directoryId().equals(directoryId)) {
      foreign++;
      return;
    }
    Claim unclaimed = new Claim(0, result.start());
    PutAnswer answer = storing.put(result.key(), result.variant(), unclaimed, result.entry(), 0);
    if (answer instanceof PutAnswer.Refused) {
      refused++;
    } else if (answer instanceof PutAnswer.Outdated) {
      outdated++;
    } else {
      stored++;
    }
  }

  /** Adds what became of a whole spool. One that stays comes again, and is counted then. */
  void add(SpoolTally that) {
    if (that.isComplete()) {
      stored += that.stored;
      outdated += that.outdated;
      foreign += that.foreign;
    }
    refused += that.refused;
  }

  /** Says in one line what became of them. */
  void tell(String spool) {
    if (dropped() > 0 || refused > 0) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} results are stored now. Not stored are {2} whose calls were invalidated, put or"
              + " refreshed meanwhile, and {3} that were computed before the directory began anew;"
              + " {4} stay in the spool, because the database refused them.",
          spool,
          stored,
          outdated,
          foreign,
          refused);
    } else if (stored > 0) {
      LOG.log(Level.INFO, "{0}: {1} results are stored now", spool, stored);
    }
  }
}
