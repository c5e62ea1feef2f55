package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * RocksDB's failures in our words. Its codes do not say enough (a lock that another process holds
 * is an {@code IOError} like any other), so its messages count too; a test holds both against the
 * version that we ship.
 */
final class RocksFailures {
  /** States of the machine, not of the file, which RocksDB reports as corruption all the same. */
  private static final List<String> NOT_DAMAGE =
      List.of(
          "Permission denied",
          "Too many open files",
          "Cannot allocate memory",
          "newer version of RocksDB");

  static final String WRITING = "writing to";

  /** How the operating system and RocksDB itself say that there is no space. */
  private static final List<String> NO_SPACE =
      List.of("No space left on device", "Disk quota exceeded", "Max allowed space was reached");

  private RocksFailures() {}

  /**
   * @param action what was tried, as in "reading"
   */
  static StoreException translate(String action, Path database, RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    Reason reason = reason(e.getStatus(), message);
    return new StoreException(
        reason,
        action + " the database " + database + " failed: " + message + remedy(action, reason),
        e);
  }

  private static Reason reason(@Nullable Status status, String message) {
    if (status == null) {
      return Reason.OTHER;
    }
    return switch (status.getCode()) {
      case Corruption -> {
        if (isOneOf(NO_SPACE, message)) {
          yield Reason.NO_SPACE;
        }
        yield isOneOf(NOT_DAMAGE, message) ? Reason.OTHER : Reason.CORRUPT;
      }
      case IOError -> {
        if (message.startsWith("While lock file: ")
            || message.startsWith("lock hold by current process")) {
          yield Reason.LOCKED;
        }
        yield status.getSubCode() == Status.SubCode.NoSpace || isOneOf(NO_SPACE, message)
            ? Reason.NO_SPACE
            : Reason.OTHER;
      }
      case TryAgain, Busy, TimedOut, Aborted, Incomplete -> Reason.TRY_AGAIN;
      default -> Reason.OTHER;
    };
  }

  private static boolean isOneOf(List<String> phrases, String message) {
    return phrases.stream().anyMatch(message::contains);
  }

  private static String remedy(String action, Reason reason) {
    return switch (reason) {
      case LOCKED -> "; another program has it open";
      case NO_SPACE -> "; free some disk space, then it goes on by itself";
      case CORRUPT ->
          action.equals(WRITING)
              ? "; bytes on disk are damaged: close the directory in all processes and open it"
                  + " again, then a new database begins and this one is kept"
              : "; bytes on disk are damaged";
      case TRY_AGAIN -> "; the same may succeed later";
      case OTHER -> "";
    };
  }
}
