package dev.memo.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a secondary shows, to whom and when. */
final class SecondaryStoreTest {
  private static final byte[] KEY = {1};

  private final Path folder;
  private final RocksStore primary;
  private final SecondaryCache cache = new SecondaryCache();
  private int opened;

  SecondaryStoreTest(@TempDir Path folder) {
    this.folder = folder;
    this.primary = RocksStore.open(data(), Durability.PROCESS_CRASH);
  }

  @AfterEach
  void close() {
    primary.close();
    cache.close();
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path own() throws IOException {
    return Files.createDirectory(folder.resolve("own" + ++opened));
  }

  private SecondaryStore open() throws IOException {
    return SecondaryStore.open(data(), own(), cache, ScriptedWriter.of(primary::tables));
  }

  private void put(byte[] key, String value) {
    primary.write(new Batch().put(Family.ENTRIES, key, value.getBytes(UTF_8)));
  }

  private static @Nullable String get(SecondaryStore store, byte[] key) {
    byte[] value = store.get(Family.ENTRIES, key);
    return value == null ? null : new String(value, UTF_8);
  }

  @Test
  void showsWhatWasThereAndAfterACatchUpWhatWasAdded() throws IOException {
    put(KEY, "one");
    try (SecondaryStore store = open()) {
      assertThat(get(store, KEY)).isEqualTo("one");
      byte[] other = {2};
      put(other, "two");
      assertThat(get(store, other)).isNull();
      assertThat(store.changeCount()).isEqualTo(primary.changeCount() - 1);
      store.catchUp(ScriptedWriter.of(primary::tables));
      assertThat(get(store, other)).isEqualTo("two");
      assertThat(store.changeCount()).isEqualTo(primary.changeCount());
    }
  }

  @Test
  void showsRowsOfOneFamilyInTheirOrder() throws IOException {
    primary.write(
        new Batch()
            .put(Family.META, new byte[] {5, 2}, KEY)
            .put(Family.META, new byte[] {5, 1}, KEY)
            .put(Family.META, new byte[] {6}, KEY)
            .put(Family.ENTRIES, new byte[] {5, 3}, KEY));
    try (SecondaryStore store = open()) {
      List<Byte> seen = new ArrayList<>();
      store.scan(Family.META, new byte[] {5}, (key, value) -> seen.add(key[1]));
      assertThat(seen).containsExactly((byte) 1, (byte) 2);
    }
  }

  @Test
  @DisplayName("P8: who reads a store that is closed finds nothing")
  void afterTheClose() throws IOException {
    put(KEY, "one");
    SecondaryStore store = open();
    store.close();
    store.close();
    assertThat(get(store, KEY)).isNull();
    assertThatThrownBy(() -> store.scan(Family.META, KEY, (key, value) -> true))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void aDatabaseThatIsNotThereIsRefused() throws IOException {
    Path own = own();
    assertThatThrownBy(
            () ->
                SecondaryStore.open(
                    folder.resolve("missing"), own, cache, ScriptedWriter.of(() -> 1)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.OTHER))
        .hasMessageContaining("missing");
  }

  @Test
  void aDatabaseThatVanishesIsOfNoUseAnyMore() throws IOException {
    put(KEY, "one");
    try (SecondaryStore store = open()) {
      Files.move(data(), folder.resolve("moved"));
      assertThatThrownBy(() -> store.catchUp(ScriptedWriter.of(primary::tables)))
          .isInstanceOf(StoreException.class);
      assertThat(get(store, KEY)).as("nobody is admitted").isNull();
    }
  }

  @Test
  void nobodyIsAdmittedToWhatWasReadWhileFilesCameAndWent() throws IOException {
    put(KEY, "one");
    assertThatThrownBy(
            () -> SecondaryStore.open(data(), own(), cache, ScriptedWriter.of(this::changing)))
        .isInstanceOfSatisfying(StoreException.class, SecondaryStoreTest::passes);
    try (SecondaryStore store = open()) {
      changing(); // else it would not be asked
      assertThatThrownBy(() -> store.catchUp(ScriptedWriter.of(this::changing)))
          .isInstanceOfSatisfying(StoreException.class, SecondaryStoreTest::passes);
      assertThat(get(store, KEY)).isNull();
    }
  }

  private static void passes(StoreException e) {
    assertThat(e.reason()).isEqualTo(StoreException.Reason.TRY_AGAIN);
  }

  @Test
  @DisplayName("twin: whoever trusts what was read is admitted to it")
  void twinOfVerification() throws IOException {
    put(KEY, "one");
    Seams trusting = Seams.NONE.withUnverifiedViews();
    try (SecondaryStore store =
        SecondaryStore.open(data(), own(), cache, ScriptedWriter.of(this::changing), trusting)) {
      assertThat(store.catchUp(ScriptedWriter.of(this::changing))).isTrue();
      assertThat(get(store, KEY)).isEqualTo("one");
    }
  }

  /** Is asked in the midst of reading, when the manifest grows, as if tables came and went. */
  private long changing() {
    try {
      Path manifest = data().resolve(Files.readString(data().resolve("CURRENT")).strip());
      Files.write(manifest, new byte[1], StandardOpenOption.APPEND); // which RocksDB skips
      return primary.tables();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nobodyIsAdmittedToOtherTablesThanThoseOfTheWriter() throws IOException {
    put(KEY, "one");
    assertThatThrownBy(() -> SecondaryStore.open(data(), own(), cache, ScriptedWriter.of(() -> 1)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.CORRUPT))
        .hasMessageContaining("may be damaged");
  }

  @Test
  @DisplayName("P5: a writer that takes a moment to have what its manifest says is no damage")
  void aWriterThatIsBehindItsManifest() throws IOException {
    put(KEY, "one");
    AtomicInteger asked = new AtomicInteger();
    Writer behind = ScriptedWriter.of(() -> asked.incrementAndGet() < 5 ? 1 : primary.tables());
    try (SecondaryStore store = SecondaryStore.open(data(), own(), cache, behind)) {
      assertThat(get(store, KEY)).isEqualTo("one");
      assertThat(asked).hasValue(5);
      changing(); // else it would not be asked
      asked.set(0);
      assertThat(store.catchUp(behind)).isTrue();
      assertThat(get(store, KEY)).isEqualTo("one");
      assertThat(asked).hasValue(5);
    }
  }

  @Test
  void aWriterThatDoesNotAnswerKeepsItFromBeingOpened() throws IOException {
    put(KEY, "one");
    assertThatThrownBy(() -> SecondaryStore.open(data(), own(), cache, ScriptedWriter.of(() -> 0)))
        .isInstanceOfSatisfying(StoreException.class, SecondaryStoreTest::passes)
        .hasMessageContaining("does not say");
  }

  @Test
  void aWriterThatStopsToAnswerMakesItUseless() throws IOException {
    put(KEY, "one");
    AtomicInteger asked = new AtomicInteger();
    try (SecondaryStore store = open()) {
      changing();
      assertThatThrownBy(
              () ->
                  store.catchUp(
                      ScriptedWriter.of(() -> asked.getAndIncrement() == 0 ? changing() : 0)))
          .isInstanceOfSatisfying(StoreException.class, SecondaryStoreTest::passes);
      assertThat(get(store, KEY)).isNull();
    }
  }

  @Test
  @DisplayName("P4: where the writer does not say what it has, what was read before stays")
  void aWriterThatDoesNotAnswer() throws IOException {
    put(KEY, "one");
    try (SecondaryStore store = open()) {
      put(new byte[] {2}, "two");
      assertThat(store.catchUp(ScriptedWriter.of(() -> 0)))
          .as("the tables are those of before")
          .isTrue();
      assertThat(get(store, new byte[] {2})).isEqualTo("two");
      changing();
      assertThat(store.catchUp(ScriptedWriter.of(() -> 0))).isFalse();
      assertThat(get(store, KEY)).isEqualTo("one");
    }
  }

  @Test
  @DisplayName("P3: nobody is admitted to changes that are in the log, but not acknowledged")
  void changesThatAreNotAcknowledged() throws IOException {
    put(KEY, "one");
    AtomicLong acknowledged = new AtomicLong(primary.changeCount());
    Writer writer = new ScriptedWriter(primary::tables, changes -> changes <= acknowledged.get());
    try (SecondaryStore store = SecondaryStore.open(data(), own(), cache, writer)) {
      put(new byte[] {2}, "two"); // and its writer still forces it
      assertThatThrownBy(() -> store.catchUp(writer))
          .isInstanceOfSatisfying(StoreException.class, SecondaryStoreTest::passes)
          .hasMessageContaining("not acknowledged");
      assertThat(get(store, new byte[] {2})).isNull();
      assertThat(get(store, KEY)).as("it cannot be had without the other").isNull();
      assertThatThrownBy(() -> SecondaryStore.open(data(), own(), cache, writer))
          .isInstanceOfSatisfying(StoreException.class, SecondaryStoreTest::passes);
      acknowledged.set(primary.changeCount());
      assertThat(store.catchUp(writer)).isTrue();
      assertThat(get(store, new byte[] {2})).isEqualTo("two");
    }
  }

  @Test
  @DisplayName("P3, twin: whoever does not ask is admitted to them")
  void twinOfAcknowledgement() throws IOException {
    put(KEY, "one");
    Writer writer = new ScriptedWriter(primary::tables, changes -> false);
    Seams trusting = Seams.NONE.withUnverifiedViews();
    try (SecondaryStore store = SecondaryStore.open(data(), own(), cache, writer, trusting)) {
      assertThat(get(store, KEY)).isEqualTo("one");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName("nothing of what was opened and closed stays: memory, descriptors, threads")
  void givesEverythingBack(@TempDir Path other) {
    try (ChildJvm child =
        ChildJvm.of(Reopening.class, other).option(NativeHandles.agentOption(other)).start()) {
      assertThat(child.awaitLine("kept")).isEqualTo("kept {}");
    }
  }

  /** Opens many. */
  static final class Reopening {
    private Reopening() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      Path folder = Path.of(arguments[0]);
      try (RocksStore primary = RocksStore.open(folder.resolve("d"), Durability.PROCESS_CRASH)) {
        reopen(primary, folder, 0, 2); // what RocksDB makes once
        Footprint before = Footprint.now();
        reopen(primary, folder, 2, 30);
        System.out.println("kept " + Footprint.keptSince(before, Duration.ofSeconds(5)));
      }
    }

    private static void reopen(RocksStore primary, Path folder, int from, int to)
        throws IOException {
      try (SecondaryCache cache = new SecondaryCache()) {
        for (int i = from; i < to; i++) {
          Path own = Files.createDirectory(folder.resolve("own" + i));
          try (SecondaryStore store =
              SecondaryStore.open(
                  folder.resolve("d"), own, cache, ScriptedWriter.of(primary::tables))) {
            primary.write(new Batch().put(Family.ENTRIES, new byte[] {(byte) i}, new byte[9]));
            store.catchUp(ScriptedWriter.of(primary::tables));
            if (store.get(Family.ENTRIES, new byte[] {(byte) i}) == null) {
              throw new AssertionError("not caught up");
            }
          }
        }
      }
    }
  }
}
