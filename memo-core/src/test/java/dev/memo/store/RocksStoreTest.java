package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.failure.DirectoryClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

final class RocksStoreTest {
  private final Path folder;

  RocksStoreTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  @DisplayName("P8: closing under load refuses every later use and crashes nothing")
  void closeUnderLoadRefusesLaterUses() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      RocksStore store = RocksStore.open(folder.resolve("db" + round), Durability.PROCESS_CRASH);
      AtomicInteger refused = new AtomicInteger();
      CountDownLatch running = new CountDownLatch(8);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        byte[] key = {(byte) i};
        Runnable use = uses(store, key).get(i % 4);
        Thread thread =
            new Thread(
                () -> {
                  try {
                    use.run();
                    running.countDown();
                    while (true) {
                      use.run();
                    }
                  } catch (DirectoryClosedException e) {
                    refused.incrementAndGet();
                  }
                });
        threads.add(thread);
        thread.start();
      }
      running.await();
      store.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(refused).hasValue(8);
    }
  }

  private static List<Runnable> uses(Store store, byte[] key) {
    return List.of(
        () -> store.get(Family.ENTRIES, key),
        () -> store.write(new Batch().put(Family.ENTRIES, key, key)),
        () -> store.scan(Family.ENTRIES, new byte[0], (found, value) -> true),
        () -> store.multiGet(Family.ENTRIES, List.of(key, key)));
  }

  @Test
  @DisplayName("P3: POWER_LOSS forces every write to the medium")
  void powerLossSyncsEveryWrite() {
    assertThat(syncsOfTenWrites(Durability.POWER_LOSS)).isGreaterThanOrEqualTo(10);
  }

  @Test
  @DisplayName("P3, twin: PROCESS_CRASH does not force writes")
  void processCrashDoesNotSync() {
    assertThat(syncsOfTenWrites(Durability.PROCESS_CRASH)).isZero();
  }

  private long syncsOfTenWrites(Durability durability) {
    NativeLibrary.load();
    try (Statistics statistics = new Statistics();
        RocksStore store =
            RocksStore.open(folder.resolve("db"), durability, false, Seams.NONE.with(statistics))) {
      long before = statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
      for (byte i = 0; i < 10; i++) {
        store.write(new Batch().put(Family.ENTRIES, new byte[] {i}, new byte[] {i}));
      }
      return statistics.getTickerCount(TickerType.WAL_FILE_SYNCED) - before;
    }
  }
}
