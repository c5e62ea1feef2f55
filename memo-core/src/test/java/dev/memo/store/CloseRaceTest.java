package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.failure.DirectoryClosedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** A store that is closed while threads are in native code. */
final class CloseRaceTest {

  private static final int STUCK = 9;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  @DisplayName("P8: a close waits for threads in native code")
  void closeWaitsForThreadsInNativeCode() {
    assertThat(end(true, 5)).isEqualTo(End.ORDERLY);
  }

  @Test
  @DisplayName("P8, twin: a close that does not wait crashes the JVM")
  void closeThatDoesNotWaitCrashesTheJvm() {
    // most crash at the first close, nearly all before the tenth
    assertThat(end(false, 100)).isIn(End.CRASHED, End.STUCK);
  }

  private enum End {
    ORDERLY,
    CRASHED,
    STUCK
  }

  private End end(boolean awaitsReturns, int rounds) {
    Path crashReport = folder.resolve("crash.log");
    try (ChildJvm child =
        ChildJvm.of(Closer.class, folder.resolve("data"), awaitsReturns, rounds)
            .option("-XX:ErrorFile=" + crashReport)
            .option("-XX:-CreateCoredumpOnCrash")
            .longLived()
            .start()) {
      List<String> said = child.awaitEnd();
      if (Files.exists(crashReport)) {
        return End.CRASHED;
      }
      int code = child.process().exitValue();
      if (code > 128) {
        return End.CRASHED; // by a signal, such as that of abort(), which leaves no report
      }
      assertThat(code).as(said.toString()).isIn(0, STUCK);
      return code == 0 ? End.ORDERLY : End.STUCK;
    }
  }

  /** Closes a database while one thread stands between two native calls and others look up. */
  static final class Closer {
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    private Closer() {}

    public static void main(String[] arguments)
        throws IOException, RocksDBException, InterruptedException {
      Path path = Path.of(arguments[0]);
      boolean awaitsReturns = Boolean.parseBoolean(arguments[1]);
      int rounds = Integer.parseInt(arguments[2]);
      NativeLibrary.load();
      Files.createDirectories(path);
      for (int round = 0; round < rounds; round++) {
        NativeDatabase database =
            NativeDatabase.open(path, Durability.PROCESS_CRASH, false, Seams.NONE);
        closeInUse(
            new RocksStore(
                path, new Borrows<>(database, "the database", NativeDatabase::free, awaitsReturns)),
            awaitsReturns);
      }
    }

    private static void closeInUse(Store store, boolean awaitsReturns) throws InterruptedException {
      for (byte i = 0; i < 100; i++) {
        store.write(new Batch().put(Family.ENTRIES, new byte[] {i}, KEY));
      }
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch closed = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      threads.add(
          new Thread(
              () ->
                  store.scan(
                      Family.ENTRIES,
                      new byte[0],
                      (key, value) -> {
                        inside.countDown();
                        return await(closed);
                      })));
      for (int i = 0; i < 3; i++) {
        threads.add(new Thread(() -> lookUp(store)));
      }
      threads.forEach(Thread::start);
      inside.await();
      Thread closer = new Thread(store::close);
      closer.start();
      if (awaitsReturns) {
        awaitWaiting(closer);
      } else {
        closer.join();
      }
      closed.countDown();
      closer.join();
      for (Thread thread : threads) {
        thread.join(PATIENCE.toMillis());
        if (thread.isAlive()) {
          Runtime.getRuntime().halt(STUCK); // it waits for a lock that was freed
        }
      }
    }

    private static void lookUp(Store store) {
      try {
        while (true) {
          byte[] unused = store.get(Family.ENTRIES, KEY);
        }
      } catch (DirectoryClosedException e) {
        return; // as promised
      }
    }

    private static boolean await(CountDownLatch latch) {
      try {
        latch.await();
        return true;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static void awaitWaiting(Thread thread) {
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }
  }
}
