package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CapturedLog;
import dev.memo.claims.CallKey;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory whose database was damaged. */
final class DatabaseTest {
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
  @DisplayName("P5: a database that has forgotten its last changes is not taken for whole")
  void forgottenChangesAreWarnedOf() throws IOException {
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      OpenDirectoryTest.store(directory, KEY, "one");
    }
    Path early = path.resolveSibling("early");
    copyAll(path.resolve("data"), early);
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
        directory.primary().invalidate(KEY); // under a sequence of another block
      }
      assertThat(log.warnings()).isEmpty();
      deleteAll(path.resolve("data"));
      copyAll(early, path.resolve("data"));
      OpenDirectoryTest.open(path).close();
      assertThat(log.warnings()).singleElement().asString().contains("forgotten its last changes");
    }
  }

  private static void copyAll(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    for (Path file : files(from, "*")) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
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
