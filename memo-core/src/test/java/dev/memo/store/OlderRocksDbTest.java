package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * An older RocksDB, as other programs may have it, on what memo has stored. The build fetches it
 * where it is told so ({@code -Dmemo.test.olderRocksdb.skip=false}).
 */
@Tag("heavy")
@Timeout(240)
final class OlderRocksDbTest {
  private static final int SMALL = 1_000;
  private static final int LARGE = 40;
  private static final int LARGE_BYTES = 1 << 20;

  private final Path folder;
  private final Path path;
  private Path jar;

  OlderRocksDbTest(@TempDir Path folder) {
    this.folder = folder;
    this.path = folder.resolve("d");
  }

  @BeforeEach
  void findJar() throws IOException {
    Path fetched = Path.of("target", "older-rocksdb");
    if (Files.isDirectory(fetched)) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(fetched, "rocksdbjni-*.jar")) {
        for (Path each : jars) {
          jar = each.toAbsolutePath();
        }
      }
    }
    assumeTrue(
        jar != null, "needs an older RocksDB: build with -Dmemo.test.olderRocksdb.skip=false");
  }

  private static CachedFunction<Integer, byte[], RuntimeException> function(
      Memo memo, String name, int bytes) {
    return memo.function(name, "1", TypeRef.of(Integer.class), TypeRef.of(byte[].class))
        .capturesNothing()
        .calls(
            key -> {
              byte[] value = new byte[bytes];
              new Random(key).nextBytes(value);
              return value;
            });
  }

  /** Calls all, and returns how many were computed. */
  private long useAll() {
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, byte[], RuntimeException> small = function(memo, "small", 100);
      CachedFunction<Integer, byte[], RuntimeException> large =
          function(memo, "large", LARGE_BYTES);
      for (int key = 0; key < SMALL; key++) {
        assertThat(small.call(key)).hasSize(100);
      }
      for (int key = 0; key < LARGE; key++) {
        assertThat(large.call(key)).hasSize(LARGE_BYTES);
      }
      return small.stats().computations() + large.stats().computations();
    }
  }

  /** What another RocksDB says, without what the JVM says. */
  private List<String> olderReads(Path database, String mode) throws Exception {
    Path output = folder.resolve("read " + mode);
    String classes =
        Path.of(OlderRocksDbTest.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-cp",
                jar + ":" + classes,
                Reader.class.getName(),
                database.toString(),
                mode)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      child.destroyForcibly();
    }
    return Files.readAllLines(output).stream()
        .filter(line -> line.startsWith(Reader.SAYS))
        .map(line -> line.substring(Reader.SAYS.length()))
        .toList();
  }

  private String olderVersion() {
    return jar.getFileName().toString().replaceAll("rocksdbjni-(.*)\\.jar", "$1");
  }

  @Test
  @DisplayName("an older RocksDB reads and writes what memo has stored, and memo goes on with it")
  void anOlderRocksDbReadsAll() throws Exception {
    assertThat(useAll()).isEqualTo(SMALL + LARGE);
    Path data = path.resolve("data");
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(data, "*.sst")) {
      assertThat(tables).as("tables, not only a log").isNotEmpty();
    }
    NativeLibrary.load();
    List<String> rows = Reader.rows(data, "ro");
    assertThat(rows).hasSizeGreaterThan(SMALL + LARGE);
    for (String mode : List.of("ro", "rw", "ro")) {
      List<String> said = olderReads(data, mode);
      assertThat(said).as("what was said").isNotEmpty();
      assertThat(said.get(0)).isEqualTo("version " + olderVersion());
      assertThat(said.subList(1, said.size())).containsExactlyElementsOf(rows);
    }
    assertThat(Reader.rows(data, "ro")).containsExactlyElementsOf(rows);
    assertThat(useAll()).as("computed again").isZero();
  }

  @Test
  @DisplayName("twin: tables in the format that RocksDB writes by default are not read")
  void twinOfTheFormat() throws Exception {
    NativeLibrary.load();
    Path database = folder.resolve("raw");
    try (Options options = new Options().setCreateIfMissing(true);
        FlushOptions flush = new FlushOptions();
        RocksDB db = RocksDB.open(options, database.toString())) {
      db.put("k".getBytes(StandardCharsets.UTF_8), "v".getBytes(StandardCharsets.UTF_8));
      db.flush(flush);
    }
    assertThat(Reader.rows(database, "ro")).hasSize(1);
    List<String> said = olderReads(database, "ro");
    assertThat(said).hasSize(2);
    assertThat(said.get(1)).startsWith("failed");
  }

  /** Reads all rows, by RocksDB's own classes only, of whichever version is on the class path. */
  static final class Reader {
    static final String SAYS = "> ";

    private Reader() {}

    public static void main(String[] arguments) throws Exception {
      RocksDB.loadLibrary();
      System.out.println(SAYS + "version " + RocksDB.rocksdbVersion());
      try {
        rows(Path.of(arguments[0]), arguments[1]).forEach(row -> System.out.println(SAYS + row));
      } catch (RocksDBException e) {
        System.out.println(SAYS + "failed: " + e);
      }
    }

    /**
     * @param mode "ro" to read only, "rw" to open for writing
     */
    static List<String> rows(Path database, String mode)
        throws RocksDBException, NoSuchAlgorithmException {
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      try (Options options = new Options()) {
        for (byte[] name : RocksDB.listColumnFamilies(options, database.toString())) {
          families.add(new ColumnFamilyDescriptor(name));
        }
      }
      List<String> rows = new ArrayList<>();
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      try (DBOptions options = new DBOptions();
          RocksDB db =
              mode.equals("rw")
                  ? RocksDB.open(options, database.toString(), families, handles)
                  : RocksDB.openReadOnly(options, database.toString(), families, handles)) {
        for (ColumnFamilyHandle handle : handles) {
          try (RocksIterator row = db.newIterator(handle)) {
            for (row.seekToFirst(); row.isValid(); row.next()) {
              rows.add(
                  new String(handle.getName(), StandardCharsets.UTF_8)
                      + " "
                      + HexFormat.of().formatHex(row.key())
                      + " "
                      + digest(row.value()));
            }
            row.status();
          }
        }
        handles.forEach(ColumnFamilyHandle::close);
      }
      return rows;
    }

    private static String digest(byte[] value) throws NoSuchAlgorithmException {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
    }
  }
}
