package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.call.MissReason;
import dev.memo.claims.Stored;
import dev.memo.codec.TypeRef;
import dev.memo.store.Batch;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that were damaged on disk, seen by calls. */
class DamagedEntryTest {
  /** More than the bytes of an entry, so that each byte is damaged in some entry. */
  private static final int CALLS = 400;

  /** Neither a scalar nor immutable: its bytes are Kryo's, and its hits come from disk. */
  record Spectrum(String name, List<Double> lines) {
    static Spectrum of(int n) {
      return new Spectrum("star " + n, List.of(n + 0.25, n + 0.5));
    }
  }

  @TempDir Path folder;
  private final AtomicInteger runs = new AtomicInteger();

  private FunctionStats callAll() {
    try (Memo memo = Memo.open(folder.resolve("damaged.memo"))) {
      CachedFunction<Integer, Spectrum, RuntimeException> spectrum =
          memo.function("spectrum", "1", TypeRef.of(Integer.class), TypeRef.of(Spectrum.class))
              .capturesNothing()
              .calls(
                  n -> {
                    runs.incrementAndGet();
                    return Spectrum.of(n);
                  });
      assertThat(IntStream.range(0, CALLS).boxed())
          .allSatisfy(n -> assertThat(spectrum.call(n)).isEqualTo(Spectrum.of(n)));
      return spectrum.stats();
    }
  }

  @Test
  @DisplayName("P2, P8: whichever byte of an entry is damaged, the call computes and replaces it")
  void damagedEntryIsACountedMissAndIsReplaced() {
    callAll();
    int shortest = damageOneByteOfEachEntry();
    assertThat(shortest).isLessThan(CALLS);

    FunctionStats damaged = callAll();
    FunctionStats repaired = callAll();

    assertThat(damaged.hits()).isZero();
    assertThat(damaged.missesByReason().get(MissReason.FORMAT)).as("its version").isPositive();
    assertThat(damaged.missesByReason().get(MissReason.FORMAT))
        .isEqualTo(CALLS - damaged.missesByReason().get(MissReason.DAMAGED));
    assertThat(repaired.hitsBySource()).containsEntry(HitSource.DISK, (long) CALLS);
    assertThat(runs).hasValue(2 * CALLS);
  }

  /** The nth entry gets another nth byte; returns the length of the shortest. */
  private int damageOneByteOfEachEntry() {
    Path data = folder.resolve("damaged.memo").resolve("data");
    Batch damage = new Batch();
    AtomicInteger shortest = new AtomicInteger(Integer.MAX_VALUE);
    try (RocksStore store = RocksStore.open(data, Durability.PROCESS_CRASH)) {
      store.scan(
          Family.ENTRIES,
          new byte[0],
          (key, value) -> {
            int length = value.length - Stored.ENTRY_OFFSET;
            int n = damage.changes().size();
            value[Stored.ENTRY_OFFSET + n % length] ^= 0x55;
            damage.put(Family.ENTRIES, key, value);
            shortest.accumulateAndGet(length, Math::min);
            return true;
          });
      store.write(damage);
    }
    assertThat(damage.changes()).hasSize(CALLS);
    return shortest.get();
  }
}
