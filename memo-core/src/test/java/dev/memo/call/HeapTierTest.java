package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Epochs;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the heap tier holds, arguments included. */
@Timeout(60)
class HeapTierTest {
  private static final int CALLS = 100;
  private static final int ARGUMENT_BYTES = 10_000;
  private static final long MAX_BYTES = 200_000;

  @TempDir Path folder;
  private OpenDirectory directory;

  @BeforeEach
  void open() {
    directory = OpenDirectory.open(folder.resolve("heap.memo"), DirectorySettings.DEFAULT);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  /** Long, and different in its last characters only. */
  private static String text(int n) {
    return "x".repeat(ARGUMENT_BYTES) + n;
  }

  private <A> StoredFunction<A, Integer, Exception> function(
      HeapTier heap, Class<? super A> argument) {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("hash", argument.getName()),
            ArgumentsFormat.ofOne(argument),
            ResultFormat.of(Integer.class, List.of()),
            0,
            Object::hashCode),
        new CallContext(
            directory.primary(),
            heap,
            WaitGraph.JVM,
            () -> false,
            InstantSource.system(),
            Duration.ofMinutes(10)));
  }

  /** Of how many of the calls the heap has the value. */
  private long held(HeapTier heap) throws Exception {
    StoredFunction<String, Integer, Exception> f = function(heap, String.class);
    for (int n = 0; n < CALLS; n++) {
      f.call(text(n));
    }
    long before = f.stats().hitsBySource().get(HitSource.HEAP);
    for (int n = 0; n < CALLS; n++) {
      assertThat(f.call(text(n))).isEqualTo(text(n).hashCode());
    }
    return f.stats().hitsBySource().get(HitSource.HEAP) - before;
  }

  @Test
  @DisplayName("P8: long arguments by which values are kept count to the bound of the heap tier")
  void longArgumentsCountToTheBound() throws Exception {
    HeapTier heap = new HeapTier(MAX_BYTES);
    assertThat(held(heap)).isBetween(1L, MAX_BYTES / ARGUMENT_BYTES);
    assertThat(heap.evictions()).isPositive();
  }

  @Test
  void withoutABoundAllOfThemAreHeld() throws Exception {
    assertThat(held(new HeapTier(Long.MAX_VALUE))).isEqualTo(CALLS);
  }

  @Test
  @DisplayName("P7: of long arguments that are known by their digest, only the digest counts")
  void digestsCountAsSuch() throws Exception {
    StoredFunction<List<?>, Integer, Exception> f = function(new HeapTier(MAX_BYTES), List.class);
    for (int pass = 0; pass < 2; pass++) {
      for (int n = 0; n < CALLS; n++) {
        f.call(List.of(text(n)));
      }
    }
    assertThat(f.stats().hitsBySource()).containsEntry(HitSource.HEAP, (long) CALLS);
  }

  @Test
  @DisplayName("P7: what is read again and again outlasts what is read once")
  void favouritesOutlastAScan() {
    assertThat(favouritesThatOutlastAScan(() -> new HeapTier(100))).isGreaterThan(17);
  }

  @Test
  @DisplayName("Twin: where no read is noted, favourites go like all others")
  void favouritesThatNobodyNoted() {
    int never = 1 << 30; // one in so many
    assertThat(favouritesThatOutlastAScan(() -> new HeapTier(100, never))).isLessThan(14);
  }

  /**
   * How many of 20 values that were read 100 times are there after 2,000 that were read once; in
   * the mean, because which ones go depends on their hashes. The functions are numbers, so that the
   * hashes of one run are those of all: identity hashes moved the twin's mean from 5 to 10.
   */
  private double favouritesThatOutlastAScan(Supplier<HeapTier> tiers) {
    return IntStream.range(0, 50)
        .mapToLong(i -> favouritesThatOutlastAScan(tiers.get(), i))
        .average()
        .orElseThrow();
  }

  private long favouritesThatOutlastAScan(HeapTier heap, Object function) {
    Epochs epochs = directory.primary().epochs(); // and values of one byte
    for (int other = 100; other < 200; other++) { // nothing is noted before it is half full
      getOrPut(heap, function, other, epochs);
    }
    for (int round = 0; round < 100; round++) {
      for (int favourite = 0; favourite < 20; favourite++) {
        getOrPut(heap, function, favourite, epochs);
      }
    }
    for (int once = 1_000; once < 3_000; once++) {
      getOrPut(heap, function, once, epochs);
    }
    assertThat(heap.evictions()).isGreaterThan(1_500);
    return IntStream.range(0, 20).filter(n -> heap.get(function, n, epochs) != null).count();
  }

  @Test
  @DisplayName("P7: new favourites come in while others are put")
  void newFavouritesComeIn() {
    assertThat(hitsOfChangingFavourites(() -> new HeapTier(100))).isGreaterThan(75);
  }

  @Test
  @DisplayName("Twin: hardly, if reads are noted as rarely as where nothing is put")
  void newFavouritesThatAreHardlyNoted() {
    assertThat(hitsOfChangingFavourites(() -> new HeapTier(100, 512))).isLessThan(62);
  }

  /**
   * Of 100 reads of one of 60 favourites, which change; as many others are read once. In the mean,
   * as above.
   */
  private double hitsOfChangingFavourites(Supplier<HeapTier> tiers) {
    return IntStream.range(0, 10)
        .mapToDouble(i -> hitsOfChangingFavourites(tiers.get(), i))
        .average()
        .orElseThrow();
  }

  private double hitsOfChangingFavourites(HeapTier heap, Object function) {
    Epochs epochs = directory.primary().epochs();
    Random random = new Random(1);
    int phases = 50;
    int reads = 3_000;
    int hits = 0;
    for (int phase = 0; phase < phases; phase++) {
      for (int read = 0; read < reads; read++) {
        int favourite = 60 * phase + random.nextInt(60);
        if (heap.get(function, favourite, epochs) != null) {
          hits++;
        } else {
          getOrPut(heap, function, favourite, epochs);
        }
        getOrPut(heap, function, -1 - phase * reads - read, epochs);
      }
    }
    return 100.0 * hits / (phases * reads);
  }

  private static void getOrPut(HeapTier heap, Object function, int number, Epochs epochs) {
    if (heap.get(function, number, epochs) == null) {
      heap.put(function, number, new HeapTier.Value(number, 0, Freshness.now(epochs, 0), 1));
    }
  }
}
