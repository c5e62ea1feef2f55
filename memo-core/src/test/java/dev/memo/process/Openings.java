package dev.memo.process;

import dev.memo.process.reads.SecondaryReads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** How tests open directories and see what became of them. */
final class Openings {
  /** Everything soon: for tests that inject a fault and know whom it hits. */
  static final Times SOON =
      new Times(
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1));

  /** As above, but a new primary waits for whom it knows of, however busy the machine is. */
  static final Times SOON_WITH_LONG_GRACE =
      new Times(SOON.beat(), SOON.silence(), SOON.lease(), Duration.ofSeconds(30));

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Openings() {}

  /** The primary checks no checksums: entries may be bytes of the tests' own. */
  static OpenDirectory open(Path path, Times times) {
    return OpenDirectory.open(
        path,
        DirectorySettings.DEFAULT,
        times,
        new Leadership.Rules(stored -> true, Outdating.STARTED_BEFORE));
  }

  /** "leads", "follows" or "none". */
  static String role(OpenDirectory directory) {
    Role role = ((Member) directory.primary()).role();
    if (role == null) {
      return "none";
    }
    return role instanceof Role.Leading ? "leads" : "follows";
  }

  /** Those of a directory that this process leads. */
  static Tombstones tombstones(OpenDirectory directory) {
    return ((Role.Leading) ((Member) directory.primary()).role()).primary().tombstones();
  }

  /** What the local reads of this process did. */
  static SecondaryReads.Counts reads(OpenDirectory directory) {
    return ((SecondaryReads) ((Member) directory.primary()).reads()).counts();
  }

  static void awaitRole(OpenDirectory directory, String role) {
    await("the role is " + role, () -> role(directory).equals(role));
  }

  /**
   * Waits until the primary tells this of the directory. It may have no answer in time, after it
   * was stopped for instance: that is asked again.
   */
  static void awaitState(OpenDirectory directory, String what, Predicate<DirectoryState> is) {
    await(
        what,
        () -> {
          DirectoryState state = directory.state();
          return state != null && is.test(state);
        });
  }

  /** How many threads of this JVM wait for a computation of others. */
  static long waiters() {
    return Thread.getAllStackTraces().values().stream()
        .filter(
            stack ->
                Arrays.stream(stack)
                    .anyMatch(frame -> frame.getClassName().equals("dev.memo.call.Waiting")))
        .count();
  }

  /**
   * Lets the keepers of all directories of this JVM look at once whether there is something to do.
   */
  static void look() {
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("memo keeps "))
        .forEach(LockSupport::unpark);
  }

  /** The names of what is in a folder, which may be missing. */
  static List<String> names(Path folder) {
    String[] names = folder.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  /** Waits for what happens elsewhere. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it never came that " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }
}
