package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.store.Batch;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory whose database was damaged. */
@Tag("heavy")
final class DatabaseTest {
  /** After its length and checksum. */
  private static final int FIRST_RECORD_AT = 10;

  /** Rows of counters that a session may have written beside its results. */
  private static final long COUNTERS = 3;

  private static final CallKey KEY = CallKey.of(7, new byte[] {1});

  private final Path path;

  DatabaseTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  @DisplayName("P5: a database with a damaged manifest is moved aside, and a new one begins")
  void aDamagedManifest() throws IOException {
    assertMovedAside(
        data -> {
          for (Path manifest : files(data, "MANIFEST-*")) {
            Files.writeString(manifest, "no manifest at all, but long enough to be looked at");
          }
        });
  }

  @Test
  @DisplayName("P4: a manifest that RocksDB would read for ever is moved aside with its database")
  void aManifestOfARecycledLog() throws IOException {
    assertMovedAside(
        data -> {
          for (Path manifest : files(data, "MANIFEST-*")) {
            byte[] bytes = Files.readAllBytes(manifest);
            bytes[lastRecord(bytes) + 6] ^= 4; // the type of one of a recycled log
            Files.write(manifest, bytes);
          }
        });
  }

  @Test
  @DisplayName("P5: a manifest that seems to end before its last table is moved aside")
  void aManifestThatSeemsToEnd() throws IOException {
    assertMovedAside(
        data -> {
          for (Path manifest : files(data, "MANIFEST-*")) {
            byte[] bytes = Files.readAllBytes(manifest);
            bytes[lastRecord(bytes) + 7] ^= 1;
            Files.write(manifest, bytes);
          }
        });
  }

  /** Where the last record begins; all are in the first block. */
  private static int lastRecord(byte[] log) {
    int last = 0;
    for (int at = 0; at < log.length; ) {
      last = at;
      at += 7 + (log[at + 4] & 0xFF) + 256 * (log[at + 5] & 0xFF);
    }
    return last;
  }

