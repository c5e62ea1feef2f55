package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.CallContext;
import dev.memo.call.DelegatingPrimary;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.HeapTier;
import dev.memo.call.Lookup;
import dev.memo.call.StoredFunction;
import dev.memo.claims.CallKey;
import dev.memo.claims.Primary;
import dev.memo.claims.Stored;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.DirectoryException;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import dev.memo.store.StoreSeams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a directory that were damaged while nobody had it open. */
@Tag("heavy")
final class DamagedFilesTest {
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  private static final int ROUNDS = SOAK ? 1_000 : 24;

  /** All files that memo and RocksDB read again; the first rounds damage one of each. */
  private static final List<String> KINDS =
      List.of(
          "FORMAT", "control", "owner", "CURRENT", "IDENTITY", "MANIFEST", "OPTIONS", "log", "sst");

  /** Of each, half are in a table and half are in the log. */
  private static final int CALLS = 200;

  /** Far more results of 64 KiB than can be stored without a compaction, which needs 256. */
  private static final int MANY = 5_000;

  /** Of the results in the table, invalidated in the log. */
  private static final Set<Integer> INVALIDATED = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

  private final Path folder;
  private final Path whole;
  private final Set<Integer> computed = ConcurrentHashMap.newKeySet();

  DamagedFilesTest(@TempDir Path folder) {
    this.folder = folder;
    this.whole = folder.resolve("whole");
  }

  /** A result whose bytes do not compress: damage is rather in a value than between values. */
  record Spectrum(String star, List<Double> lines) {
    static Spectrum of(int n) {
      DoubleStream lines = new Random(n).doubles(100);
      return new Spectrum("star " + n, lines.boxed().toList());
    }
  }

  @BeforeEach
  void fillADirectory() throws IOException {
    for (int part = 1; part <= 2; part++) { // the second opening writes the first log into tables
      try (Memo memo = Memo.open(whole)) {
        CachedFunction<Integer, Spectrum, RuntimeException> spectrum = spectrum(memo);
        for (int n = 0; n < part * CALLS / 2; n++) {
          assertThat(spectrum.call(n)).isEqualTo(Spectrum.of(n));
          if (n == CALLS * 3 / 4) { // half of the log's results are lost only with these
            INVALIDATED.forEach(spectrum::invalidate);
          }
        }
      }
    }
    Files.delete(whole.resolve("ballast")); // need not be copied each time
    assertThat(whole.resolve("data")).isDirectoryContaining("glob:**.sst");
  }

  @Test
  @DisplayName(
      "P2, P4, P5, P6, P8: whatever is damaged, values are right, what is lost is told, what was"
          + " invalidated stays gone, and the rest is served")
  void damageCostsComputationsAtMost() throws IOException {
    Map<String, Integer> outcomes = new TreeMap<>();
    Set<String> kinds = new HashSet<>();
    for (int seed = 0; seed < KINDS.size() + ROUNDS; seed++) {
      Random random = new Random(seed * 0x9E3779B97F4A7C15L); // neighbours would begin alike
      Path directory = copy(folder.resolve("round" + seed));
      Path file =
          seed < KINDS.size()
              ? any(files(directory, KINDS.get(seed)), random)
              : someFile(directory, random);
      String damage = Damage.some(random).to(file, random);
      Outcome outcome = outcome(directory, file, "seed " + seed + ": " + damage);
      kinds.add(kind(file));
      outcomes.merge(kind(file) + " " + outcome, 1, Integer::sum);
    }
    System.out.println("damaged files: " + outcomes);
    assertThat(outcomes)
        .containsKeys("FORMAT REFUSED", "control SERVED", "owner SERVED", "CURRENT MOVED_ASIDE")
        .containsKeys(
            "log MOVED_ASIDE", "log PARTLY_SERVED", "sst PARTLY_SERVED", "sst MOVED_ASIDE");
    assertThat(kinds).as("kinds of files that were damaged").containsAll(KINDS);
  }

  private enum Outcome {
    SERVED,
    PARTLY_SERVED,
    MOVED_ASIDE,
    REFUSED
  }

