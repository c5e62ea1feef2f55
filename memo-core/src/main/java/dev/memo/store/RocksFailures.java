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

  private RocksFailures() {}

  /**
   * @param action what was tried, as in "reading"
   */
  static StoreException translate(String action, Path database, RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    Reason reason = reason(e.getStatus(), message);
    return new StoreException(
        reason, action + " the database " + database + " failed: " + message + remedy(reason), e);
  }

  private static Reason reason(@Nullable Status status, String message) {
    if (status == null) {
      return Reason.OTHER;
    }
    return switch (status.getCode()) {
      case Corruption ->
          NOT_DAMAGE.stream().anyMatch(message::contains) ? Reason.OTHER : Reason.CORRUPT;
      case IOError -> {
        if (message.startsWith("While lock file: ")
            || message.startsWith("lock hold by current process")) {
          yield Reason.LOCKED;
        }
        yield status.getSubCode() == Status.SubCode.NoSpace
                || message.contains("No space left on device")
                || message.contains("Max allowed space was reached")
            ? Reason.NO_SPACE
            : Reason.OTHER;
      }
      case TryAgain, Busy, TimedOut, Aborted, Incomplete -> Reason.TRY_AGAIN;
      default -> Reason.OTHER;
    };
  }

  private static String remedy(Reason reason) {
    return switch (reason) {
      case LOCKED -> "; another program has it open";
      case NO_SPACE -> "; free some disk space, then it goes on by itself";
      case CORRUPT -> "; bytes on disk are damaged";
      case TRY_AGAIN -> "; the same may succeed later";
      case OTHER -> "";
    };
  }
}
