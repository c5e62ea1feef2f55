package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.SharedCounters.Keeping;
import dev.memo.process.wire.Message;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How reports of processes become sums, and how sums become rows that the next primary reads. */
@Timeout(120)
@Tag("heavy")
final class SharedCountersTest {
  private static final long ID = 7;
  private static final String IDENTITY = "f\n1";

  private final Path folder;
  private final FaultyStore store = new FaultyStore(new HeapStore());
  private SharedCounters counters;

  SharedCountersTest(@TempDir Path folder) {
    this.folder = folder;
    this.counters = next(Keeping.WRITTEN);
  }

  /** The counters of the next primary. */
  private SharedCounters next(Keeping keeping) {
    ControlPage page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    LocalPrimary primary =
        new LocalPrimary(
            folder, store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
    primary.counters().read(keeping);
    primary.register(ID, IDENTITY);
    return primary.counters();
  }

  private static Message.Counts report(long number, String name, long count) {
    return new Message.Counts(number, Map.of(), Map.of(ID, Map.of(name, count)));
  }

  private Map<String, Long> sums() {
    return counters.ofFunctions().getOrDefault(IDENTITY, Map.of());
  }

  @Test
  void whatProcessesReportIsAddedUp() {
    counters.add("a", report(1, "hits.HEAP", 2));
    counters.add("b", report(1, "hits.HEAP", 3));
    counters.add("b", report(2, "misses.ABSENT", 4));
    counters.add("a", new Message.Counts(2, Map.of("folded", 5L), Map.of()));
    assertThat(sums()).isEqualTo(Map.of("hits.HEAP", 5L, "misses.ABSENT", 4L));
    assertThat(counters.ofDirectory()).isEqualTo(Map.of("folded", 5L));
  }

  @Test
  void aReportCountsOnceHoweverOftenItIsSent() {
    counters.add("a", report(1, "x", 2));
    counters.add("a", report(1, "x", 2));
    assertThat(sums()).isEqualTo(Map.of("x", 2L));
    counters.write();
    counters = next(Keeping.WRITTEN);
    counters.add("a", report(1, "x", 2));
    assertThat(sums()).as("sent again to the next primary").isEqualTo(Map.of("x", 2L));
    counters.add("a", report(2, "x", 2));
    assertThat(sums()).isEqualTo(Map.of("x", 4L));
  }

  @Test
  @DisplayName("twin: a primary that has forgotten the number of a report counts it again")
  void twinWithoutTheNumber() {
    counters.add("a", report(1, "x", 2));
    counters.retain(Set.of());
    counters.add("a", report(1, "x", 2));
    assertThat(sums()).isEqualTo(Map.of("x", 4L));
  }

  @Test
  void theNextPrimaryGoesOnWithThemAndKnowsWhoseTheyAre() {
    counters.add("a", report(1, "x", 2));
    counters.count(DirectoryState.TAKEOVERS);
    counters.write();
    counters = next(Keeping.WRITTEN);
    store.failAllReads(Reason.OTHER); // what it says of them needs none
    assertThat(sums()).isEqualTo(Map.of("x", 2L));
    counters.add("b", report(1, "x", 1));
    assertThat(sums()).isEqualTo(Map.of("x", 3L));
    assertThat(counters.ofDirectory()).isEqualTo(Map.of("takeovers", 1L));
  }

  @Test
  @DisplayName("twin: without the rows the next primary begins at zero")
  void twinWithoutRows() {
    counters.add("a", report(1, "x", 2));
    counters.write();
    counters = next(Keeping.FORGOTTEN);
    assertThat(sums()).isEmpty();
  }

  @Test
  void whatNobodyRegisteredIsIgnored() {
    counters.add("a", new Message.Counts(1, Map.of(), Map.of(ID + 1, Map.of("x", 1L))));
    assertThat(counters.ofFunctions()).isEmpty();
    counters.write();
    assertThat(store.get(Family.META, key(ID + 1))).isNull();
  }

  @Test
  @DisplayName("P8: no number of names, and no count, does harm")
  void thereAreBounds() {
    for (int i = 0; i < 2 * CounterRow.MAX_NAMES; i++) {
      counters.add("a", report(i + 1, "name" + i, 1));
    }
    assertThat(sums()).hasSize(CounterRow.MAX_NAMES);
    counters.add("b", report(1, "name0", Long.MAX_VALUE));
    counters.add("b", report(2, "name0", Long.MAX_VALUE));
    counters.add("b", report(3, "name0", -5));
    assertThat(sums()).containsEntry("name0", Long.MAX_VALUE);
    counters.add("a name\n=1", report(1, "name1", 1));
    counters.write();
    counters = next(Keeping.WRITTEN);
    assertThat(sums()).containsEntry("name0", Long.MAX_VALUE).containsEntry("name1", 2L);
  }

  @Test
  void aRefusedWriteOnlyDelaysThem() {
    store.failAllWrites(Reason.OTHER);
    counters.add("a", report(1, "x", 2));
    try (CapturedLog log = CapturedLog.of("dev.memo.process")) {
      counters.write();
      counters.write();
      assertThat(log.warnings()).hasSize(1);
    }
    assertThat(sums()).isEqualTo(Map.of("x", 2L));
    store.failAllWrites(null);
    counters.write();
    counters = next(Keeping.WRITTEN);
    assertThat(sums()).isEqualTo(Map.of("x", 2L));
  }

  @Test
  void nothingIsWrittenIfNothingHasChanged() {
    AtomicLong writes = new AtomicLong();
    store.beforeWrites(writes::incrementAndGet);
    counters.add("a", report(1, "x", 2));
    counters.write();
    counters.write();
    counters.add("a", report(1, "x", 2));
    counters.write();
    assertThat(writes).hasValue(1);
  }

  @Test
  @DisplayName("P2: a row that makes no sense counts as zero, and is replaced")
  void aDamagedRowCountsAsZero() {
    counters.add("a", report(1, "x", 2));
    counters.add("a", new Message.Counts(2, Map.of("folded", 5L), Map.of()));
    counters.write();
    for (String row :
        List.of("x", "x=", "x=-1", "x=1.5", "=1", "\u00ff\n", "x=99999999999999999999")) {
      store.write(new Batch().put(Family.META, key(ID), row.getBytes(UTF_8)));
      try (CapturedLog log = CapturedLog.of("dev.memo.process")) {
        counters = next(Keeping.WRITTEN);
        assertThat(log.warnings()).as(row).hasSize(1);
      }
      assertThat(sums()).as(row).isEmpty();
      assertThat(counters.ofDirectory()).isEqualTo(Map.of("folded", 5L));
    }
    store.write(new Batch().put(Family.META, key(ID), new byte[] {'x', '=', (byte) 0xFF}));
    counters = next(Keeping.WRITTEN);
    counters.add("b", report(1, "y", 1));
    counters.write();
    assertThat(new String(store.get(Family.META, key(ID)), UTF_8)).isEqualTo("y=1\n");
  }

  private static byte[] key(long id) {
    Batch batch = new Batch();
    Meta.putCounters(batch, id, new byte[0]);
    byte[][] key = new byte[1][];
    HeapStore seen = new HeapStore();
    seen.write(batch);
    seen.scan(
        Family.META,
        new byte[0],
        (found, value) -> {
          key[0] = found;
          return true;
        });
    return key[0];
  }

  @Test
  void rowsAreLinesInOrderOfTheirNames() {
    byte[] row = CounterRow.write(Map.of("hits.HEAP", 12L, "bypasses", 3L));
    assertThat(new String(row, UTF_8)).isEqualTo("bypasses=3\nhits.HEAP=12\n");
    assertThat(CounterRow.read(row)).isEqualTo(Map.of("hits.HEAP", 12L, "bypasses", 3L));
    assertThatThrownBy(() -> CounterRow.read(new byte[(1 << 20) + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private OpenDirectory open(Keeping keeping) {
    return open(keeping, Openings.SOON);
  }

  private OpenDirectory open(Keeping keeping, Times times) {
    OpenDirectory directory =
        OpenDirectory.open(
            folder.resolve("d"),
            DirectorySettings.DEFAULT,
            times,
            new Leadership.Rules(stored -> true, Outdating.STARTED_BEFORE, keeping));
    directory.primary().register(ID, IDENTITY);
    directory.countWith(() -> Map.of(ID, Map.of("x", 2L)));
    return directory;
  }

  private static Map<String, Long> sums(OpenDirectory directory) {
    DirectoryState state = directory.state();
    assertThat(state).isNotNull();
    return state.functions().getOrDefault(IDENTITY, Map.of());
  }

  @Test
  void aDirectoryThatIsOpenedAgainGoesOn() {
    for (long time = 1; time <= 3; time++) {
      try (OpenDirectory directory = open(Keeping.WRITTEN)) {
        assertThat(sums(directory)).isEqualTo(Map.of("x", 2 * time));
      }
    }
  }

  @Test
  @DisplayName("twin: a directory that writes no counters begins at zero when it is opened again")
  void twinOfADirectory() {
    for (int time = 1; time <= 2; time++) {
      try (OpenDirectory directory = open(Keeping.FORGOTTEN)) {
        assertThat(sums(directory)).isEqualTo(Map.of("x", 2L));
      }
    }
  }

  @Test
  @Timeout(60)
  @DisplayName("P4: who asks a closed directory is told of nothing, and does not wait")
  void aClosedDirectoryHasNoState() {
    Duration forEver = Duration.ofMinutes(10);
    OpenDirectory directory =
        open(Keeping.WRITTEN, new Times(Openings.SOON.beat(), forEver, forEver, forEver));
    directory.close();
    assertThat(directory.state()).isNull();
  }

  @Test
  @DisplayName("P4: who asks a silent primary is told of nothing, and it is told of all later")
  void aSilentPrimaryIsToldLater() {
    try (Peer primary = Peer.open(folder.resolve("d"), Openings.SOON);
        OpenDirectory here = open(Keeping.WRITTEN)) {
      Openings.awaitRole(here, "follows");
      primary.stop();
      assertThat(here.state()).isNull();
      primary.resume();
      Openings.awaitRole(here, "follows");
      Openings.await(
          "it is told", () -> here.state() != null && sums(here).equals(Map.of("x", 2L)));
    }
  }

  @Test
  void resultsOfSpoolsAreCountedWhenTheyAreStored() {
    try (Peer primary = Peer.open(folder.resolve("d"), Openings.SOON);
        Peer killed = Peer.open(folder.resolve("d"), Openings.SOON);
        OpenDirectory here = open(Keeping.WRITTEN)) {
      GatedFunctions functions = GatedFunctions.of(here);
      Openings.awaitRole(here, "follows");
      primary.stop();
      String spooled = functions.call("quick", 1);
      String spooledElsewhere = killed.get("call", "quick", 2);
      assertThat(functions.stats().spooled()).isEqualTo(1);
      killed.kill();
      primary.resume();
      Openings.await("both are stored", () -> folded(here) == 2);
      assertThat(primary.get("call", "quick", 1)).isEqualTo(spooled);
      assertThat(primary.get("call", "quick", 2)).isEqualTo(spooledElsewhere);
    }
  }

  private static long folded(OpenDirectory directory) {
    DirectoryState state = directory.state();
    return state == null ? 0 : state.counts().getOrDefault(DirectoryState.FOLDED, 0L);
  }

  @Test
  void aProcessTellsWhatWasAddedAndTellsItAgainUntilItIsAnswered() {
    AtomicLong folded = new AtomicLong(1);
    AtomicLong hits = new AtomicLong(2);
    OwnCounters own = new OwnCounters(() -> Map.of("folded", folded.get()));
    own.countWith(() -> Map.of(ID, Map.of("x", hits.get())));
    List<Message.Counts> sent = new ArrayList<>();
    assertThatThrownBy(
            () ->
                own.tell(
                    counts -> {
                      sent.add(counts);
                      throw new LostPrimaryException(null);
                    }))
        .isInstanceOf(LostPrimaryException.class);
    hits.set(5);
    own.tell(sent::add);
    own.tell(sent::add);
    own.tell(sent::add);
    Message.Counts first = new Message.Counts(1, Map.of("folded", 1L), Map.of(ID, Map.of("x", 2L)));
    assertThat(sent)
        .containsExactly(
            first, first, new Message.Counts(2, Map.of(), Map.of(ID, Map.of("x", 3L))));
    sent.forEach(counts -> counters.add("a", counts));
    assertThat(sums()).isEqualTo(Map.of("x", 5L));
  }

  @Test
  void aProcessOfManyFunctionsSendsSeveralReports() {
    OwnCounters own = new OwnCounters(Map::of);
    Map<Long, Map<String, Long>> many = new java.util.HashMap<>();
    for (long id = 0; id < 2 * Message.Counts.FUNCTIONS_AT_ONCE + 1; id++) {
      many.put(id, Map.of("x", 1L));
    }
    own.countWith(() -> many);
    List<Message.Counts> sent = new ArrayList<>();
    own.tell(sent::add);
    assertThat(sent).extracting(Message.Counts::number).containsExactly(1L, 2L, 3L);
    assertThat(sent.stream().mapToInt(counts -> counts.functions().size()).sum())
        .isEqualTo(many.size());
  }

  @Test
  @DisplayName("P4: however many functions there are, a process that does not lead learns of all")
  void manyFunctionsAreToldOf() {
    try (OpenDirectory leads = Openings.open(folder.resolve("d"), Openings.SOON);
        OpenDirectory follows = Openings.open(folder.resolve("d"), Openings.SOON)) {
      Openings.awaitRole(follows, "follows");
      Map<Long, Map<String, Long>> counted = new TreeMap<>();
      for (long id = 1; id <= 6_000; id++) {
        leads.primary().register(id, "com.example.pricing.Quotes#quote(java.lang.String)\n1." + id);
        counted.put(id, counts(8, "hits.and.misses", id));
      }
      leads.countWith(() -> counted);
      assertThat(leads.state().functions()).hasSize(6_000);
      CompletableFuture<DirectoryState> told =
          CompletableFuture.supplyAsync(follows::state, task -> daemon(task).start());
      assertThat(told).succeedsWithin(Duration.ofSeconds(60));
      assertThat(told.join().functions()).isEqualTo(leads.state().functions());
    }
  }

  @Test
  @DisplayName("P5: whatever the names, what a process counts arrives")
  void longNamesArrive() {
    try (OpenDirectory leads = Openings.open(folder.resolve("d"), Openings.SOON);
        OpenDirectory follows = Openings.open(folder.resolve("d"), Openings.SOON)) {
      Openings.awaitRole(follows, "follows");
      Map<Long, Map<String, Long>> counted = new TreeMap<>();
      for (long id = 1; id <= 1_000; id++) {
        follows.primary().register(id, "f\n" + id);
        counted.put(id, counts(20, "n".repeat(60), id));
      }
      follows.countWith(() -> counted);
      Openings.awaitState(leads, "all has arrived", state -> state.functions().size() == 1_000);
    }
  }

  private static Map<String, Long> counts(int names, String prefix, long count) {
    Map<String, Long> counts = new TreeMap<>();
    for (int name = 0; name < names; name++) {
      counts.put(prefix + name, count);
    }
    return counts;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  }

  @Test
  void aPrimaryThatCannotSayWhichFunctionsThereAreTakesNothing() {
    store.failAllReads(Reason.OTHER);
    Message.Counts unknown =
        new Message.Counts(1, Map.of(), Map.of(ID, Map.of("x", 1L), ID + 1, Map.of("x", 1L)));
    assertThatThrownBy(() -> counters.add("a", unknown)).isInstanceOf(StoreException.class);
    assertThat(sums()).isEmpty();
    store.failAllReads(null);
    counters.add("a", unknown);
    assertThat(sums()).isEqualTo(Map.of("x", 1L));
  }
}
