package dev.memo.process;

import dev.memo.store.WriteAheadLogs;
import dev.memo.store.WriteAheadLogs.Damage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Cuts the logs of a database where they stop to make sense, and keeps them as they were. */
final class DamagedLogs {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private DamagedLogs() {}

  /**
   * Cuts what is damaged; to be done before the database is opened.
   *
   * @param aside the folder for logs as they were; made only if there are some
   */
  static void cut(Layout layout, Path aside) throws IOException {
    for (Damage damage : WriteAheadLogs.damageIn(layout.data())) {
      Path log = damage.log();
      Files.createDirectories(aside);
      Files.copy(log, aside.resolve(log.getFileName()));
      try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
        file.truncate(damage.at());
        file.force(true);
      }
      LOG.log(
          Level.WARNING,
          "The log {0} of {1} is damaged after {2} bytes: what was stored last is lost, as far as the"
              + " {3} bytes behind say it, and is computed again. The log as it was is in {4};"
              + " delete it when nobody wants to look into it",
          log.getFileName(),
          layout.root(),
          damage.at(),
          damage.lost(),
          aside);
    }
  }
}
