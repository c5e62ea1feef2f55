package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.process.Deletion;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are opened at the same time, or again. */
@Timeout(120)
final class OpeningsOfOneJvmTest {
  private final Path folder;

  OpeningsOfOneJvmTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static CachedFunction<Integer, Integer, RuntimeException> next(Memo memo) {
    return memo.function("next", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
        .capturesNothing()
        .calls(n -> n + 1);
  }

  @Test
  @DisplayName("P4: a directory whose primary is silent does not hold up the opening of another")
  void aSlowOpening() throws Exception {
    Path slow = folder.resolve("slow.memo");
    try (ChildJvm primary = ChildJvm.of(Primary.class, slow).shortLived().start()) {
      primary.awaitLine("opened");
      Thread opening = new Thread(() -> Memo.open(slow).close());
      signal("-STOP", primary);
      try {
        opening.start();
        await(() -> members(slow) == 2);
        try (Memo quick = Memo.open(folder.resolve("quick.memo"))) {
          assertThat(next(quick).call(1)).isEqualTo(2);
          assertThat(opening.isAlive()).as("it waits for its primary").isTrue();
        }
      } finally {
        signal("-CONT", primary);
      }
      opening.join(); // which has its primary now
    }
  }

  /** How many processes have begun to open the directory. */
  private static int members(Path directory) {
    String[] names = directory.resolve("secondaries").toFile().list();
    return names == null ? 0 : names.length;
  }

  /** Until the time of the test is over. */
  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }

  private static void signal(String signal, ChildJvm child) throws Exception {
    String pid = Long.toString(child.process().pid());
    assertThat(new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor()).isZero();
  }

  static final class Primary {
    private Primary() {}

    public static void main(String[] arguments) throws IOException {
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        System.out.println("opened " + memo.stats().directory());
        while (System.in.read() >= 0) {}
      }
    }
  }

  @Test
  @DisplayName("P4: a directory that was deleted while it was open can be opened again")
  void aDeletedDirectory() throws IOException {
    Path path = folder.resolve("deleted.memo");
    try (Memo first = Memo.open(path)) {
      assertThat(next(first).call(1)).isEqualTo(2);
      Deletion.of(path);
      try (Memo second = Memo.open(path)) {
        CachedFunction<Integer, Integer, RuntimeException> next = next(second);
        assertThat(next.call(2)).isEqualTo(3);
        await(() -> Files.exists(path.resolve("FORMAT"))); // the keeper looks every second
        assertThat(next.call(3)).isEqualTo(4);
      }
    }
  }
}
