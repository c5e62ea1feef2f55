package dev.memo.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What the RocksDB that we ship says when it refuses, and what we make of it. */
final class RocksFailuresTest {
  private final Path folder;

  RocksFailuresTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aSecondOpeningIsLocked() {
    Path db = folder.resolve("db");
    try (RocksStore first = RocksStore.open(db, Durability.PROCESS_CRASH)) {
      assertThat(reasonOfOpening(db)).isEqualTo(Reason.LOCKED);
      assertThat(first.get(Family.ENTRIES, new byte[] {1})).isNull();
    }
  }

  @Test
  void anOpeningBesideAnotherProcessIsLocked() {
    Path db = folder.resolve("db");
    try (ChildJvm holder = ChildJvm.of(Holder.class, db).start()) {
      holder.awaitLine("open");
      assertThat(reasonOfOpening(db)).isEqualTo(Reason.LOCKED);
    }
  }

  @Test
  void aDamagedManifestIsCorrupt() throws IOException {
    Path db = filledDatabase();
    for (Path manifest : files(db, "MANIFEST-*")) {
      Files.write(manifest, "no manifest at all, but long enough to be looked at".getBytes(UTF_8));
    }
    assertThat(reasonOfOpening(db)).isEqualTo(Reason.CORRUPT);
  }

  @Test
  void aTableWithoutAnEndIsCorrupt() throws IOException {
    Path db = filledDatabase();
    for (Path table : files(db, "*.sst")) {
      try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
        file.setLength(file.length() / 2);
      }
    }
    assertThat(reasonOfOpening(db)).isEqualTo(Reason.CORRUPT);
  }

  @Test
  void aMissingTableIsCorrupt() throws IOException {
    Path db = filledDatabase();
    for (Path table : files(db, "*.sst")) {
      Files.delete(table);
    }
    assertThat(reasonOfOpening(db)).isEqualTo(Reason.CORRUPT);
  }

  @Test
  void aFileInPlaceOfTheDatabaseIsAnotherFailure() throws IOException {
    Path db = Files.createFile(folder.resolve("db"));
    assertThat(reasonOfOpening(db)).isEqualTo(Reason.OTHER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "IOError    | NoSpace | While appending to file: 3.log: No space left on device | NO_SPACE",
        "IOError    | None    | While appending to file: No space left on device        | NO_SPACE",
        "IOError    | None    | While pwrite: 3.sst: Disk quota exceeded                 | NO_SPACE",
        "Corruption | None    | Can't write /3.sst: No space left on device             | NO_SPACE",
        "Corruption | None    | Can't write /3.sst: Disk quota exceeded                 | NO_SPACE",
        "IOError    | None    | Max allowed space was reached                           | NO_SPACE",
        "IOError    | None    | While lock file: /d/LOCK: Resource temporarily unavail  | LOCKED",
        "IOError    | None    | While open a file: 3.sst: Input/output error            | OTHER",
        "Corruption | None    | block checksum mismatch                                 | CORRUPT",
        "Corruption | None    | Can't access /3.sst: IO error: Permission denied        | OTHER",
        "Corruption | None    | IO error: While open a file: Too many open files        | OTHER",
        "Corruption | None    | Unknown Footer version. newer version of RocksDB?       | OTHER",
        "TryAgain   | None    | Resource busy                                           | TRY_AGAIN",
        "Busy       | None    | busy                                                    | TRY_AGAIN",
        "NotSupported | None  | no                                                      | OTHER",
      })
  void readsCodesAndMessages(
      Status.Code code, Status.SubCode subCode, String message, Reason expected) {
    RocksDBException failure = new RocksDBException(message, new Status(code, subCode, message));
    StoreException translated = RocksFailures.translate("writing to", Path.of("/d"), failure);
    assertThat(translated.reason()).isEqualTo(expected);
    assertThat(translated).hasMessageContaining("writing to the database /d").hasCause(failure);
  }

  @Test
  void saysWhatToDoAboutDamage() {
    Status status = new Status(Status.Code.Corruption, Status.SubCode.None, "block");
    RocksDBException failure = new RocksDBException("block checksum mismatch", status);
    assertThat(RocksFailures.translate("writing to", Path.of("/d"), failure))
        .hasMessageContaining("close the directory in all processes and open it again");
  }

  @Test
  void aFailureWithoutAStatusIsAnotherFailure() {
    StoreException translated =
        RocksFailures.translate("reading", Path.of("/d"), new RocksDBException("odd"));
    assertThat(translated.reason()).isEqualTo(Reason.OTHER);
  }

  private static Reason reasonOfOpening(Path db) {
    List<Reason> reasons = new ArrayList<>();
    assertThatThrownBy(() -> RocksStore.open(db, Durability.PROCESS_CRASH).close())
        .isInstanceOfSatisfying(StoreException.class, e -> reasons.add(e.reason()));
    return reasons.get(0);
  }

  /** Enough rows for tables to be written. */
  private Path filledDatabase() {
    Path db = folder.resolve("db");
    try (RocksStore store = RocksStore.open(db, Durability.PROCESS_CRASH)) {
      for (int i = 0; i < 12; i++) {
        byte[] key = {(byte) i};
        store.write(new Batch().put(Family.ENTRIES, key, new byte[1 << 20]));
      }
    }
    // recovery writes what was still in the log into tables
    RocksStore.open(db, Durability.PROCESS_CRASH).close();
    return db;
  }

  private static List<Path> files(Path folder, String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
      files.forEach(found::add);
    }
    assertThat(found).as("files like " + pattern).isNotEmpty();
    return found;
  }

  /** Opens a database and stays. */
  static final class Holder {
    private Holder() {}

    @SuppressWarnings("try") // open for its lock only
    public static void main(String[] arguments) throws IOException {
      try (RocksStore store = RocksStore.open(Path.of(arguments[0]), Durability.PROCESS_CRASH)) {
        System.out.println("open");
        int unused = System.in.read();
      }
    }
  }
}
