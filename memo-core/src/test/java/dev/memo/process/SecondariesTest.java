package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.reads.LiveWriter;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.OwnerPage;
import dev.memo.process.reads.Paces;
import dev.memo.process.reads.SecondaryReads;
import dev.memo.process.reads.Source;
import dev.memo.store.Batch;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.FaultyStore;
import dev.memo.store.RocksStore;
import dev.memo.store.ScriptedWriter;
import dev.memo.store.StoreSeams;
import dev.memo.store.Writer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What RocksDB's secondaries show for ever although the primary has changed it, and that it does
 * not show through local reads. Primary and secondaries are in this process.
 */
final class SecondariesTest {
  private static final long FUNCTION = 7;
  private static final CallKey KEY = CallKey.of(FUNCTION, "args".getBytes(UTF_8));
  private static final int V = 1;
  private static final long WRITE_BUFFER_BYTES = 64 << 10;

  private final Path folder;
  private final List<SecondaryReads> opened = new ArrayList<>();
  private final AtomicLong markers = new AtomicLong();
  private ControlPage page;
  private FaultyStore store;
  private LocalPrimary primary;
  private boolean asksForAcknowledgement = true;

  SecondariesTest(@TempDir Path folder) {
    this.folder = folder;
    StoreSeams.writeOutEvery(WRITE_BUFFER_BYTES);
    StoreSeams.leaveTables(); // who has a damaged one open would write it anew
    page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    store = new FaultyStore(RocksStore.open(data(), Durability.PROCESS_CRASH));
    primary = primary();
  }

  private Path data() {
    return folder.resolve("data");
  }

