package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CapturedLog;
import dev.memo.claims.CallKey;
import dev.memo.store.ChildJvm;
import dev.memo.store.Durability;
import dev.memo.store.RocksStore;
import dev.memo.store.ScriptedWriter;
import dev.memo.store.SecondaryCache;
import dev.memo.store.SecondaryStore;
import dev.memo.store.StoreSeams;
import dev.memo.store.Writer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs of writes whose bytes are not what was written. */
final class DamagedLogsTest {
  private static final int CALLS = 200;
  private static final int TYPE_AT = 6;
  private static final int TO_RECYCLED = 4; // one bit makes a record one of a recycled log

  /** On a processor; to open the database takes a tenth of it. */
  private static final Duration FAR_TOO_LONG = Duration.ofSeconds(2);

  private final Path path;
  private Path log;

  DamagedLogsTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @BeforeEach
  void store() throws IOException {
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      for (int call = 0; call < CALLS; call++) {
        OpenDirectoryTest.store(directory, key(call), "result " + call);
      }
    }
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(path.resolve("data"), "*.log")) {
      log = logs.iterator().next();
    }
  }

  private static CallKey key(int call) {
    return CallKey.of(7, ByteBuffer.allocate(4).putInt(call).array());
  }

  /** How many results are found when the directory is opened, and what was warned of. */
  private int found(List<String> warnings) {
    int found = 0;
    try (CapturedLog captured = CapturedLog.of("dev.memo")) {
      try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
        for (int call = 0; call < CALLS; call++) {
          found += directory.primary().read(key(call), 1) == null ? 0 : 1;
        }
      }
      warnings.addAll(captured.warnings());
    }
    return found;
  }

  private List<Path> aside() throws IOException {
    List<Path> kept = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(path, "data.corrupt-*")) {
      for (Path folder : folders) {
        kept.add(folder.resolve(log.getFileName()));
      }
    }
    return kept;
  }

  /** Changes a byte of the record with this number. */
  private byte[] flip(int record, int byteOfIt, int bits) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int at = 0;
    for (int passed = 0; passed < record; passed++) {
      at += 7 + (bytes[at + 4] & 0xFF) + ((bytes[at + 5] & 0xFF) << 8);
    }
    bytes[at + byteOfIt] ^= (byte) bits;
    Files.write(log, bytes);
    return bytes;
  }

  @Test
  @DisplayName("P5: what a damaged log has lost is warned of, and the log is kept")
  void lossesAreWarnedOf() throws IOException {
    byte[] damaged = flip(CALLS / 2, 20, 1);
    List<String> warnings = new ArrayList<>();
    assertThat(found(warnings)).isBetween(CALLS / 2 - 5, CALLS / 2);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("has lost its last {1} changes");
    assertThat(aside())
        .singleElement()
        .satisfies(kept -> assertThat(kept).hasBinaryContent(damaged));
    warnings.clear();
    assertThat(found(warnings)).isBetween(CALLS / 2 - 5, CALLS / 2);
    assertThat(warnings).as("once").isEmpty();
  }

  @Test
  @DisplayName("P4, P8: a record that says it is of a recycled log does not hang who opens it")
  void recordsOfRecycledLogsDoNotHang() throws IOException {
    flip(CALLS / 2, TYPE_AT, TO_RECYCLED);
    List<String> warnings = new ArrayList<>();
    assertThat(found(warnings)).isBetween(CALLS / 2 - 5, CALLS / 2);
    assertThat(warnings).hasSize(1);
  }

  @ParameterizedTest
  @Tag("heavy")
  @ValueSource(booleans = {false, true})
  @DisplayName("P4, twin: RocksDB alone reads such a record for ever")
  void withoutTheCheckItHangs(boolean asSecondary) throws IOException {
    flip(CALLS / 2, TYPE_AT, TO_RECYCLED);
    try (ChildJvm child =
        ChildJvm.of(Opener.class, path.resolve("data"), asSecondary).shortLived().start()) {
      child.awaitLine("opens");
      ProcessHandle process = child.process().toHandle();
      Duration before = cpu(process);
      while (process.isAlive() && cpu(process).minus(before).compareTo(FAR_TOO_LONG) < 0) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
      assertThat(process.isAlive()).isTrue();
      assertThat(child.kill()).doesNotContain("opened");
    }
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Test
  @DisplayName("P3: a log that a kill has torn is not taken for damaged")
  void tornLogsAreNoDamage() throws IOException {
    byte[] whole = Files.readAllBytes(log);
    for (int end : List.of(whole.length - 1, whole.length - 20, whole.length / 2)) {
      Files.write(log, Arrays.copyOf(whole, end));
      List<String> warnings = new ArrayList<>();
      assertThat(found(warnings)).isLessThan(CALLS);
      assertThat(aside()).isEmpty();
      Files.write(log, Arrays.copyOf(Arrays.copyOf(whole, end), whole.length + 100_000));
    }
  }

  /** Opens a database without looking at it first. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      System.out.println("opens");
      Path data = Path.of(arguments[0]);
      if (Boolean.parseBoolean(arguments[1])) {
        StoreSeams.trustAnyView();
        Writer writer = ScriptedWriter.of(() -> 1);
        SecondaryStore.open(data, data.resolveSibling("own"), new SecondaryCache(), writer);
      } else {
        RocksStore.open(data, Durability.PROCESS_CRASH).close();
      }
      System.out.println("opened");
    }
  }
}
