package dev.memo.process.reads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.FullLog;
import dev.memo.claims.CallKey;
import dev.memo.claims.Epochs;
import dev.memo.claims.Stored;
import dev.memo.store.Batch;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import dev.memo.store.SecondaryStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the database is looked at, and what becomes of failures. The primary is a bare database. */
final class SecondaryReadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int V = 1;
  private static final long OWNER = 3;

  private final Path folder;
  private final ScriptedPage page = new ScriptedPage(OWNER);
  private final List<SecondaryReads> opened = new ArrayList<>();
  private @Nullable RocksStore store;

  SecondaryReadsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectory(folder.resolve("own"));
  }

  private Path data() {
    return folder.resolve("data");
  }

  private RocksStore store() {
    if (store == null) {
      store = RocksStore.open(data(), Durability.PROCESS_CRASH);
    }
    return store;
  }

  private SecondaryReads follow(SecondaryReads reads) {
    opened.add(reads);
    reads.follow(source());
    return reads;
  }

  private Source source() {
    LiveWriter writer = new LiveWriter(page, () -> store().tables());
    return new Source(data(), folder.resolve("own"), page, OWNER, writer);
  }

  @AfterEach
  void close() {
    opened.forEach(SecondaryReads::close);
    if (store != null) {
      store.close();
    }
  }

  /** All functions have their first generation. */
  private static Map<Long, Long> first(SecondaryStore unused) {
    return Map.of();
  }

  private static CallKey key(int number) {
    return CallKey.of(7, ("key" + number).getBytes(UTF_8));
  }

  private void put(int number) {
    Stored stored = Stored.of(number, ("value" + number).getBytes(UTF_8));
    store().write(new Batch().put(Family.ENTRIES, key(number).entryKey(0, V), stored.bytes()));
    page.lastChange.set(store().changeCount());
  }

  private static boolean has(LocalReads reads, int number) {
    return reads.read(key(number), V) != null;
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
    }
  }

  private List<Path> views() {
    try (Stream<Path> views = Files.list(folder.resolve("own"))) {
      return views.toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Test
  @DisplayName("P4: reads whose thread could not be started try again at the next owner")
  void aThreadThatCannotBeStarted() {
    AtomicBoolean isFull = new AtomicBoolean(true);
    ThreadFactory threads =
        task ->
            new Thread(task) {
              @Override
              public synchronized void start() {
                if (isFull.getAndSet(false)) {
                  throw new OutOfMemoryError("unable to create native thread, says a test");
                }
                super.start();
              }
            };
    put(1);
    SecondaryReads reads = new SecondaryReads(SecondaryReadsTest::first, Paces.EAGER, threads);
    opened.add(reads);
    assertThatThrownBy(() -> reads.follow(source())).isInstanceOf(OutOfMemoryError.class);
    reads.follow(source());
    await("it is read", () -> has(reads, 1));
  }

  @Test
  @DisplayName("P4: reads that find no memory, nor any to say so, go on when there is")
  void theThreadOutlivesAFullHeap() {
    AtomicBoolean isFull = new AtomicBoolean(true);
    put(1);
    try (FullLog log = FullLog.of("dev.memo.process")) {
      SecondaryReads reads =
          follow(
              Paces.eager(
                  unused -> {
                    if (isFull.getAndSet(false)) {
                      throw new OutOfMemoryError("of a test");
                    }
                    return Map.of();
                  }));
      await("it is read", () -> has(reads, 1));
      assertThat(log.refused()).isPositive();
    }
  }

  @Test
  void nothingIsOpenedBeforeSomebodyReads() {
    put(1);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    assertThat(views()).isEmpty();
    assertThat(has(reads, 1)).as("nobody waits for the opening").isFalse();
    await("it is opened", () -> has(reads, 1));
    assertThat(reads.counts().openings()).isEqualTo(1);
    assertThat(views()).hasSize(1);
    reads.close();
    assertThat(views()).isEmpty();
  }

  @Test
  void nothingIsLookedAtWhileNothingIsWritten() {
    put(1);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("it is opened", () -> has(reads, 1));
    for (int i = 0; i < 5; i++) {
      assertThat(has(reads, 2)).isFalse();
      Paces.awaitRest(reads);
    }
    assertThat(reads.counts()).isEqualTo(new SecondaryReads.Counts(1, 0, 0));
    put(3);
    await("it is caught up with", () -> has(reads, 3));
    assertThat(reads.counts()).isEqualTo(new SecondaryReads.Counts(1, 1, 0));
  }

  @Test
  void aLongBacklogIsOpenedAnewInsteadOfCaughtUpWith() {
    put(0);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("it is opened", () -> has(reads, 0));
    Paces.awaitRest(reads);
    int many = (int) Pace.MAX_BACKLOG + 1;
    for (int i = 1; i <= many; i++) {
      put(i);
    }
    await("the last is read", () -> has(reads, many));
    assertThat(reads.counts()).isEqualTo(new SecondaryReads.Counts(2, 0, 0));
  }

  @Test
  void whereTooManyStripesMovedItIsOpenedAnewButNotAllTheTime() {
    put(1);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("it is opened", () -> has(reads, 1));
    long begin = System.nanoTime();
    for (int opening = 2; opening <= 6; opening++) {
      for (int stripe = 0; stripe < Epochs.STRIPES; stripe++) {
        page.stripes.addAndGet(stripe, 2);
      }
      assertThat(has(reads, 1)).isFalse();
      await("it is opened anew", () -> has(reads, 1));
    }
    assertThat(reads.counts().openings()).isEqualTo(6);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThan(Paces.EAGER.betweenOpenings().multipliedBy(4));
    await("the former ones are removed", () -> views().size() == 1);
  }

  @Test
  void oneStripeThatMovedIsPutUpWithForAWhile() {
    put(1);
    SecondaryReads patient = follow(Paces.opensOnce(SecondaryReadsTest::first));
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("it is opened", () -> has(patient, 1) && has(reads, 1));
    page.stripes.addAndGet(key(1).stripe(), 2);
    await("it is opened anew", () -> has(reads, 1));
    assertThat(has(patient, 1)).isFalse();
    assertThat(patient.counts().openings()).isEqualTo(1);
  }

  @Test
  void anOpeningDoesNotGrowOld() {
    put(1);
    SecondaryReads reads =
        follow(Paces.opensAnew(SecondaryReadsTest::first, Duration.ofMillis(100)));
    await("it is opened", () -> has(reads, 1));
    put(2);
    await("it is opened anew", () -> has(reads, 1) && reads.counts().openings() == 2);
  }

  @Test
  @DisplayName(
      "P6, P7: an opening in vain takes nothing from what is read already and still counts")
  void anOpeningInVain() {
    AtomicBoolean isSilent = new AtomicBoolean();
    LiveWriter writer = new LiveWriter(page, () -> isSilent.get() ? 0 : store().tables());
    put(1);
    put(3);
    SecondaryReads reads = Paces.opensAnew(SecondaryReadsTest::first, Duration.ofMillis(100));
    opened.add(reads);
    reads.follow(new Source(data(), folder.resolve("own"), page, OWNER, writer));
    await("it is opened", () -> has(reads, 1) && has(reads, 3));
    Paces.awaitRest(reads); // nobody is admitted during a catch-up
    isSilent.set(true);
    put(2);
    await(
        "it was tried",
        () -> {
          assertThat(has(reads, 1)).isTrue();
          return reads.counts().failures() >= 3;
        });
    page.stripes.addAndGet(key(3).stripe(), 2);
    assertThat(has(reads, 3)).isFalse();
    isSilent.set(false);
    await("it is opened anew", () -> has(reads, 2) && reads.counts().openings() == 2);
  }

  @Test
  @DisplayName("P6: a view that was opened while a stripe was odd never counts for it")
  void aStripeThatWasOddAtTheOpening() {
    int stripe = key(1).stripe();
    assertThat(key(2).stripe()).isNotEqualTo(stripe);
    put(1);
    put(2);
    page.stripes.set(stripe, 1);
    SecondaryReads once = follow(Paces.opensOnce(SecondaryReadsTest::first));
    SecondaryReads again = follow(Paces.eager(SecondaryReadsTest::first));
    await("both are open", () -> has(once, 2) && has(again, 2));
    for (long counter = 0; counter <= 4; counter++) {
      page.stripes.set(stripe, counter);
      assertThat(has(once, 1)).as("the stripe is at %s", counter).isFalse();
    }
    await("an opening of now counts", () -> has(again, 1));
    assertThat(has(once, 1)).isFalse();
    assertThat(has(once, 2)).as("other stripes of it count").isTrue();
    assertThat(once.counts().openings()).isEqualTo(1);
  }

  @Test
  void aStripeThatWasOddCountsAsMovedForEver() {
    page.stripes.set(5, 1);
    Snapshot snapshot = requireNonNull(Snapshot.take(page, OWNER));
    for (long counter = 0; counter <= 4; counter++) {
      page.stripes.set(5, counter);
      assertThat(snapshot.isCurrent(5, page)).isFalse();
      assertThat(snapshot.moved(page)).isEqualTo(1);
      assertThat(snapshot.isCurrent(6, page)).isTrue();
    }
  }

  @Test
  @DisplayName("twin: one that was even counts while it is the same")
  void aStripeThatWasEven() {
    page.stripes.set(5, 2);
    Snapshot snapshot = requireNonNull(Snapshot.take(page, OWNER));
    assertThat(snapshot.isCurrent(5, page)).isTrue();
    assertThat(snapshot.moved(page)).isZero();
    page.stripes.set(5, 3);
    assertThat(snapshot.isCurrent(5, page)).isFalse();
    assertThat(snapshot.moved(page)).isEqualTo(1);
  }

  /** What happens in the midst of the first opening, when the database has been opened. */
  private static final class Interruption {
    final AtomicReference<SecondaryStore> store = new AtomicReference<>();
    private final AtomicReference<SecondaryReads> reads = new AtomicReference<>();
    private final Consumer<SecondaryReads> what;

    Interruption(Consumer<SecondaryReads> what) {
      this.what = what;
    }

    /** Long enough for readers to find what they must not. */
    SecondaryReads slow() {
      SecondaryReads made = Paces.rests(this::generations, Duration.ofMillis(300));
      reads.set(made);
      return made;
    }

    private Map<Long, Long> generations(SecondaryStore opening) {
      if (store.compareAndSet(null, opening)) {
        what.accept(requireNonNull(reads.get()));
        LockSupport.parkNanos(1); // or what woke this thread would shorten its next pause
      }
      return Map.of();
    }

    /** Whether the database of the first opening shows the row. */
    boolean shows(int number) {
      SecondaryStore first = store.get();
      return first != null && first.get(Family.ENTRIES, key(number).entryKey(0, V)) != null;
    }
  }

  @Test
  @DisplayName(
      "what is being opened when there is nothing to read any more is closed, and not read")
  void restsDuringAnOpening() {
    put(1);
    AtomicBoolean shown = new AtomicBoolean();
    AtomicReference<Interruption> self = new AtomicReference<>();
    Interruption rests =
        new Interruption(
            reads -> {
              shown.set(requireNonNull(self.get()).shows(1));
              reads.rest();
            });
    self.set(rests);
    SecondaryReads reads = follow(rests.slow());
    await(
        "it was opened and closed again",
        () -> {
          assertThat(has(reads, 1)).isFalse();
          return rests.store.get() != null && !rests.shows(1) && views().isEmpty();
        });
    assertThat(shown).as("it could have been read").isTrue();
    assertThat(reads.counts().failures()).isZero();
    reads.follow(source());
    await("it is opened anew", () -> has(reads, 1));
    assertThat(views()).hasSize(1);
  }

  @Test
  @DisplayName("twin: it is read if there is something to read again")
  void followsDuringAnOpening() {
    put(1);
    Source source = source();
    Interruption restsForAMoment =
        new Interruption(
            reads -> {
              reads.rest();
              reads.follow(source);
            });
    SecondaryReads reads = restsForAMoment.slow();
    opened.add(reads);
    reads.follow(source);
    await("it is opened", () -> has(reads, 1));
    assertThat(restsForAMoment.shows(1)).isTrue();
    assertThat(reads.counts().openings()).isEqualTo(1);
  }

  @Test
  void aDatabaseThatShowsLessThanItMustIsNotRead() {
    put(1);
    page.lastChange.set(1_000);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("it was tried", () -> !has(reads, 1) && reads.counts().failures() >= 2);
    assertThat(reads.counts().openings()).isZero();
    page.lastChange.set(1);
    await("it is opened", () -> has(reads, 1));
  }

  @Test
  @DisplayName("P4: a directory that was deleted is not made again by who reads it")
  void aDeletedDirectory() throws IOException {
    put(1);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    Files.delete(folder.resolve("own"));
    await("it was tried", () -> !has(reads, 1) && reads.counts().failures() >= 2);
    assertThat(folder.resolve("own")).doesNotExist();
    Files.createDirectory(folder.resolve("own"));
    await("it is opened", () -> has(reads, 1));
  }

  @Test
  void aBackOffDelaysNoClose() {
    SecondaryReads reads = follow(Paces.opensOnce(SecondaryReadsTest::first));
    await("it was tried", () -> !has(reads, 1) && reads.counts().failures() == 1);
    assertReturns(reads); // long before the next try
  }

  @Test
  @DisplayName("P4: a database that is missing is tried again and again, and nobody is told")
  void aMissingDatabase() {
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("it was tried", () -> !has(reads, 1) && reads.counts().failures() >= 3);
    put(1);
    await("it is opened", () -> has(reads, 1));
    assertThat(views()).hasSize(1);
  }

  @Test
  @DisplayName("P2, P4: what is damaged is not read, and nobody is told")
  void damagedTables() throws IOException {
    put(1);
    store().close();
    store = null;
    store(); // writes out what is in the log
    Path table = requireNonNull(table());
    byte[] bytes = Files.readAllBytes(table);
    bytes[0] ^= 1; // of the block with the row, which is read when it is needed
    Files.write(table, bytes);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("the damage is met", () -> !has(reads, 1) && reads.counts().failures() >= 3);
    put(2);
    await("what is not damaged is read", () -> has(reads, 2));
  }

  @Test
  @DisplayName("P4, P8: a log that RocksDB would read for ever is not read, at the opening")
  void endlessLogs() throws IOException {
    put(1);
    makeEndless();
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("the damage is met", () -> !has(reads, 1) && reads.counts().failures() >= 3);
    assertReturns(reads);
  }

  @Test
  @DisplayName("P4, P8: a log that RocksDB would read for ever is not read, in a catch-up")
  void logsThatBecomeEndless() throws IOException {
    put(1);
    SecondaryReads reads = follow(Paces.eager(SecondaryReadsTest::first));
    await("it is opened", () -> has(reads, 1));
    Paces.awaitRest(reads);
    put(2);
    makeEndless();
    await("the damage is met", () -> !has(reads, 2) && reads.counts().failures() >= 3);
    assertReturns(reads);
  }

  private static void assertReturns(SecondaryReads reads) {
    long begin = System.nanoTime();
    reads.close(); // which leaves a thread alone that does not return in 10 s
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(9));
  }

  /** Makes the last record of the log one of a recycled log. */
  private void makeEndless() throws IOException {
    try (Stream<Path> files = Files.list(data())) {
      Path log = files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        long last = 0;
        for (long at = 0; at < file.length(); ) {
          last = at;
          file.seek(at + 4);
          at += 7 + file.read() + 256L * file.read();
        }
        file.seek(last + 6);
        int type = file.read();
        file.seek(last + 6);
        file.write(type ^ 4);
      }
    }
  }

  private @Nullable Path table() {
    try (Stream<Path> files = Files.list(data())) {
      return files.filter(file -> file.toString().endsWith(".sst")).findFirst().orElse(null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("P8: readers go on while it is opened, caught up with, let go and closed")
  void readersDuringEverything() throws Exception {
    put(1);
    SecondaryReads reads =
        follow(Paces.opensAnew(SecondaryReadsTest::first, Duration.ofMillis(30)));
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong found = new AtomicLong();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread reader =
          new Thread(
              () -> {
                while (!over.get()) {
                  found.addAndGet(has(reads, 1) ? 1 : 0);
                  has(reads, 0);
                }
              });
      reader.start();
      readers.add(reader);
    }
    int number = 2;
    while (reads.counts().openings() < 5 || reads.counts().catchUps() < 5) {
      put(number++);
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
      if (number % 50 == 0) {
        reads.rest();
        reads.follow(source());
      }
    }
    reads.close();
    over.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(found).hasPositiveValue();
    assertThat(has(reads, 1)).isFalse();
    assertThat(reads.counts().failures()).isZero();
    assertThat(views()).isEmpty();
  }
}
