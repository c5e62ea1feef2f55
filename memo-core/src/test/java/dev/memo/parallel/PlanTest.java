package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.Binding;
import dev.memo.CachedMethod;
import dev.memo.Memo;
import dev.memo.call.BulkCalls;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.process.ReadPath;
import dev.memo.store.ChildJvm;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code Parallel.plan} says of a batch, that the batch then does it, and that it is free. */
@Timeout(120)
final class PlanTest {
  private static final TypeRef<Integer> INTEGER = TypeRef.of(Integer.class);
  private static final TypeRef<List<Integer>> LIST = new TypeRef<>() {};

  private final Path path;
  private final AtomicInteger runs = new AtomicInteger();
  private Memo memo;

  PlanTest(@TempDir Path folder) {
    path = folder.resolve("plan.memo");
    memo = Memo.open(path);
  }

  @AfterEach
  void close() {
    memo.close();
  }

  /** A function of lists, which the heap tier does not keep. */
  private static CachedFunction<Integer, List<Integer>, RuntimeException> listed(
      Memo memo, AtomicInteger runs) {
    return memo.function("listed", "1", INTEGER, LIST)
        .capturesNothing()
        .calls(
            n -> {
              runs.incrementAndGet();
              return new ArrayList<>(List.of(n));
            });
  }

  private CachedFunction<Integer, List<Integer>, RuntimeException> listed(Memo in) {
    return listed(in, runs);
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static void assertCounts(
      Plan plan, long hits, long misses, long duplicates, long unknown) {
    assertThat(List.of(plan.hits(), plan.misses(), plan.duplicates(), plan.unknown()))
        .as("hits, misses, duplicates, unknown")
        .containsExactly(hits, misses, duplicates, unknown);
    assertThat(plan.inputs()).isEqualTo(hits + misses + duplicates + unknown);
  }

  @Test
  void aPlanTellsHitsMissesAndDuplicates() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Parallel.map(listed, range(0, 900), 2);
    List<Integer> inputs = new ArrayList<>(range(300, 1300));
    inputs.addAll(range(800, 1000)); // of which the latter half is not stored
    Plan plan = Parallel.plan(listed, inputs, 16);
    assertCounts(plan, 700, 400, 100, 0);
    assertThat(plan.threads()).isEqualTo(16);
    assertThat(plan.timedResults()).isEqualTo(700);
    assertThat(plan.timePerMiss()).hasValue(plan.timeSaved().dividedBy(700));
    assertThat(plan.cost()).isEmpty();
    assertThat(plan.toString())
        .startsWith("1,200 inputs: 700 from cache, 400 to compute, 100 duplicates")
        .contains("on 16 threads", "from 700 stored results");
  }

