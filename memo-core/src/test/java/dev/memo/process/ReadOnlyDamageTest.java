package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CapturedLog;
import dev.memo.call.MissReason;
import dev.memo.process.reads.LatestReads;
import dev.memo.process.reads.Paces;
import dev.memo.store.ChildJvm;
import dev.memo.store.StoreSeams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that were damaged while nobody had the directory open, met by who only reads it. */
@Tag("heavy")
@Timeout(900)
final class ReadOnlyDamageTest {
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  private static final int ROUNDS = SOAK ? 1_000 : 40;

  private static final List<String> KINDS =
      List.of(
          "FORMAT", "control", "owner", "CURRENT", "IDENTITY", "MANIFEST", "OPTIONS", "log", "sst");

  /** Half of them are in the first table, a quarter in the second, a quarter in the log. */
  private static final int KEYS = 200;

  /** Results in the first table that the second removes, and others that the log does. */
  private static final Set<Integer> INVALIDATED = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

  private static final int TYPE_AT = 6;
  private static final int TO_RECYCLED = 4; // one bit makes a record one of a recycled log

  private final Path folder;
  private final Path whole;
  private final String[] values = new String[KEYS];

  ReadOnlyDamageTest(@TempDir Path folder) {
    this.folder = folder;
    this.whole = folder.resolve("whole");
  }

  @BeforeEach
  void fillADirectory() throws IOException {
    for (int quarter = 2;
        quarter <= 4;
        quarter++) { // each opening writes the last log into a table
      try (OpenDirectory directory = Openings.open(whole, Times.DEFAULT)) {
        GatedFunctions functions = GatedFunctions.of(directory);
        for (int key : INVALIDATED) {
          if (quarter == (key < 5 ? 3 : 4)) {
            functions.invalidate("quick", key);
          }
        }
        for (int key = quarter == 2 ? 0 : (quarter - 1) * KEYS / 4;
            key < quarter * KEYS / 4;
            key++) {
          values[key] = functions.call("quick", key);
        }
      }
    }
    Files.delete(whole.resolve("ballast")); // need not be copied each time
    assertThat(whole.resolve("data")).isDirectoryContaining("glob:**.sst");
  }

  private static OpenDirectory open(Path directory) {
    return ReadOnlyOpenings.open(directory, LatestReads::new, ReadOnlyOpenings.IMPATIENT);
  }

