package dev.memo.process;

import dev.memo.store.WriteAheadLogs;
import dev.memo.store.WriteAheadLogs.Damage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The logs of a database that were cut where they stopped to make sense, and are kept as they were.
 */
final class DamagedLogs {
  private final Path aside;
  private final List<Damage> cut;

  private DamagedLogs(Path aside, List<Damage> cut) {
    this.aside = aside;
    this.cut = cut;
  }

  /**
   * Cuts what is damaged; to be done before the database is opened.
   *
   * @param aside the folder for logs as they were; made only if there are some
   */
  static DamagedLogs cut(Layout layout, Path aside) throws IOException {
    List<Damage> damaged = WriteAheadLogs.damageIn(layout.data());
    for (Damage damage : damaged) {
      Files.createDirectories(aside);
      Files.copy(damage.log(), aside.resolve(damage.log().getFileName()));
      try (FileChannel file = FileChannel.open(damage.log(), StandardOpenOption.WRITE)) {
        file.truncate(damage.at());
        file.force(true);
      }
    }
    return new DamagedLogs(aside, damaged);
  }

  boolean isEmpty() {
    return cut.isEmpty();
  }

  /** Puts the logs back as they were, into a database that is of no use without what is lost. */
  void restore() throws IOException {
    for (Damage damage : cut) {
      Path kept = aside.resolve(damage.log().getFileName());
      Files.move(kept, damage.log(), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.deleteIfExists(aside);
  }

  /** "; ..." about each log; empty if there is none. */
  @Override
  public String toString() {
    return cut.stream()
        .map(
            damage ->
                "; its log "
                    + damage.log().getFileName()
                    + " is damaged after "
                    + damage.at()
                    + " bytes, was cut there, and is kept as it was in "
                    + aside)
        .collect(Collectors.joining());
  }
}