  private Outcome outcome(Path directory, Path damaged, String damage) throws IOException {
    byte[] bytes = Files.readAllBytes(damaged);
    Set<Integer> lost;
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      lost = computedByAllCalls(directory, damage);
      assertThat(lost).as("not back after " + damage).containsAll(INVALIDATED);
      lost.removeAll(INVALIDATED);
      // nothing tells when RocksDB takes a manifest for one that ends before the last table
      if (!lost.isEmpty() && !kind(damaged).equals("MANIFEST")) {
        assertThat(log.warnings()).as(lost.size() + " lost after " + damage).isNotEmpty();
      }
    } catch (DirectoryException e) {
      assertThat(damaged).as(damage).hasFileName("FORMAT").hasBinaryContent(bytes);
      assertThat(e).as(damage).hasMessageContaining(directory.toString());
      return Outcome.REFUSED;
    }
    assertThat(computedByAllCalls(directory, damage)).as("again after " + damage).isEmpty();
    List<Path> aside = aside(directory);
    if (!aside.isEmpty()) {
      assertThat(aside).as(damage).hasSize(1);
      boolean torn = kind(damaged).equals("log") && damage.contains("CUT");
      if (!torn) { // RocksDB makes a table of a log that just ends
        assertThat(aside.get(0).resolve(damaged.getFileName()))
            .as("never deleted, " + damage)
            .hasBinaryContent(bytes);
      }
      assertThat(kind(damaged)).as(damage).isIn("sst", "log", "CURRENT", "MANIFEST");
    }
    if (aside.stream().anyMatch(kept -> Files.exists(kept.resolve("CURRENT")))) {
      return Outcome.MOVED_ASIDE; // not just a log that was cut
    }
    assertThat(lost).as("calls that find nothing, " + damage).hasSizeLessThan(CALLS);
    if (!lost.isEmpty()) {
      // a manifest that is cut at the end of a record, or seems to be, tells of fewer tables
      assertThat(kind(damaged)).as(damage).isIn("sst", "log", "MANIFEST");
    }
    return lost.isEmpty() ? Outcome.SERVED : Outcome.PARTLY_SERVED;
  }

  /** Opens the directory, makes all calls, and returns those that had to compute. */
  private Set<Integer> computedByAllCalls(Path directory, String damage) {
    computed.clear();
    try (Memo memo = Memo.open(directory)) {
      CachedFunction<Integer, Spectrum, RuntimeException> spectrum = spectrum(memo);
      for (int n = 0; n < CALLS; n++) {
        assertThat(spectrum.call(n)).as(damage).isEqualTo(Spectrum.of(n));
      }
      assertThat(spectrum.stats().unstored()).as("unstored, " + damage).isZero();
      assertThat(spectrum.stats().hits()).as("hits, " + damage).isEqualTo(CALLS - computed.size());
    }
    return new HashSet<>(computed);
  }

  @Test
  @DisplayName("P2, twin: without checksums, damage of a table reaches callers as wrong values")
  void withoutChecksumsWrongValuesGetThrough() throws IOException {
    int wrong = 0;
    for (int seed = 0; seed < 20 && wrong == 0; seed++) {
      Path directory = copy(folder.resolve("unchecked" + seed));
      Random random = new Random(seed * 0x9E3779B97F4A7C15L);
      Damage.BIT.to(largestTable(directory), random);
      wrong = wrongValuesWithoutChecksums(directory);
    }
    assertThat(wrong).as("wrong values").isPositive();
  }

  private int wrongValuesWithoutChecksums(Path path) {
    StoreSeams.trustDamagedBlocks();
    int wrong = 0;
    try (OpenDirectory directory = OpenDirectory.open(path, DirectorySettings.DEFAULT)) {
      StoredFunction<Integer, Spectrum, RuntimeException> spectrum =
          StoredFunction.register(
              new FunctionSpec<>(
                  new FunctionIdentity("spectrum", "1"),
                  ArgumentsFormat.ofOne(Integer.class),
                  ResultFormat.of(Spectrum.class, List.of()),
                  0,
                  Spectrum::of),
              new CallContext(
                  new UncheckedPrimary(directory.primary()),
                  new HeapTier(),
                  WaitGraph.JVM,
                  () -> false,
                  InstantSource.system(),
                  Duration.ofMinutes(1)));
      for (int n = 0; n < CALLS; n++) {
        wrong += spectrum.call(n).equals(Spectrum.of(n)) ? 0 : 1;
      }
    } finally {
      StoreSeams.restore();
    }
    return wrong;
  }

  /** Gives every entry the checksum of the bytes that it has. */
  private static final class UncheckedPrimary extends DelegatingPrimary {
    UncheckedPrimary(Primary target) {
      super(target);
    }

    @Override
    public @Nullable Stored read(CallKey key, int variant) {
      Stored stored = super.read(key, variant);
      if (stored != null) {
        byte[] bytes = stored.bytes();
        int end = bytes.length - Integer.BYTES;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, Stored.ENTRY_OFFSET, end - Stored.ENTRY_OFFSET);
        ByteBuffer.wrap(bytes).putInt(end, (int) checksum.getValue());
      }
      return stored;
    }
  }

  @Test
  @DisplayName("P4: a damaged table that stops all storing is moved aside at the next opening")
  void storingGoesOnAfterTheNextOpening() throws IOException {
    Path directory = stoppedByADamagedTable();

    Files.delete(directory.resolve("data/DAMAGED"));
    int stored = storeNoise(directory, MANY, MANY);
    assertThat(stored).as("twin: without the mark").isLessThan(MANY);
    assertThat(aside(directory)).isEmpty();

    assertThat(storeNoise(directory, MANY, stored + 1)).isEqualTo(stored + 1);
    assertThat(aside(directory)).hasSize(1);
  }

  @Test
  @DisplayName(
      "P6: calls whose results are in a damaged block can be invalidated, put and refreshed")
  void damagedBlocksDoNotKeepResultsFromBeingReplaced() throws IOException {
    byte[] bytes = Files.readAllBytes(largestTable(whole));
    for (int at = 0; at < bytes.length / 2; at += 1 << 10) { // every block of rows
      bytes[at] ^= 1;
    }
    Files.write(largestTable(whole), bytes);
    Spectrum other = Spectrum.of(-1);
    try (CapturedLog log = CapturedLog.of("dev.memo");
        Memo memo = Memo.open(whole)) {
      CachedFunction<Integer, Spectrum, RuntimeException> spectrum = spectrum(memo);
      assertThat(spectrum.call(10)).isEqualTo(Spectrum.of(10));
      assertThat(log.warnings())
          .anySatisfy(line -> assertThat(line).contains("UNREADABLE: ", "checksum mismatch"));
      for (int n = 11; n < CALLS / 2; n++) {
        switch (n % 3) {
          case 0 -> {
            spectrum.invalidate(n);
            assertThat(spectrum.isCached(n)).isFalse();
          }
          case 1 -> {
            spectrum.put(n, other);
            assertThat(spectrum.peek(n)).isEqualTo(new Lookup.Present<>(other));
          }
          default -> {
            assertThat(spectrum.refresh(n)).isEqualTo(Spectrum.of(n));
            assertThat(spectrum.isCached(n)).isTrue();
          }
        }
      }
      assertThat(log.warnings()).anySatisfy(line -> assertThat(line).contains("deleted unread"));
    }
    assertThat(aside(whole)).isEmpty();
  }

  private Path stoppedByADamagedTable() throws IOException {
    Path directory = folder.resolve("stopped");
    for (int opening = 0; opening < 2; opening++) { // the second one writes the log into a table
      storeNoise(directory, 0, 30);
    }
    Path table = largestTable(directory);
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 2] ^= 1;
    Files.write(table, bytes);
    assertThat(storeNoise(directory, 0, MANY)).as("until a compaction").isLessThan(MANY);
    return directory;
  }

  /** Makes so many calls, or fewer if a result is not stored; returns how many were stored. */
  private static int storeNoise(Path directory, int first, int calls) {
    try (Memo memo = Memo.open(directory)) {
      CachedFunction<Integer, byte[], RuntimeException> noise =
          memo.function("noise", "1", Integer.class, byte[].class, DamagedFilesTest::noise);
      for (int n = 0; n < calls; n++) {
        byte[] unused = noise.call(first + n);
        if (noise.stats().unstored() > 0) {
          return n;
        }
      }
      return calls;
    }
  }

  private static byte[] noise(Integer n) {
    byte[] bytes = new byte[64 << 10];
    new Random(n).nextBytes(bytes);
    return bytes;
  }

  private CachedFunction<Integer, Spectrum, RuntimeException> spectrum(Memo memo) {
    return memo.function("spectrum", "1", TypeRef.of(Integer.class), TypeRef.of(Spectrum.class))
        .capturesNothing()
        .calls(
            n -> {
              computed.add(n);
              return Spectrum.of(n);
            });
  }

  private Path copy(Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(whole)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(whole.relativize(file).toString()));
      }
    }
    return copy;
  }

  /** Rather one that holds results than another. */
  private static Path someFile(Path directory, Random random) throws IOException {
    List<Path> all = new ArrayList<>();
    for (String kind : KINDS) {
      for (int weight = kind.equals("log") ? 4 : 1; weight > 0; weight--) {
        all.addAll(files(directory, kind));
      }
    }
    all.addAll(Collections.nCopies(5, largestTable(directory)));
    return any(all, random);
  }

  private static Path any(List<Path> files, Random random) {
    return files.get(random.nextInt(files.size()));
  }

  private static List<Path> files(Path directory, String kind) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> kind(file).equals(kind) && file.toFile().length() > 0)
          .sorted()
          .toList();
    }
  }

  private static String kind(Path file) {
    String name = file.getFileName().toString();
    return name.replaceAll("\\d+[.]|-\\d+$", "");
  }

  private static Path largestTable(Path directory) throws IOException {
    return Collections.max(
        files(directory, "sst"), Comparator.comparingLong(file -> file.toFile().length()));
  }

  private static List<Path> aside(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().contains("data.corrupt-")).toList();
    }
  }

  /** What happens to bytes on disks. */
  private enum Damage {
    BIT {
      @Override
      byte[] apply(byte[] bytes, int at, Random random) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return bytes;
      }
    },
    ZEROS {
      @Override
      byte[] apply(byte[] bytes, int at, Random random) {
        Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(4096)), (byte) 0);
        return bytes;
      }
    },
    NOISE {
      @Override
      byte[] apply(byte[] bytes, int at, Random random) {
        for (int i = at; i < Math.min(bytes.length, at + 64); i++) {
          bytes[i] = (byte) random.nextInt();
        }
        return bytes;
      }
    },
    CUT {
      @Override
      byte[] apply(byte[] bytes, int at, Random random) {
        return Arrays.copyOf(bytes, at);
      }
    };

    abstract byte[] apply(byte[] bytes, int at, Random random);

    static Damage some(Random random) {
      return values()[random.nextInt(values().length)];
    }

    String to(Path file, Random random) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      int at = random.nextInt(bytes.length);
      Files.write(file, apply(bytes, at, random));
      return this + " at " + at + " of " + file;
    }
  }
}