  private LocalPrimary primary() {
    return new LocalPrimary(
        folder, store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
  }

  /** Another owner begins, after this one has closed the database. */
  private void takeOver() {
    primary.close();
    store.close();
    page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    store = new FaultyStore(RocksStore.open(data(), Durability.PROCESS_CRASH));
    primary = primary();
  }

  @AfterEach
  void close() {
    opened.forEach(SecondaryReads::close);
    primary.close();
    store.close();
    StoreSeams.restore();
  }

  private SecondaryReads follow(SecondaryReads reads, OwnerPage shown) {
    opened.add(reads);
    reads.follow(source("own" + opened.size(), shown, page.ownerEpoch()));
    return reads;
  }

  private Source source(String own, OwnerPage shown, long ownerEpoch) {
    Path made = folder.resolve(own);
    assertThat(made.toFile().mkdir()).isTrue();
    Writer writer =
        asksForAcknowledgement
            ? new LiveWriter(shown, () -> store.tables())
            : ScriptedWriter.of(() -> store.tables());
    return new Source(data(), made, shown, ownerEpoch, writer);
  }

  private static @Nullable String read(LocalReads reads, CallKey key) {
    Stored stored = reads.read(key, V);
    return stored == null ? null : text(stored);
  }

  private static String text(Stored stored) {
    byte[] bytes = stored.bytes();
    return new String(bytes, Stored.ENTRY_OFFSET, bytes.length - Stored.ENTRY_OFFSET, UTF_8);
  }

  private void put(CallKey key, String value) {
    Claim claim = new Claim(0, page.lastSequence());
    assertThat(primary.put(key, V, claim, value.getBytes(UTF_8), 0))
        .isInstanceOf(PutAnswer.Kept.class);
  }

  private static void awaitRead(LocalReads reads, CallKey key, String value) {
    Openings.await(value + " is read", () -> value.equals(read(reads, key)));
  }

  /** Stores something new and waits until these reads have caught up with it. */
  private void awaitCaughtUp(LocalReads reads) {
    awaitRead(reads, marker(), "marker");
  }

  /** As above; false if the reads have let the database go: files of it vanish now and then. */
  private boolean catchesUp(SecondaryReads reads) {
    CallKey marker = marker();
    Openings.await(
        "the marker is read",
        () -> "marker".equals(read(reads, marker)) || reads.counts().failures() > 0);
    return reads.counts().failures() == 0;
  }

  private CallKey marker() {
    CallKey marker = CallKey.of(FUNCTION, Meta.bytes(markers.incrementAndGet()));
    put(marker, "marker");
    return marker;
  }

  /** What happens to a value. */
  private enum Change {
    PUT,
    INVALIDATE,
    INVALIDATE_AND_STORE,
    INVALIDATE_ALL,
    /** As when the block that the value is in is damaged: a range is deleted. */
    INVALIDATE_UNREAD
  }

  private void make(Change change) {
    switch (change) {
      case PUT -> replace("new");
      case INVALIDATE -> primary.invalidate(KEY);
      case INVALIDATE_AND_STORE -> {
        primary.invalidate(KEY);
        put(KEY, "new");
      }
      case INVALIDATE_ALL -> primary.invalidateAll(FUNCTION);
      case INVALIDATE_UNREAD -> {
        store.failAllScans(Reason.CORRUPT);
        primary.invalidate(KEY);
        store.failAllScans(null);
      }
    }
  }

  private void replace(String value) {
    assertThat(primary.replace(KEY, V, value.getBytes(UTF_8), Long.MAX_VALUE))
        .isInstanceOf(PutAnswer.Kept.class);
  }

  /** Writes other things until the log in which the last change is has been written out. */
  private void writeOut() {
    List<String> before = logs();
    Random random = new Random(1);
    Openings.await(
        "the logs of before are gone",
        () -> {
          byte[] key = ByteBuffer.allocate(16).putLong(99).putLong(random.nextLong()).array();
          byte[] value = new byte[4096];
          random.nextBytes(value);
          store.write(new Batch().put(Family.ENTRIES, key, value).put(Family.META, key, value));
          store.write(new Batch().put(Family.MAPS, key, value));
          return logs().stream().noneMatch(before::contains);
        });
  }

  private List<String> logs() {
    return Openings.names(data()).stream().filter(name -> name.endsWith(".log")).toList();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P6: what was changed is not shown any more")
  void aChange(Change change) {
    changesAreObeyed(change, () -> {});
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P6: what was changed is not shown any more when the change was written out")
  void aChangeThatIsWrittenOut(Change change) {
    changesAreObeyed(change, this::writeOut);
  }

  private void changesAreObeyed(Change change, Runnable then) {
    put(KEY, "old");
    SecondaryReads once = follow(Paces.opensOnce(Meta::generations), page);
    LocalReads anew = follow(Paces.eager(Meta::generations), page);
    awaitRead(once, KEY, "old");
    awaitRead(anew, KEY, "old");
    make(change);
    assertThat(read(once, KEY)).isNotEqualTo("old");
    then.run();
    if (change != Change.INVALIDATE_ALL) { // after which nothing of this opening counts
      boolean unused = catchesUp(once); // or shows nothing any more
    }
    assertThat(read(once, KEY)).isNotEqualTo("old");
    awaitCaughtUp(anew);
    Stored stored = primary.read(KEY, V);
    if (stored == null) {
      assertThat(read(anew, KEY)).isNull();
    } else {
      awaitRead(anew, KEY, text(stored));
    }
  }

  @ParameterizedTest
  @EnumSource(names = "INVALIDATE_ALL", mode = EnumSource.Mode.EXCLUDE)
  @DisplayName("P6, twin: with epochs that stand still the old value is shown after the change")
  void twinOfEpochs(Change change) {
    Openings.await("the old value is shown", () -> showsOldAfter(change));
  }

  /**
   * False if the reads have let the database go, or have caught up twice, after which what they had
   * from a log that is gone is gone as well.
   */
  private boolean showsOldAfter(Change change) {
    replace("old");
    SecondaryReads reads = follow(Paces.opensOnce(Meta::generations), new FrozenPage(page));
    if (!catchesUp(reads) || !"old".equals(read(reads, KEY))) {
      return false; // what the attempt before wrote was just being written out
    }
    Paces.awaitRest(reads); // or it might see the change in the log, before that is gone
    make(change);
    writeOut();
    return catchesUp(reads) && "old".equals(read(reads, KEY));
  }

  @Test
  @DisplayName("P6, twin: with epochs that stand still nobody learns of the next generation")
  void twinOfTheDirectoryEpoch() {
    put(KEY, "old");
    LocalReads reads = follow(Paces.opensOnce(Meta::generations), new FrozenPage(page));
    awaitRead(reads, KEY, "old");
    primary.invalidateAll(FUNCTION);
    assertThat(read(reads, KEY)).isEqualTo("old");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P6: what was changed is not shown any more when another owner has begun")
  void aChangeAndAnotherOwner(Change change) {
    put(KEY, "old");
    SecondaryReads reads = Paces.eager(Meta::generations);
    follow(reads, page);
    awaitRead(reads, KEY, "old");
    make(change);
    takeOver();
    assertThat(read(reads, KEY)).as("before it is known who owns it").isNull();
    follow(reads, page);
    awaitCaughtUp(reads);
    Stored stored = primary.read(KEY, V);
    if (stored == null) {
      assertThat(read(reads, KEY)).isNull();
    } else {
      awaitRead(reads, KEY, text(stored));
    }
  }

  @Test
  @DisplayName("P2, P6: where a table is damaged nothing is shown, least of all what it replaced")
  void aDamagedTable() throws IOException {
    put(KEY, "old");
    writeOut();
    replace("new");
    SecondaryReads reads = follow(Paces.eager(Meta::generations), page);
    awaitRead(reads, KEY, "new");
    Paces.awaitRest(reads); // or it might open the tables before they are damaged
    cutTablesOf(this::writeOut);
    Openings.await(
        "the damage is met",
        () -> {
          assertThat(read(reads, KEY)).isNotEqualTo("old");
          CallKey marker = CallKey.of(FUNCTION, Meta.bytes(markers.incrementAndGet()));
          put(marker, "missed");
          assertThat(read(reads, marker)).isNull();
          return reads.counts().failures() > 2;
        });
    assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("new");
  }

  @Test
  @DisplayName(
      "P2, P6, twin: a secondary that is not compared with the primary shows the old value")
  void twinOfDamagedTables() throws IOException {
    StoreSeams.trustAnyView();
    put(KEY, "old");
    writeOut();
    replace("new");
    cutTablesOf(this::writeOut);
    awaitRead(follow(Paces.eager(Meta::generations), page), KEY, "old");
  }

  /** Damages the tables that are made by this. */
  private void cutTablesOf(Runnable action) throws IOException {
    List<String> before = tables();
    action.run();
    for (String table : tables()) {
      if (!before.contains(table)) {
        Path file = data().resolve(table);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(channel.size() - 1);
        }
      }
    }
  }

  private List<String> tables() {
    return Openings.names(data()).stream().filter(name -> name.endsWith(".sst")).toList();
  }

  @Test
  @DisplayName("P6: nothing is opened for an owner that may not have opened it yet")
  void anotherOwnerThatHasJustBegun() {
    put(KEY, "old");
    SecondaryReads reads = Paces.eager(Meta::generations);
    reads.follow(source("own", page, page.ownerEpoch() - 1));
    opened.add(reads);
    SecondaryReads attached = follow(Paces.eager(Meta::generations), page);
    for (int i = 0; i < 5; i++) { // so often it would have been opened
      assertThat(read(reads, KEY)).isNull();
      Paces.awaitRest(reads);
    }
    assertThat(reads.counts().openings()).isZero();
    awaitRead(attached, KEY, "old");
    assertThat(attached.counts().openings()).as("twin: of the owner that it is").isEqualTo(1);
  }

  /** Sees what is even in each stripe, as if no change were ever under way. */
  private record PageWithoutMarks(OwnerPage real) implements OwnerPage {
    @Override
    public long stripe(int index) {
      return real.stripe(index) / 2 * 2;
    }

    @Override
    public long directory() {
      return real.directory();
    }

    @Override
    public long lastSequence() {
      return real.lastSequence();
    }

    @Override
    public long ownerEpoch() {
      return real.ownerEpoch();
    }

    @Override
    public long lastChange() {
      return real.lastChange();
    }
  }

  @Test
  @DisplayName("P6: who sees a new value in the log is not followed by who sees the old one")
  void aChangeUnderWay() throws Exception {
    List<@Nullable String> seen = readDuringAPut(page);
    assertThat(seen.get(0)).as("read first, after a catch-up").isNull();
  }

  @Test
  @DisplayName("P6, twin: without a mark on the stripe the new value is followed by the old one")
  void twinOfChangesUnderWay() throws Exception {
    assertThat(readDuringAPut(new PageWithoutMarks(page))).containsExactly("new", "old");
  }

  /**
   * What one process and then another one sees between the write of a put and its end, of which the
   * first has caught up with it.
   */
  private List<@Nullable String> readDuringAPut(OwnerPage shown) throws Exception {
    put(KEY, "old");
    SecondaryReads first = follow(Paces.opensOnce(Meta::generations), shown);
    SecondaryReads second = follow(Paces.opensOnce(Meta::generations), shown);
    awaitRead(first, KEY, "old");
    awaitRead(second, KEY, "old");
    Paces.awaitRest(second); // it is the first that catches up
    List<@Nullable String> seen = new ArrayList<>();
    CallKey other = CallKey.of(FUNCTION, "arks".getBytes(UTF_8));
    store.afterWrites(
        () -> {
          store.afterWrites(() -> true);
          put(other, "follows in the log");
          awaitRead(first, other, "follows in the log");
          seen.add(read(first, KEY));
          seen.add(read(second, KEY));
          return true;
        });
    replace("new");
    assertThat(text(requireNonNull(primary.read(KEY, V)))).isEqualTo("new");
    assertThat(read(first, KEY)).isNotEqualTo("old");
    assertThat(read(second, KEY)).isNotEqualTo("old");
    return seen;
  }

  /** What is read of a result that is in the log, and that a write still forces, perhaps. */
  private @Nullable String readBeforeAcknowledgement() throws Exception {
    put(CallKey.of(FUNCTION, new byte[] {1}), "another");
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch acknowledges = new CountDownLatch(1);
    store.afterWrites(
        () -> {
          written.countDown();
          acknowledges.await();
          return true;
        });
    Thread putting = new Thread(() -> put(KEY, "value"));
    putting.start();
    try {
      written.await();
      SecondaryReads reads = follow(new SecondaryReads(Meta::generations), page);
      AtomicReference<@Nullable String> found = new AtomicReference<>();
      Openings.await(
          "it was read or refused",
          () -> {
            found.set(read(reads, KEY));
            return found.get() != null || reads.counts().failures() > 0;
          });
      return found.get();
    } finally {
      acknowledges.countDown();
      putting.join();
    }
  }

  @Test
  @DisplayName("P3: what is in the log is not read before it is acknowledged, but then it is")
  void acknowledgement() throws Exception {
    assertThat(readBeforeAcknowledgement()).isNull();
    awaitRead(opened.get(0), KEY, "value");
  }

  @Test
  @DisplayName("P3, twin: who does not ask whether it is acknowledged reads it")
  void twinOfAcknowledgement() throws Exception {
    asksForAcknowledgement = false;
    assertThat(readBeforeAcknowledgement()).isEqualTo("value");
  }
}
