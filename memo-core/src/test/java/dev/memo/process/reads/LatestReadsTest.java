package dev.memo.process.reads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.store.Batch;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import dev.memo.store.ScriptedWriter;
import dev.memo.store.SecondaryStore;
import dev.memo.store.Writer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reads that wait for another look: when they do, for how long, and what is let go afterwards. */
@Timeout(120)
@Tag("heavy")
final class LatestReadsTest {
  private static final int V = 1;
  private static final long OWNER = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final ScriptedPage page = new ScriptedPage(OWNER);
  private final RocksStore store;
  private final List<LatestReads> opened = new ArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger recoveries = new AtomicInteger();

  LatestReadsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectory(folder.resolve("own"));
    store = RocksStore.open(folder.resolve("data"), Durability.PROCESS_CRASH);
  }

  @AfterEach
  void close() {
    opened.forEach(LatestReads::close);
    store.close();
  }

  private static Map<Long, Long> first(SecondaryStore unused) {
    return Map.of();
  }

  private LatestReads follow(Pace pace, Duration patience, Writer writer) {
    LatestReads reads =
        new LatestReads(LatestReadsTest::first, recoveries::incrementAndGet, pace, patience);
    opened.add(reads);
    reads.follow(source(writer));
    return reads;
  }

  private Source source(Writer writer) {
    return new Source(folder.resolve("data"), folder.resolve("own"), page, OWNER, writer);
  }

  private LatestReads follow() {
    return follow(Pace.DEFAULT, PATIENCE, answering());
  }

  private Writer answering() {
    return ScriptedWriter.of(
        () -> {
          asked.incrementAndGet();
          return store.tables();
        });
  }

  private static CallKey key(int number) {
    return CallKey.of(7, ("key" + number).getBytes(UTF_8));
  }

  private void put(int number) {
    Stored stored = Stored.of(number, ("value" + number).getBytes(UTF_8));
    store.write(new Batch().put(Family.ENTRIES, key(number).entryKey(0, V), stored.bytes()));
    page.lastChange.set(store.changeCount());
  }

  private void remove(int number) {
    store.write(new Batch().delete(Family.ENTRIES, key(number).entryKey(0, V)));
    page.lastChange.set(store.changeCount());
    page.stripes.addAndGet(key(number).stripe(), 2);
  }

  private static @Nullable Stored read(LatestReads reads, int number) {
    return reads.read(key(number), V);
  }

  private List<String> views() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> views = Files.newDirectoryStream(folder.resolve("own"))) {
      views.forEach(view -> names.add(view.getFileName().toString()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return names;
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void whatWasAcknowledgedBeforeIsFoundAtOnce() {
    LatestReads reads = follow();
    for (int number = 0; number < 100; number++) {
      assertThat(read(reads, number)).isNull();
      put(number);
      assertThat(read(reads, number)).isNotNull();
    }
    assertThat(views()).as("openings").containsExactly("view-1");
  }

  @Test
  @DisplayName("twin: what the page does not tell of is not looked for")
  void twinWithoutThePage() {
    LatestReads reads = follow();
    put(0);
    assertThat(read(reads, 0)).isNotNull();
    long before = page.lastChange();
    put(1);
    page.lastChange.set(before);
    assertThat(read(reads, 1)).isNull();
  }

  @Test
  @DisplayName("P6: what was removed is not found again, and what is left is")
  void whatWasRemovedIsGone() {
    LatestReads reads = follow();
    put(1);
    put(2);
    assertThat(read(reads, 1)).isNotNull();
    remove(1);
    assertThat(read(reads, 1)).isNull();
    assertThat(read(reads, 2)).isNotNull();
    assertThat(views()).as("opened anew").containsExactly("view-2");
  }

  @Test
  @DisplayName("P6: what is changed at this moment is not found, though nobody waits for long")
  void aStripeThatIsChanging() {
    LatestReads reads = follow();
    put(1);
    assertThat(read(reads, 1)).isNotNull();
    page.stripes.incrementAndGet(key(1).stripe());
    for (int i = 0; i < 10; i++) {
      assertThat(read(reads, 1)).isNull();
    }
    assertThat(views()).as("not opened in vain").containsExactly("view-1");
    page.stripes.incrementAndGet(key(1).stripe());
    assertThat(read(reads, 1)).isNotNull();
  }

  @Test
  void manyThatWaitNeedOneLook() {
    put(1);
    LatestReads reads = follow();
    List<CompletableFuture<@Nullable Stored>> all =
        IntStream.range(0, 16)
            .<CompletableFuture<@Nullable Stored>>mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> read(reads, 1), task -> new Thread(task).start()))
            .toList();
    all.forEach(found -> assertThat(found.join()).isNotNull());
    assertThat(views()).containsExactly("view-1");
    assertThat(asked).as("tables are asked for once").hasValue(1);
  }

  @Test
  @DisplayName(
      "P4: a look that does not come back holds up one call for its patience, and no other")
  void aLookThatHangs() throws InterruptedException {
    put(1);
    CountDownLatch comesBack = new CountDownLatch(1);
    Writer hanging =
        ScriptedWriter.of(
            () -> {
              try {
                comesBack.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return store.tables();
            });
    Duration patience = Duration.ofMillis(500);
    try (CapturedLog log = CapturedLog.of("dev.memo.process")) {
      LatestReads reads = follow(Pace.DEFAULT, patience, hanging);
      long begin = System.nanoTime();
      assertThat(read(reads, 1)).isNull();
      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(patience.toNanos());
      begin = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertThat(read(reads, 1)).isNull();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("a hundred waits would take ten times as long")
          .isLessThan(patience.multipliedBy(10));
      assertThat(log.warnings()).singleElement().asString().contains("cannot be read in time");
      comesBack.countDown();
      await("it is found", () -> read(reads, 1) != null);
    }
  }

  @Test
  @DisplayName("P5: what cannot be read is told of once, and tried again")
  void failures() {
    put(1);
    try (CapturedLog log = CapturedLog.of("dev.memo.process")) {
      LatestReads reads = follow(Paces.EAGER, PATIENCE, ScriptedWriter.of(() -> 1));
      await("it was tried", () -> read(reads, 1) == null && !log.warnings().isEmpty());
      reads.follow(source(answering()));
      await("it is found", () -> read(reads, 1) != null);
      assertThat(log.warnings()).singleElement().asString().contains("tables", "calls compute");
    }
  }

  @Test
  @DisplayName("P4: what failed under one owner does not delay reads under the next")
  void anotherOwnerBeginsAnew() {
    put(1);
    LatestReads reads = follow(Pace.DEFAULT, PATIENCE, ScriptedWriter.of(() -> 1));
    assertThat(read(reads, 1)).isNull();
    assertThat(reads.isBlind()).isTrue();
    reads.follow(source(answering()));
    assertThat(reads.isBlind()).isFalse();
    assertThat(read(reads, 1)).isNotNull();
  }

  @Test
  @DisplayName("P4: files that come and go are looked at again soon, however often")
  void changingFiles() {
    put(1);
    AtomicInteger silent = new AtomicInteger(100);
    Writer writer = ScriptedWriter.of(() -> silent.decrementAndGet() > 0 ? 0 : store.tables());
    try (CapturedLog log = CapturedLog.of("dev.memo.process")) {
      LatestReads reads = follow(Pace.DEFAULT, PATIENCE, writer);
      long begin = System.nanoTime();
      await("it is found", () -> read(reads, 1) != null);
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("twenty pauses that do not grow; of a back-off six take a minute")
          .isLessThan(Duration.ofSeconds(30));
      assertThat(log.warnings()).singleElement().asString().contains("too fast");
    }
  }

  @Test
  @DisplayName("P1: it is told when calls that computed without a look would find something")
  void tellsWhenItSeesAgain() {
    put(1);
    AtomicBoolean isSilent = new AtomicBoolean(true);
    Writer writer = ScriptedWriter.of(() -> isSilent.get() ? 0 : store.tables());
    LatestReads reads = follow(Paces.EAGER, PATIENCE, writer);
    assertThat(read(reads, 1)).isNull();
    assertThat(recoveries).hasValue(0);
    isSilent.set(false);
    await("it is found", () -> read(reads, 1) != null);
    assertThat(recoveries).hasValue(1);
    put(2);
    assertThat(read(reads, 2)).isNotNull();
    assertThat(recoveries).as("once").hasValue(1);
  }

  @Test
  void openingsTakeAPartOfTheTimeOnly() {
    put(1);
    LatestReads reads = follow();
    assertThat(read(reads, 1)).isNotNull();
    long begin = System.nanoTime();
    long enough = Duration.ofSeconds(1).toNanos();
    // a busy machine takes longer until it was opened again and again
    while (System.nanoTime() - begin < enough
        || views().stream().anyMatch(List.of("view-1", "view-2")::contains)) {
      page.stripes.addAndGet(key(1).stripe(), 2);
      assertThat(read(reads, 1)).isNotNull();
    }
    long took = System.nanoTime() - begin;
    long looking =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("memo looks at"))
            .mapToLong(
                thread -> ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId()))
            .sum();
    assertThat(looking).isLessThan(took * 6 / 10);
  }

  @Test
  @DisplayName("P4: a change that does not end is waited for once")
  void aChangeThatDoesNotEnd() {
    put(1);
    LatestReads reads = follow();
    page.stripes.incrementAndGet(key(1).stripe());
    long begin = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertThat(read(reads, 1)).isNull();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(OwnerPage.LONGEST_CHANGE, OwnerPage.LONGEST_CHANGE.multipliedBy(10));
  }

  @Test
  void whatNobodyReadsIsLetGo() {
    Pace pace = Paces.with(Duration.ofDays(1), Duration.ofMillis(50));
    put(1);
    LatestReads reads = follow(pace, PATIENCE, answering());
    assertThat(read(reads, 1)).isNotNull();
    await(
        "it is closed",
        () -> {
          reads.tidy();
          return views().isEmpty();
        });
    assertThat(read(reads, 1)).isNotNull();
  }

  @Test
  @DisplayName("P4: what nobody reads is let go later if no thread can be had to do it")
  void aTidyingThatCannotBegin() {
    AtomicBoolean isFull = new AtomicBoolean();
    AtomicReference<Thread> last = new AtomicReference<>();
    Pace pace = Paces.with(Duration.ofDays(1), Duration.ofMillis(50));
    LatestReads reads =
        new LatestReads(
            LatestReadsTest::first,
            recoveries::incrementAndGet,
            pace,
            PATIENCE,
            task -> {
              if (isFull.get()) {
                throw new OutOfMemoryError("unable to create native thread, says a test");
              }
              last.set(LatestReads.daemon(task));
              return last.get();
            });
    opened.add(reads);
    reads.follow(source(answering()));
    put(1);
    assertThat(read(reads, 1)).isNotNull();
    await("it has no thread", () -> !last.get().isAlive());
    isFull.set(true);
    assertThatThrownBy(reads::tidy).isInstanceOf(OutOfMemoryError.class);
    isFull.set(false);
    await(
        "it is closed",
        () -> {
          reads.tidy();
          return views().isEmpty();
        });
  }

  @Test
  void whatIsReadOnIsOpenedAnewNowAndThenIfSomethingWasWritten() {
    Pace pace = Paces.with(Duration.ofMillis(50), Duration.ofDays(1));
    put(1);
    LatestReads reads = follow(pace, PATIENCE, answering());
    assertThat(read(reads, 1)).isNotNull();
    put(2);
    await(
        "it is opened anew",
        () -> {
          reads.tidy();
          return read(reads, 1) != null && views().contains("view-2");
        });
  }

  @Test
  void atRestNothingIsOpen() {
    put(1);
    LatestReads reads = follow();
    assertThat(read(reads, 1)).isNotNull();
    reads.rest();
    assertThat(read(reads, 1)).isNull();
    await("it is closed", () -> views().isEmpty());
    reads.follow(source(answering()));
    assertThat(read(reads, 1)).isNotNull();
    reads.close();
    reads.close();
    assertThat(views()).isEmpty();
    assertThat(read(reads, 1)).isNull();
  }
}
