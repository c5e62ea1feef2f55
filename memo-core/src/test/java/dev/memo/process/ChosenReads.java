package dev.memo.process;

import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Paces;
import dev.memo.process.reads.SecondaryReads;
import java.nio.file.Path;

/** Opens directories with local reads, and other rules, that tests of other packages choose. */
public final class ChosenReads {
  private ChosenReads() {}

  /** Local reads as every directory has them. */
  public static SecondaryReads usual() {
    return new SecondaryReads(Meta::generations);
  }

  /** Local reads that look again as soon as something is missed. */
  public static SecondaryReads eager() {
    return Paces.eager(Meta::generations);
  }

  public static OpenDirectory open(Path directory, DirectorySettings settings, LocalReads reads) {
    return open(directory, settings, reads, Outdating.STARTED_BEFORE);
  }

  /** The primary takes every result, however old. */
  public static OpenDirectory openNeverOutdating(
      Path directory, DirectorySettings settings, LocalReads reads) {
    return open(directory, settings, reads, (start, changed) -> false);
  }

  private static OpenDirectory open(
      Path directory, DirectorySettings settings, LocalReads reads, Outdating outdating) {
    // nothing damages entries in these tests
    return OpenDirectory.open(
        directory, settings, Times.DEFAULT, new Leadership.Rules(stored -> true, outdating), reads);
  }
}
