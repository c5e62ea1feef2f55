package dev.memo.process;

import dev.memo.process.reads.SecondaryReads;

/** What tests of other packages see of local reads. */
public final class LocalReadCounts {
  private LocalReadCounts() {}

  /** What the local reads of this process did; nothing if it has none. */
  public static SecondaryReads.Counts of(OpenDirectory directory) {
    return ((Member) directory.primary()).reads() instanceof SecondaryReads reads
        ? reads.counts()
        : new SecondaryReads.Counts(0, 0, 0);
  }
}
