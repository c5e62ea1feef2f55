package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.FaultyStore;
import dev.memo.store.RocksStore;
import dev.memo.store.StoreSeams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an {@code invalidateAll} has removed takes no space for long. */
@Tag("heavy")
final class EndedGenerationsTest {
  private static final long FUNCTION = 7;
  private static final long OTHER = 8;
  private static final int ENTRIES = 200;
  private static final int ENTRY_BYTES = 2_500;
  private static final int ROUNDS = 20;
  private static final long WRITTEN = (long) ROUNDS * ENTRIES * ENTRY_BYTES;

  private final Path folder;
  private final Random random = new Random(1);
  private final ControlPage page;
  private final FaultyStore store;
  private final LocalPrimary primary;

  EndedGenerationsTest(@TempDir Path folder) {
    this.folder = folder;
    StoreSeams.writeOutEvery(64 << 10);
    page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    store = new FaultyStore(RocksStore.open(folder.resolve("data"), Durability.PROCESS_CRASH));
    primary =
        new LocalPrimary(
            folder, store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
  }

  @AfterEach
  void close() {
    primary.close();
    store.close();
    StoreSeams.restore();
  }

  private static CallKey key(long function, int number) {
    return CallKey.of(function, ("key" + number).getBytes(UTF_8));
  }

  private void fill(long function) {
    for (int number = 0; number < ENTRIES; number++) {
      byte[] entry = new byte[ENTRY_BYTES];
      random.nextBytes(entry);
      primary.put(key(function, number), 1, new Claim(0, page.lastSequence()), entry, 0);
    }
  }

  private void fillAndClear() {
    for (int round = 0; round < ROUNDS; round++) {
      fill(FUNCTION);
      primary.invalidateAll(FUNCTION);
    }
  }

  private long bytes() {
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private int rows(long function) {
    int[] rows = {0};
    byte[] prefix = CallKey.prefix(function, 0);
    store.scan(Family.ENTRIES, prefix, (key, value) -> rows[0]++ >= 0);
    return rows[0];
  }

  @Test
  @DisplayName("P5: the entries of the function are removed from the database, and no others")
  void onlyThoseOfTheFunction() {
    fill(FUNCTION);
    fill(OTHER);
    assertThat(rows(FUNCTION)).isEqualTo(ENTRIES);
    primary.invalidateAll(FUNCTION);
    assertThat(rows(FUNCTION)).isZero();
    assertThat(rows(OTHER)).isEqualTo(ENTRIES);
    fill(FUNCTION);
    assertThat(primary.read(key(FUNCTION, 1), 1)).isNotNull();
    assertThat(primary.read(key(OTHER, 1), 1)).isNotNull();
  }

  @Test
  void theirSpaceIsGivenBack() {
    fillAndClear();
    assertThat(WRITTEN).isGreaterThan(4 << 20);
    Openings.await("most of it is compacted", () -> bytes() < WRITTEN / 4);
  }

  @Test
  @DisplayName("twin: without the removal of the range nothing is given back")
  void twinOfTheRemoval() {
    store.leaveRangesAlone();
    fillAndClear();
    assertThat(bytes()).isGreaterThan(WRITTEN / 2);
  }
}
