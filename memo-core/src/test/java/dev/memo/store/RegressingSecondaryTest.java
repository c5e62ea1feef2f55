package dev.memo.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.CompactionOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Logger;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * How RocksDB's secondaries come to show what was replaced or removed before they were even opened,
 * so that no epoch tells: shown with RocksDB alone, like {@link StaleSecondaryTest}.
 *
 * <p>Opening and catching up read the MANIFEST, then the tables that it names, then the log. If the
 * primary works in between, what was read does not fit together, and nobody says so. Whoever finds
 * the names of the logs, and the name and size of the MANIFEST, as they were before ({@link
 * #written()}) has read one state. That does not help against a table that is damaged: it is left
 * out without a word.
 *
 * <p>The primary is made to work at the right moment by what RocksDB says to its own log while it
 * reads.
 */
final class RegressingSecondaryTest {
  private static final String KEY = "k";
  private static final String OLD = "old";
  private static final String NEW = "new";
  private static final String NONE = "none";
  private static final int BOTTOM = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path data;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final RocksDB primary;

  RegressingSecondaryTest(@TempDir Path folder) throws RocksDBException {
    this.folder = folder;
    this.data = folder.resolve("data");
    Options options =
        kept(new Options())
            .setCreateIfMissing(true)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setDisableAutoCompactions(true)
            // so that a few changes of tables begin another one
            .setMaxManifestFileSize(1);
    this.primary = kept(RocksDB.open(options, data.toString()));
  }

  @BeforeAll
  static void load() {
    NativeLibrary.load();
  }

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  private <T extends AutoCloseable> T kept(T made) {
    opened.push(made);
    return made;
  }

  /** Does something in the midst of reading, once. */
  private static final class Interruption extends Logger {
    private final String when;
    private @Nullable Step step;

    Interruption(String when) {
      super(InfoLogLevel.INFO_LEVEL);
      this.when = when;
    }

    void next(Step what) {
      step = what;
    }

    @Override
    protected void log(InfoLogLevel level, String message) {
      Step now = step;
      if (now != null && message.contains(when)) {
        try {
          now.run();
          step = null;
        } catch (RocksDBException | IOException e) {
          throw new AssertionError(e);
        }
      }
    }

    boolean isDone() {
      return step == null;
    }
  }

  private interface Step {
    void run() throws RocksDBException, IOException;
  }

  private RocksDB openSecondary(Interruption interruption) throws RocksDBException {
    Options options =
        kept(new Options())
            .setMaxOpenFiles(-1)
            .setMaxFileOpeningThreads(1)
            .setInfoLogLevel(InfoLogLevel.INFO_LEVEL);
    options.setLogger(interruption);
    String own = folder.resolve("secondary" + opened.size()).toString();
    return kept(RocksDB.openAsSecondary(options, data.toString(), own));
  }

  private Interruption interruption(String when) {
    return kept(new Interruption(when));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String get(RocksDB db) throws RocksDBException {
    byte @Nullable [] value = db.get(bytes(KEY));
    return value == null ? NONE : new String(value, UTF_8);
  }

  /** Moves what is in the log to a table. */
  private void flush() throws RocksDBException, IOException {
    Set<Path> logs = files("*.log");
    try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      primary.flush(waiting);
    }
    awaitGone(logs);
  }

  private void compact() throws RocksDBException {
    try (CompactRangeOptions all =
        new CompactRangeOptions().setBottommostLevelCompaction(BottommostLevelCompaction.kForce)) {
      primary.compactRange(null, null, null, all);
    }
  }

  /**
   * Writes the tables of a level anew until that begins another MANIFEST: as RocksDB does when the
   * MANIFEST has grown, or could not be written.
   */
  private void rewriteIntoAnotherManifest(int level) throws RocksDBException, IOException {
    String current = manifest();
    for (int i = 0; manifest().equals(current); i++) {
      assertThat(i).as("compactions that left the MANIFEST as it was").isLessThan(1_000);
      rewrite(level);
    }
  }

  private void rewrite(int level) throws RocksDBException {
    List<String> tables = new ArrayList<>();
    for (LiveFileMetaData table : primary.getLiveFilesMetaData()) {
      if (table.level() == level) {
        tables.add(data + table.fileName());
      }
    }
    try (CompactionOptions options = new CompactionOptions()) {
      primary.compactFiles(options, tables, level, -1, null);
    }
  }

  private String manifest() throws IOException {
    return Files.readString(data.resolve("CURRENT")).strip();
  }

  private void putOldIntoTable() throws RocksDBException, IOException {
    primary.put(bytes(KEY), bytes(OLD));
    flush();
    compact();
  }

  private void change(String change) throws RocksDBException {
    if (change.equals("overwrite")) {
      primary.put(bytes(KEY), bytes(NEW));
    } else {
      primary.delete(bytes(KEY));
    }
  }

  private Set<Path> files(String pattern) throws IOException {
    Set<Path> found = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data, pattern)) {
      files.forEach(found::add);
    }
    return found;
  }

  /**
   * What tells whether the primary worked: the names of the logs, name and size of the MANIFEST.
   */
  private Set<String> written() throws IOException {
    Set<String> written = new TreeSet<>();
    for (Path log : files("*.log")) {
      written.add(log.getFileName().toString());
    }
    written.add(manifest() + " " + Files.size(data.resolve(manifest())));
    return written;
  }

  private static void awaitGone(Set<Path> files) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (files.stream().anyMatch(Files::exists)) {
      assertThat(System.nanoTime()).as("still there: %s", files).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static String mended() {
    return "RocksDB "
        + RocksDB.rocksdbVersion()
        + " has mended this: what is done against it may be needless; see DECISIONS.md";
  }

  @ParameterizedTest
  @DisplayName("a catch-up may bring back what was changed before the secondary was opened")
  @ValueSource(strings = {"overwrite", "delete"})
  void catchUpMayBringBackTheOldValue(String change) throws Exception {
    putOldIntoTable();
    change(change);
    String truth = get(primary);
    Interruption interruption = interruption("Switched to new manifest");
    RocksDB secondary = openSecondary(interruption);
    assertThat(get(secondary)).isEqualTo(truth);
    rewriteIntoAnotherManifest(BOTTOM);
    Set<Path> bottom = files("*.sst");
    flush();
    Set<Path> flushed = without(files("*.sst"), bottom);
    Set<String> before = written();
    interruption.next(
        () -> {
          rewriteIntoAnotherManifest(0);
          awaitGone(flushed);
          primary.put(bytes("another"), bytes(NEW));
        });

    secondary.tryCatchUpWithPrimary();

    assertThat(interruption.isDone()).isTrue();
    assertThat(get(secondary)).as(mended()).isEqualTo(OLD);
    assertThat(written()).as("what tells that it cannot be trusted").isNotEqualTo(before);
    Set<String> quiet = written();
    secondary.tryCatchUpWithPrimary();
    assertThat(written()).isEqualTo(quiet);
    assertThat(get(secondary)).as("after a catch-up that was alone").isEqualTo(truth);
  }

  @ParameterizedTest
  @DisplayName("twin: a catch-up while the primary rests brings nothing back")
  @ValueSource(strings = {"overwrite", "delete"})
  void twinOfTheCatchUp(String change) throws Exception {
    putOldIntoTable();
    change(change);
    String truth = get(primary);
    RocksDB secondary = openSecondary(interruption("never"));
    rewriteIntoAnotherManifest(BOTTOM);
    flush();
    rewriteIntoAnotherManifest(0);
    primary.put(bytes("another"), bytes(NEW));
    Set<String> before = written();

    secondary.tryCatchUpWithPrimary();

    assertThat(written()).isEqualTo(before);
    assertThat(get(secondary)).isEqualTo(truth);
  }

  @ParameterizedTest
  @DisplayName("an opening may miss what was changed before it began")
  @ValueSource(strings = {"overwrite", "delete"})
  void openingMayMissTheChange(String change) throws Exception {
    putOldIntoTable();
    change(change);
    String truth = get(primary);
    Set<String> before = written();
    Interruption interruption = interruption("Recovering log");
    interruption.next(this::flush);

    RocksDB secondary = openSecondary(interruption);

    assertThat(interruption.isDone()).isTrue();
    assertThat(get(secondary)).as(mended()).isEqualTo(OLD);
    assertThat(written()).as("what tells that it cannot be trusted").isNotEqualTo(before);
    before = written();
    RocksDB anew = openSecondary(interruption("never"));
    assertThat(written()).isEqualTo(before);
    assertThat(get(anew)).as("after an opening that was alone").isEqualTo(truth);
  }

  @ParameterizedTest
  @DisplayName("a damaged table is left out without a word, and what it replaced is served")
  @ValueSource(strings = {"overwrite", "delete"})
  void damagedTableIsLeftOut(String change) throws Exception {
    putOldIntoTable();
    change(change);
    String truth = get(primary);
    RocksDB follower = openSecondary(interruption("never"));
    assertThat(get(follower)).isEqualTo(truth);
    Set<Path> newest = files("*.sst");
    flush();
    newest = without(files("*.sst"), newest);
    for (Path table : newest) {
      cutLastByte(table);
    }
    primary.put(bytes("another"), bytes(NEW));
    Set<String> before = written();

    follower.tryCatchUpWithPrimary();
    RocksDB opened = openSecondary(interruption("never"));

    assertThat(written()).isEqualTo(before);
    for (RocksDB secondary : Set.of(follower, opened)) {
      assertThat(get(secondary)).as(mended()).isEqualTo(OLD);
      assertThat(secondary.getLatestSequenceNumber()).isEqualTo(primary.getLatestSequenceNumber());
      assertThat(tables(secondary)).as("what tells").isNotEqualTo(tables(primary));
    }
    assertThat(get(primary)).as("where the table is open").isEqualTo(truth);
  }

  @ParameterizedTest
  @DisplayName("twin: without damage, a secondary has the tables that the primary has")
  @ValueSource(strings = {"overwrite", "delete"})
  void twinOfTheDamage(String change) throws Exception {
    putOldIntoTable();
    change(change);
    RocksDB follower = openSecondary(interruption("never"));
    flush();
    primary.put(bytes("another"), bytes(NEW));

    follower.tryCatchUpWithPrimary();
    RocksDB opened = openSecondary(interruption("never"));

    for (RocksDB secondary : Set.of(follower, opened)) {
      assertThat(get(secondary)).isEqualTo(get(primary));
      assertThat(tables(secondary)).isEqualTo(tables(primary));
    }
  }

  private static Set<Path> without(Set<Path> all, Set<Path> these) {
    Set<Path> rest = new TreeSet<>(all);
    rest.removeAll(these);
    return rest;
  }

  private static void cutLastByte(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1);
    }
  }

  private static Set<String> tables(RocksDB db) {
    Set<String> names = new TreeSet<>();
    for (LiveFileMetaData table : db.getLiveFilesMetaData()) {
      names.add(table.fileName());
    }
    return names;
  }
}
