package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Owners are killed at any moment, while they open the database too, and somebody reads it. */
@Tag("heavy")
@Timeout(1800)
final class ReadOnlyKillsTest {
  private static final int ROUNDS = "soak".equals(System.getProperty("memo.test.size")) ? 150 : 3;
  private static final int KEYS = 40;
  private static final long SEED = 7;

  private final Random random = new Random(SEED);
  private final Path path;

  /** What is stored, as far as it was acknowledged. */
  private final Map<Integer, @Nullable String> stored = new HashMap<>();

  ReadOnlyKillsTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  @DisplayName("P2, P6: what is served is what was acknowledged last, whoever was killed meanwhile")
  void nothingElseIsServed() {
    System.out.println("seed " + SEED);
    Openings.open(path, Times.DEFAULT).close();
    try (OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      for (int round = 0; round < ROUNDS; round++) {
        try (Peer opening = Peer.start(path, Times.DEFAULT)) {
          long end = System.nanoTime() + Duration.ofMillis(random.nextInt(1_000)).toNanos();
          while (System.nanoTime() < end) {
            assertServesNothingElse(here);
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
          }
          opening.kill();
        }
        assertServesNothingElse(here);
        try (Peer owner = Peer.open(path, Times.DEFAULT)) {
          for (int change = 0; change < 30; change++) {
            change(owner);
            assertServesNothingElse(here);
          }
          for (int key = 0; key < KEYS; key++) {
            int each = key;
            Openings.await(
                "what the owner has is served",
                () -> Objects.equals(here.peek("quick", each), stored.get(each)));
          }
          owner.kill();
        }
        assertServesNothingElse(here);
      }
    }
  }

  private void change(Peer owner) {
    int key = random.nextInt(KEYS);
    switch (random.nextInt(8)) {
      case 0 -> {
        owner.get("invalidate", "quick", key);
        stored.remove(key);
      }
      case 1 -> {
        String value = "put" + random.nextInt();
        owner.get("put", "quick", key, value);
        stored.put(key, value);
      }
      case 2 -> stored.put(key, owner.get("refresh", "quick", key));
      case 3 -> {
        if (random.nextInt(5) == 0) {
          owner.get("invalidateAll", "quick");
          stored.clear();
        }
      }
      default -> stored.put(key, owner.get("call", "quick", key));
    }
  }

  private void assertServesNothingElse(GatedFunctions here) {
    int key = random.nextInt(KEYS);
    String served = here.peek("quick", key);
    if (served != null) {
      assertThat(served).as("key %s", key).isEqualTo(stored.get(key));
    }
  }
}