  @Test
  @DisplayName("nothing is run, counted or stored, by all that can be seen of it")
  void aPlanChangesNothing() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Parallel.map(listed, range(0, 500), 2);
    reopen();
    Map<String, Integer> before = rows();
    listed = listed(memo);
    runs.set(0);
    assertCounts(Parallel.plan(listed, range(0, 1000), 4), 500, 500, 0, 0);
    assertThat(runs).hasValue(0);
    assertThat(listed.stats()).isEqualTo(FunctionStats.NONE);
    assertThat(memo.stats().total()).isEqualTo(FunctionStats.NONE);
    assertThat(rows()).isEqualTo(before).hasSize(500);
  }

  @Test
  @DisplayName("twin: calls run, count and store")
  void twinOfCalls() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Parallel.map(listed, range(0, 500), 2);
    reopen();
    Map<String, Integer> before = rows();
    listed = listed(memo);
    runs.set(0);
    Parallel.map(listed, range(0, 1000), 4);
    assertThat(runs).hasValue(500);
    assertThat(listed.stats().hits()).isEqualTo(500);
    assertThat(rows()).isNotEqualTo(before).hasSize(1000);
  }

  private void reopen() {
    memo.close();
    memo = Memo.open(path);
  }

  /** All rows of entries and tombstones, of the directory opened anew. */
  private Map<String, Integer> rows() {
    memo.close();
    Map<String, Integer> rows = new TreeMap<>();
    try (RocksStore store = RocksStore.open(path.resolve("data"), Durability.PROCESS_CRASH)) {
      store.scan(
          Family.ENTRIES,
          new byte[0],
          (key, value) -> {
            rows.put(HexFormat.of().formatHex(key), Arrays.hashCode(value));
            return true;
          });
    }
    memo = Memo.open(path);
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theBatchThenDoesWhatItsPlanSays(long seed) {
    Random random = new Random(seed);
    CachedFunction<@Nullable Integer, @Nullable List<Integer>, RuntimeException> any =
        memo.<@Nullable Integer, @Nullable List<Integer>>function("any", "1", INTEGER, LIST)
            .capturesNothing()
            .calls(
                n -> {
                  runs.incrementAndGet();
                  return n == null || n % 7 == 0 ? null : List.of(n);
                });
    for (int batch = 0; batch < 6; batch++) {
      List<@Nullable Integer> inputs = inputs(random);
      for (int i = random.nextInt(100); i > 0 && !inputs.isEmpty(); i--) {
        any.invalidate(inputs.get(random.nextInt(inputs.size())));
      }
      Plan plan = Parallel.plan(any, inputs, 1 + random.nextInt(4));
      FunctionStats before = any.stats();
      int runsBefore = runs.get();
      Parallel.map(any, inputs, 1 + random.nextInt(4));
      FunctionStats after = any.stats();
      assertThat(plan.inputs()).isEqualTo(inputs.size());
      assertThat(plan.misses())
          .as("seed %d, batch %d", seed, batch)
          .isEqualTo(runs.get() - runsBefore)
          .isEqualTo(after.misses() - before.misses());
      assertThat(plan.hits() + plan.duplicates()).isEqualTo(after.hits() - before.hits());
    }
  }

  private static List<@Nullable Integer> inputs(Random random) {
    int size = random.nextInt(1500);
    int distinct = 1 + random.nextInt(1500);
    List<@Nullable Integer> inputs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      inputs.add(random.nextInt(50) == 0 ? null : random.nextInt(distinct));
    }
    return inputs;
  }

  @Test
  void theTimeSavedIsThatOfTheBatch() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Parallel.map(listed, range(0, 600), 2);
    Duration before = listed.stats().timeSaved();
    Plan plan = Parallel.plan(listed, range(0, 600), 2);
    assertThat(plan.estimatedTime()).hasValue(Duration.ZERO);
    assertThat(plan.toString()).contains("nothing to compute");
    Parallel.map(listed, range(0, 600), 2);
    assertThat(listed.stats().timeSaved().minus(before)).isEqualTo(plan.timeSaved()).isPositive();
  }

  @Test
  @DisplayName("P6: what was invalidated is to be computed")
  void whatWasInvalidatedIsToBeComputed() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Plan first = Parallel.plan(listed, range(0, 600), 2);
    assertCounts(first, 0, 600, 0, 0);
    Parallel.map(listed, range(0, 600), 2);
    range(0, 200).forEach(listed::invalidate);
    assertCounts(Parallel.plan(listed, range(0, 600), 2), 400, 200, 0, 0);
    listed.invalidateAll();
    assertThat(Parallel.plan(listed, range(0, 600), 2)).isEqualTo(first);
  }

  @Test
  void withoutStoredResultsTheTimeIsUnknown() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    listed.put(1, List.of(1)); // by hand: nobody knows how long it would take
    Plan plan = Parallel.plan(listed, range(0, 10));
    assertCounts(plan, 1, 9, 0, 0);
    assertThat(plan.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(plan.timePerMiss()).isEmpty();
    assertThat(plan.estimatedTime()).isEmpty();
    assertThat(plan.toString()).contains("unknown: no stored result tells");
  }

  @Test
  void withoutHitsItGoesByWhatCallsHaveFoundBefore() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Parallel.map(listed, range(0, 20), 1);
    Parallel.map(listed, range(0, 20), 1);
    Plan plan = Parallel.plan(listed, range(20, 30), 1);
    assertThat(plan.timedResults()).isEqualTo(20);
    assertThat(plan.timePerMiss()).hasValue(listed.stats().timeSaved().dividedBy(20));
    assertThat(plan.timeSaved()).isZero();
  }

  @Test
  void whatCannotBeLookedUpIsUnknown() {
    CachedFunction<String, List<Integer>, RuntimeException> fed =
        listed(memo).with(Integer::valueOf);
    fed.call("1");
    Plan plan = Parallel.plan(fed, List.of("1", "2", "three", "02"), 1);
    assertCounts(plan, 1, 1, 1, 1);
    assertThat(plan.toString()).contains("1 duplicate, 1 unknown", "calls that would fail");
  }

  @Test
  void ofFuturesItIsWhatTheyCompleteWith() {
    CachedFunction<Integer, CompletableFuture<Integer>, RuntimeException> later =
        memo.function("later", "1", INTEGER, new TypeRef<CompletableFuture<Integer>>() {})
            .capturesNothing()
            .calls(
                n -> {
                  runs.incrementAndGet();
                  return CompletableFuture.completedFuture(n);
                });
    CompletableFuture.allOf(
            Parallel.map(later, range(0, 300), 2).toArray(new CompletableFuture<?>[0]))
        .join();
    List<Integer> inputs = new ArrayList<>(range(0, 400));
    inputs.addAll(range(0, 400));
    FunctionStats before = later.stats();
    Plan plan = Parallel.plan(later, inputs, 2);
    assertCounts(plan, 600, 100, 100, 0);
    assertThat(plan.timePerMiss()).isPresent();
    assertThat(later.stats()).isEqualTo(before);
    assertThat(runs).hasValue(300);
  }

  @Test
  void whatIsStoredUnderAnAliasOnlyCountsAsAMiss() {
    Parallel.map(listed(memo), range(0, 100), 2);
    CachedFunction<Integer, List<Integer>, RuntimeException> renamed =
        memo.function("renamed", "1", INTEGER, LIST)
            .aliases("listed")
            .capturesNothing()
            .calls(n -> List.of(n, runs.incrementAndGet()));
    assertCounts(Parallel.plan(renamed, range(0, 100)), 0, 100, 0, 0);
    Parallel.map(renamed, range(0, 100), 2);
    assertThat(runs).hasValue(100);
    assertCounts(Parallel.plan(renamed, range(0, 100)), 100, 0, 0, 0);
  }

  @Test
  @SuppressWarnings("StreamToIterable") // it is read once
  void inputsMayComeFromAStream() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Parallel.map(listed, range(0, 1000), 2);
    Stream<Integer> numbers = Stream.iterate(0, n -> n + 1).limit(40_000).map(n -> n % 20_000);
    assertCounts(Parallel.plan(listed, numbers::iterator, 2), 2000, 19_000, 19_000, 0);
    assertCounts(Parallel.plan(listed, Collections.emptyList(), 2), 0, 0, 0, 0);
  }

  @Test
  @SuppressWarnings("StreamToIterable") // it is read once
  void whatReadingTheInputsThrowsIsThrown() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    Stream<Integer> numbers = Stream.of("1", "2", "three").map(Integer::valueOf); // as it is read
    assertThatThrownBy(() -> Parallel.plan(listed, numbers::iterator))
        .isInstanceOf(NumberFormatException.class);
  }

  @Test
  void aPlanHasAThreadAtLeast() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    assertThatThrownBy(() -> Parallel.plan(listed, List.of(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be >= 1, got: 0");
  }

  /** Numbers, and an interrupt of who reads them. */
  private static Iterator<Integer> interrupting(int at) {
    return Stream.iterate(0, n -> n + 1)
        .limit(100_000)
        .peek(
            n -> {
              if (n == at) {
                Thread.currentThread().interrupt();
              }
            })
        .iterator();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20_000})
  void anInterruptedCallerGetsACancellation(int at) {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    try {
      assertThatThrownBy(() -> Parallel.plan(listed, () -> interrupting(at), 2))
          .isInstanceOf(CancellationException.class)
          .hasMessage("a plan was cancelled: its calling thread was interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aClosedDirectoryCannotBePlannedFor() {
    CachedFunction<Integer, List<Integer>, RuntimeException> listed = listed(memo);
    memo.close();
    assertThatThrownBy(() -> Parallel.plan(listed, range(0, 1000), 2))
        .isInstanceOf(DirectoryClosedException.class)
        .hasNoSuppressedExceptions();
  }

  private static final class Numbers {
    static int next(int n) {
      return n + 1;
    }
  }

  @Test
  @SuppressWarnings("try") // the binding is for its end only
  void aDirectoryThatCannotBeOpenedCannotBePlannedFor(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("a file"));
    CachedFunction<Integer, Integer, RuntimeException> next =
        CachedMethod.in("unopenable.memo", Numbers.class, "next", int.class).calls(Numbers::next);
    try (Binding bound = Memo.bind("unopenable.memo", file)) {
      assertThatThrownBy(() -> Parallel.plan(next, range(0, 1000), 2))
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void whoOnlyReadsMayPlan() {
    Parallel.map(listed(memo), range(0, 500), 2);
    memo.close();
    try (Memo reader = Memo.at(path).readOnly().open()) {
      assertCounts(Parallel.plan(listed(reader), range(0, 600), 2), 500, 100, 0, 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProcessThatDoesNotLeadMayPlan(ReadPath reads) {
    Parallel.map(listed(memo), range(0, 3000), 2);
    long before = memo.stats().shared().asked();
    try (ChildJvm secondary = ChildJvm.of(Secondary.class, path, reads).start()) {
      assertThat(secondary.awaitLine("planned")).isEqualTo("planned 4000, 1000, 1000");
      assertThat(memo.stats().shared().asked() - before)
          .isLessThanOrEqualTo(6000 / BulkCalls.CHUNK + 20);
    }
  }

  static final class Secondary {
    private Secondary() {}

    public static void main(String[] arguments) {
      try (Memo memo =
          Memo.at(Path.of(arguments[0])).reads(ReadPath.valueOf(arguments[1])).open()) {
        List<Integer> inputs = new ArrayList<>(range(0, 4000));
        inputs.addAll(range(2000, 4000));
        Plan plan = Parallel.plan(listed(memo, new AtomicInteger()), inputs, 2);
        System.out.println(
            "planned " + plan.hits() + ", " + plan.misses() + ", " + plan.duplicates());
      }
    }
  }
}