  @Test
  @DisplayName(
      "P2, P4, P5, P6, P8: whatever is damaged, what is served is right, what was invalidated stays"
          + " gone, one line says why nothing is served, and no file is changed")
  void damageCostsComputationsAtMost() throws IOException {
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int seed = 0; seed < KINDS.size() + ROUNDS; seed++) {
      Random random = new Random(seed * 0x9E3779B97F4A7C15L); // neighbours would begin alike
      Path directory = copy(folder.resolve("round" + seed));
      String kind = KINDS.get(seed < KINDS.size() ? seed : random.nextInt(KINDS.size()));
      String damage = "seed " + seed + ": " + damage(directory, kind, random);
      outcomes.merge(kind + " " + outcome(directory, kind, damage), 1, Integer::sum);
      if (SOAK) {
        System.out.println(damage + " " + outcomes);
      }
    }
    System.out.println("damaged files, read only: " + outcomes);
    assertThat(outcomes)
        .containsKeys("FORMAT refused", "CURRENT nothing", "log nothing", "control nothing")
        .containsKeys("owner nothing", "OPTIONS all");
  }

  private String outcome(Path directory, String kind, String damage) {
    Map<String, String> before = ReadOnlyOpenings.content(directory);
    int served = 0;
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      try (OpenDirectory open = open(directory)) {
        GatedFunctions here = GatedFunctions.of(open);
        for (int key = 0; key < KEYS; key++) {
          String value = here.peek("quick", key);
          if (value != null) {
            served++;
            assertThat(value).as(damage).isEqualTo(values[key]);
            assertThat(INVALIDATED).as(damage).doesNotContain(key);
          }
          assertThat(here.call("quick", key)).as(damage).isNotNull();
        }
      } catch (dev.memo.failure.DirectoryException e) {
        assertThat(e).as(damage).hasMessageContaining(directory.toString());
        return "refused";
      } finally {
        assertThat(ReadOnlyOpenings.content(directory)).as(damage).isEqualTo(before);
      }
      boolean all = served == KEYS - INVALIDATED.size();
      // nothing tells when a stripe seems to be changed
      boolean silent = kind.equals("control") && served > 0;
      if (!all && !silent) {
        assertThat(log.warnings()).as(served + " served, " + damage).hasSizeBetween(1, 2);
      }
    }
    return served == 0 ? "nothing" : served < KEYS - INVALIDATED.size() ? "some" : "all";
  }

  /** Makes a record near the end of the log one that RocksDB reads for ever. */
  private void recycle() throws IOException {
    Path log = files(whole, "log").get(0);
    byte[] bytes = Files.readAllBytes(log);
    int at = 0;
    while (at < bytes.length * 9L / 10) { // after the invalidations
      at += 7 + (bytes[at + 4] & 0xFF) + ((bytes[at + 5] & 0xFF) << 8);
    }
    bytes[at + TYPE_AT] ^= TO_RECYCLED;
    Files.write(log, bytes);
  }

  @Test
  @DisplayName("P4, P8: a record that says it is of a recycled log does not hang who reads")
  void recordsOfRecycledLogsDoNotHang() throws IOException {
    recycle();
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = ReadOnlyOpenings.open(whole)) {
      GatedFunctions here = GatedFunctions.of(directory);
      long begin = System.nanoTime();
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.call("quick", key)).isNotEqualTo(values[key]);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(50));
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains(".log makes no sense after", "open the directory once without readOnly()");
      assertThat(here.peek("quick", 20)).isNull();
      Openings.open(whole, Times.DEFAULT).close();
      Openings.await("it is served", () -> values[20].equals(here.peek("quick", 20)));
    }
  }

  @Test
  @DisplayName(
      "P4, twin: without a look at the logs, reading does not return; calls compute even so")
  void withoutTheLookReadingDoesNotReturn() throws IOException {
    recycle();
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    try (ChildJvm child =
        ChildJvm.of(CarelessReader.class, whole).option("-Djava.io.tmpdir=" + temporary).start()) {
      assertThat(child.awaitLine("computed")).isEqualTo("computed true");
      ProcessHandle process = child.process().toHandle();
      Duration before = cpu(process);
      while (process.isAlive() && cpu(process).minus(before).toSeconds() < 3) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
      assertThat(process.isAlive()).as("it reads").isTrue();
      assertThat(child.kill()).doesNotContain("closed");
    }
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Reads without looking at the logs before. */
  static final class CarelessReader {
    private CarelessReader() {}

    public static void main(String[] arguments) {
      StoreSeams.trustAnyView();
      try (OpenDirectory directory =
          ReadOnlyOpenings.open(
              Path.of(arguments[0]), Paces::impatient, ReadOnlyOpenings.IMPATIENT)) {
        GatedFunctions here = GatedFunctions.of(directory);
        System.out.println("computed " + (here.call("quick", KEYS) != null));
        Openings.await("it is read", () -> here.peek("quick", 20) != null);
      }
      System.out.println("closed");
    }
  }

  @Test
  @DisplayName("P4: a damaged block costs the results in it, and no others")
  void aDamagedBlock() throws IOException {
    Path largest =
        Collections.max(files(whole, "sst"), Comparator.comparing(file -> file.toFile().length()));
    byte[] bytes = Files.readAllBytes(largest);
    bytes[100] ^= 1;
    Files.write(largest, bytes);
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = ReadOnlyOpenings.open(whole)) {
      GatedFunctions here = GatedFunctions.of(directory);
      int served = 0;
      for (int round = 1; round <= 3; round++) {
        for (int key = 0; key < KEYS; key++) {
          served += values[key].equals(here.peek("quick", key)) ? 1 : 0;
        }
        assertThat(served).isBetween(round * KEYS / 2, round * (KEYS - INVALIDATED.size() - 1));
        assertThat(served % round).as("always the same ones").isZero();
      }
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.call("quick", key)).isNotNull();
      }
      assertThat(log.warnings()).allMatch(line -> line.contains("checksum mismatch")).isNotEmpty();
      assertThat(here.stats().missesByReason().get(MissReason.UNREADABLE)).isPositive();
    }
  }

  @Test
  @DisplayName("P6: without the table that removed a result, that is not served")
  void tablesThatCannotBeOpened() throws IOException {
    int wrong = 0;
    for (Path table : files(whole, "sst")) {
      byte[] bytes = Files.readAllBytes(table);
      Files.write(table, Arrays.copyOf(bytes, bytes.length - 1));
      assertNothingIsServed();
      wrong += servedCarelessly(0) == null ? 0 : 1;
      Files.delete(table);
      assertNothingIsServed();
      Files.write(table, bytes);
    }
    assertThat(wrong)
        .as("twin: a secondary of RocksDB leaves tables out, and the result is back")
        .isPositive();
  }

  private void assertNothingIsServed() {
    try (CapturedLog log = CapturedLog.of("dev.memo");
        OpenDirectory directory = ReadOnlyOpenings.open(whole)) {
      GatedFunctions here = GatedFunctions.of(directory);
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.peek("quick", key)).isNull();
      }
      assertThat(log.warnings()).singleElement().asString().contains("opening all tables of");
    }
  }

  /** What is served of a key that was removed, if the database is opened just so. */
  private @Nullable String servedCarelessly(int key) {
    StoreSeams.trustAnyView();
    try (OpenDirectory directory = ReadOnlyOpenings.open(whole)) {
      return GatedFunctions.of(directory).peek("quick", key);
    } finally {
      StoreSeams.restore();
    }
  }

  @Test
  @DisplayName("P6: wherever a manifest is cut, what was removed is not served")
  void aManifestThatIsCut() throws IOException {
    Path manifest = files(whole, "MANIFEST").get(0);
    byte[] bytes = Files.readAllBytes(manifest);
    int wrong = 0;
    for (int end : recordEnds(bytes)) {
      Files.write(manifest, Arrays.copyOf(bytes, end));
      try (OpenDirectory directory = open(whole)) {
        GatedFunctions here = GatedFunctions.of(directory);
        boolean all = here.peek("quick", KEYS - 1) != null;
        for (int key = 0; key < KEYS; key++) {
          boolean served = all && !INVALIDATED.contains(key);
          assertThat(here.peek("quick", key))
              .as("key %s, cut at %s", key, end)
              .isEqualTo(served ? values[key] : null);
        }
      }
      wrong += servedCarelessly(0) == null ? 0 : 1;
    }
    assertThat(wrong).as("twin: results that are back for a careless reader").isPositive();
  }

  private static List<Integer> recordEnds(byte[] log) {
    List<Integer> ends = new ArrayList<>();
    for (int at = 0; at < log.length; ends.add(at)) {
      at += 7 + (log[at + 4] & 0xFF) + ((log[at + 5] & 0xFF) << 8);
    }
    return ends;
  }

  private static List<Path> files(Path directory, String kind) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> kind(file).equals(kind) && file.toFile().length() > 0)
          .sorted()
          .toList();
    }
  }

  private static String damage(Path directory, String kind, Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files =
          all.filter(file -> kind(file).equals(kind) && file.toFile().length() > 0)
              .sorted()
              .toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    int at = random.nextInt(bytes.length);
    int how = random.nextInt(4);
    switch (how) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 ->
          Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(4096)), (byte) 0);
      case 2 -> {
        for (int i = at; i < Math.min(bytes.length, at + 64); i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      default -> bytes = Arrays.copyOf(bytes, at);
    }
    Files.write(file, bytes);
    return List.of("a bit", "zeros", "noise", "cut").get(how) + " at " + at + " of " + file;
  }

  private static String kind(Path file) {
    return file.getFileName().toString().replaceAll("\\d+[.]|-\\d+$", "");
  }

  private Path copy(Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(whole)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(whole.relativize(file).toString()));
      }
    }
    return copy;
  }
}
