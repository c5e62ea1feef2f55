package dev.memo.store;

import static java.nio.charset.StandardCharsets.UTF_8;
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
            RocksStore.open(
                folder.resolve("db"),
                durability,
                false,
                new NativeDatabase.Seams(true, statistics))) {
      long before = statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
      for (byte i = 0; i < 10; i++) {
        store.write(new Batch().put(Family.ENTRIES, new byte[] {i}, new byte[] {i}));
      }
      return statistics.getTickerCount(TickerType.WAL_FILE_SYNCED) - before;
    }
  }

  @Test
  @DisplayName("P3: kill -9 loses no acknowledged write")
  void killLosesNothingAcknowledged() {
    List<String> acknowledged = acknowledgedByAKilledWriter(true);
    try (RocksStore store = RocksStore.open(folder.resolve("db"), Durability.PROCESS_CRASH)) {
      assertThat(acknowledged).allSatisfy(key -> assertThat(has(store, key)).isTrue());
    }
  }

  @Test
  @DisplayName("P3, twin: without the write-ahead log, kill -9 loses acknowledged writes")
  void killLosesWritesWithoutALog() {
    List<String> acknowledged = acknowledgedByAKilledWriter(false);
    try (RocksStore store = RocksStore.open(folder.resolve("db"), Durability.PROCESS_CRASH)) {
      assertThat(acknowledged).anySatisfy(key -> assertThat(has(store, key)).isFalse());
    }
  }

  private static boolean has(Store store, String key) {
    return store.get(Family.ENTRIES, key.getBytes(UTF_8)) != null;
  }

  private List<String> acknowledgedByAKilledWriter(boolean log) {
    try (ChildJvm writer = ChildJvm.of(Writer.class, folder.resolve("db"), log).start()) {
      writer.awaitLine("key 2000");
      List<String> acknowledged = new ArrayList<>(List.of("key 1", "key 2000"));
      acknowledged.addAll(writer.kill());
      // the last line may have been cut by the kill
      acknowledged.remove(acknowledged.size() - 1);
      assertThat(acknowledged).allMatch(line -> line.startsWith("key "));
      return acknowledged;
    }
  }

  /** Writes until it is killed, and says what was acknowledged. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      NativeDatabase.Seams seams =
          new NativeDatabase.Seams(Boolean.parseBoolean(arguments[1]), null);
      RocksStore store =
          RocksStore.open(Path.of(arguments[0]), Durability.PROCESS_CRASH, false, seams);
      for (long i = 1; ; i++) {
        byte[] key = ("key " + i).getBytes(UTF_8);
        store.write(new Batch().put(Family.ENTRIES, key, key));
        System.out.println("key " + i);
      }
    }
  }
}