  @Test
  @DisplayName("P5: a database with a cut table is moved aside, and a new one begins")
  void aCutTable() throws IOException {
    assertMovedAside(
        data -> {
          for (Path table : files(data, "*.sst")) {
            try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
              file.setLength(file.length() / 2);
            }
          }
        });
  }

  @Test
  @DisplayName(
      "P5: a database whose rows about itself are damaged is moved aside, and a new begins")
  void damagedRowsOfItsOwn() throws IOException {
    assertMovedAside(
        data -> {
          for (Path table : files(data, "*.sst")) {
            try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
              file.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}); // in the first block of rows
            }
          }
        });
  }

  @Test
  @DisplayName("P5: a database with a row about itself that makes no sense is moved aside")
  void rowsOfItsOwnThatMakeNoSense() throws IOException {
    for (String row : List.of("directory-id", "reserved-sequence", "generation/12345678")) {
      assertMovedAside(
          data -> {
            try (RocksStore store = RocksStore.open(data, Durability.PROCESS_CRASH)) {
              store.write(new Batch().put(Family.META, row.getBytes(UTF_8), new byte[3]));
            }
          });
      deleteAll(path);
    }
  }

  @Test
  @DisplayName("P3: a database that only seemed to be damaged is kept")
  void aMarkWithoutDamage() throws IOException {
    store(0, 2);
    store(2, 4); // which makes a table of the log
    Path mark = Files.writeString(path.resolve("data/DAMAGED"), "block checksum mismatch");
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = OpenDirectoryTest.open(path)) {
      assertThat(directory.primary().read(key(0), 1)).isNotNull();
      assertThat(log.warnings()).noneMatch(line -> line.contains("lost"));
    }
    assertThat(mark).doesNotExist();
  }

  @Test
  @DisplayName("P5: a database that lost its MANIFEST is moved aside")
  void lostManifest() throws Exception {
    assertMovedAside(
        data -> {
          String manifest = Files.readString(data.resolve("CURRENT"), UTF_8).strip();
          Files.delete(data.resolve(manifest));
        });
  }

  @Test
  @DisplayName("P5: a database that lost its CURRENT is moved aside, not built over")
  void aMissingCurrent() throws IOException {
    assertMovedAside(data -> Files.delete(data.resolve("CURRENT")));
  }

  @Test
  @DisplayName("P6: a database that begins anew goes on with the sequences of the control page")
  void sequencesOutliveTheDatabase() throws IOException {
    assertThat(sequenceOfANewDatabase(List.of("data"))).isGreaterThan(manySequences());
  }

  @Test
  @DisplayName("P6, twin: without the control page, sequences are assigned a second time")
  void withoutTheControlPageSequencesAreAssignedAgain() throws IOException {
    assertThat(sequenceOfANewDatabase(List.of("data", "control"))).isLessThan(manySequences());
  }

  @Test
  @DisplayName("P5: a database that has lost its last results says so once and serves the rest")
  void lostResultsAreWarnedOf() throws IOException {
    store(0, 10);
    store(10, 13);
    damageTheLog();
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
        assertThat(log.warnings()).singleElement().asString().contains("lost its last {1} changes");
        assertThat(log.records())
            .anySatisfy(line -> assertThat(lost(line)).isBetween(1 + 3L, 1 + 3L + COUNTERS));
        assertThat(directory.primary().read(key(9), 1)).isNotNull();
        assertThat(directory.primary().read(key(10), 1)).isNull();
      }
      OpenDirectoryTest.open(path).close();
      assertThat(log.warnings()).hasSize(1);
    }
  }

  @Test
  @DisplayName("P4: an error while a database is checked leaves nothing open that is in the way")
  void anErrorWhileItIsChecked() throws IOException {
    store(0, 2);
    damageTheLog(); // which is told when the database is open and has been checked
    try (ThrowingLog log = new ThrowingLog("lost its last {1} changes")) {
      assertThatThrownBy(() -> OpenDirectoryTest.open(path))
          .isInstanceOf(ThrowingLog.Thrown.class)
          .hasNoSuppressedExceptions();
      assertThat(log.hasThrown()).isTrue();
    }
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      assertThat(Openings.role(directory)).isEqualTo("leads");
      assertThat(OpenDirectoryTest.store(directory, KEY, "again")).isPositive();
    }
  }

  /** Throws an error when something is logged, in place of one that nobody can bring about. */
  private static final class ThrowingLog extends Handler implements AutoCloseable {
    static final class Thrown extends Error {
      private static final long serialVersionUID = 1L;
    }

    private final Logger logger = Logger.getLogger("dev.memo.process"); // held: kept weakly
    private final String message;
    private volatile boolean thrown;

    ThrowingLog(String message) {
      this.message = message;
      logger.addHandler(this);
    }

    boolean hasThrown() {
      return thrown;
    }

    @Override
    public void publish(@Nullable LogRecord line) {
      if (line != null && line.getMessage().contains(message)) {
        thrown = true;
        throw new Thrown();
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  private static long lost(LogRecord line) {
    return Arrays.stream(line.getParameters())
        .filter(Long.class::isInstance)
        .mapToLong(Long.class::cast)
        .findFirst()
        .orElse(0);
  }

  @Test
  @DisplayName("P6: a database that has lost a removal is moved aside")
  void lostRemovalsCostTheDatabase() throws IOException {
    for (Removal removal : Removal.values()) {
      store(0, 2);
      try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
        removal.on(directory.primary());
      }
      damageTheLog();
      try (CapturedLog log = CapturedLog.of("dev.memo");
          OpenDirectory directory = OpenDirectoryTest.open(path)) {
        assertThat(directory.primary().read(key(0), 1)).as(removal.name()).isNull();
        assertThat(log.warnings()).as(removal.name()).singleElement().asString().contains("moved");
        assertThat(log.records())
            .extracting(line -> Arrays.toString(line.getParameters()))
            .anySatisfy(line -> assertThat(line).contains("invalidated would be back"));
      }
      deleteAll(path);
    }
  }

  @Test
  @DisplayName("P6, twin: without the page's counters, what was invalidated is back")
  void withoutTheCountersInvalidatedValuesAreBack() throws IOException {
    store(0, 2);
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      directory.primary().invalidate(key(0));
    }
    damageTheLog();
    ControlPage.openAsOwner(path.resolve("control"), 0).startChangesAt(0);
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = OpenDirectoryTest.open(path)) {
      assertThat(directory.primary().read(key(0), 1)).isNotNull();
      assertThat(log.warnings()).noneMatch(line -> line.contains("lost"));
    }
  }

  @Test
  @DisplayName("P5: a database that has lost all it had is not taken for a new one")
  void aDatabaseThatLostEverything() throws IOException {
    store(0, 2);
    damageTheLog();
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      OpenDirectoryTest.open(path).close();
      assertThat(log.warnings()).singleElement().asString().contains("lost its last {1} changes");
    }
  }

  @Test
  @DisplayName("P5: a database that was never closed, or was deleted, gives no false alarm")
  void noFalseAlarm() throws IOException {
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
        OpenDirectoryTest.store(directory, KEY, "one");
        directory.primary().invalidate(KEY);
        directory.primary().invalidateAll(7);
      }
      OpenDirectoryTest.open(path).close();
      deleteAll(path.resolve("data"));
      OpenDirectoryTest.open(path).close();
      OpenDirectoryTest.open(path).close();
      assertThat(log.warnings()).isEmpty();
    }
  }

  /** What must not be forgotten. */
  private enum Removal {
    INVALIDATE {
      @Override
      void on(Primary primary) {
        primary.invalidate(key(0));
      }
    },
    INVALIDATE_ALL {
      @Override
      void on(Primary primary) {
        primary.invalidateAll(7);
      }
    },
    PUT {
      @Override
      void on(Primary primary) {
        primary.replace(key(0), 1, "new".getBytes(UTF_8), Long.MAX_VALUE);
      }
    },
    REPLACEMENT {
      @Override
      void on(Primary primary) {
        long rejected = requireNonNull(primary.read(key(0), 1)).sequence();
        primary.put(key(0), 1, new Claim(0, rejected), "new".getBytes(UTF_8), rejected);
      }
    };

    abstract void on(Primary primary);
  }

  private static CallKey key(int n) {
    return CallKey.of(7, new byte[] {(byte) n});
  }

  /** Stores in a session of its own. */
  private void store(int from, int to) {
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      for (int n = from; n < to; n++) {
        OpenDirectoryTest.store(directory, key(n), "result " + n);
      }
    }
  }

  /** Flips a bit in the first record of the last log: what the last session has written is lost. */
  private void damageTheLog() throws IOException {
    List<Path> logs = files(path.resolve("data"), "*.log");
    Path last = logs.stream().max(Comparator.naturalOrder()).orElseThrow();
    byte[] bytes = Files.readAllBytes(last);
    bytes[FIRST_RECORD_AT] ^= 1;
    Files.write(last, bytes);
  }

  private static long manySequences() {
    return 2 * Sequences.BLOCK;
  }

  /** Assigns many, deletes parts of the directory, and returns the first sequence after that. */
  private long sequenceOfANewDatabase(List<String> deleted) throws IOException {
    long last = 0;
    for (byte opening = 0; last <= manySequences(); opening++) { // each begins another block
      try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
        last = OpenDirectoryTest.store(directory, CallKey.of(7, new byte[] {opening}), "one");
      }
    }
    for (String part : deleted) {
      deleteAll(path.resolve(part));
    }
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      return OpenDirectoryTest.store(directory, KEY, "again");
    }
  }

  private static void deleteAll(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** What is done to a database. */
  private interface Damage {
    void to(Path data) throws IOException;
  }

  private void assertMovedAside(Damage damage) throws IOException {
    UUID id;
    long sequence = 0;
    long epoch;
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      id = directory.id();
      epoch = directory.primary().epochs().directory();
      for (byte i = 0; i < 20; i++) {
        String value = String.valueOf((char) ('a' + i)).repeat(1 << 20);
        sequence = OpenDirectoryTest.store(directory, CallKey.of(7, new byte[] {i}), value);
      }
    }
    OpenDirectoryTest.open(path).close(); // recovery writes the log into tables
    damage.to(path.resolve("data"));
    long bytes = size(path.resolve("data"));
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = OpenDirectoryTest.open(path)) {
      assertThat(log.warnings()).singleElement().asString().contains("damaged", "moved to");
      List<Path> aside = files(path, "data.corrupt-*");
      assertThat(aside).hasSize(1);
      assertThat(size(aside.get(0))).isGreaterThanOrEqualTo(bytes);
      assertThat(directory.id()).isNotEqualTo(id);
      assertThat(directory.primary().epochs().directory()).isGreaterThan(epoch);
      assertThat(directory.primary().read(KEY, 1)).isNull();
      assertThat(OpenDirectoryTest.store(directory, KEY, "again")).isGreaterThan(sequence);
    }
  }

  private static List<Path> files(Path folder, String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
      files.forEach(found::add);
    }
    assertThat(found).as("files like " + pattern).isNotEmpty();
    return found;
  }

  /** Of tables and logs of writes: what data may be in. */
  private static long size(Path data) throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data, "*.{sst,log}")) {
      for (Path file : files) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
