package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.FunctionIdentity;
import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Paces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process reads at once, of many calls, is what the primary has. */
@Timeout(120)
final class LocalReadsInBulkTest {
  private static final int KEYS = 300;
  private static final int REMOVED = 7;
  private static final int VARIANT = ResultFormat.of(String.class, List.of()).variant();

  private final Path path;

  LocalReadsInBulkTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private OpenDirectory open(LocalReads reads) {
    return OpenDirectory.open(
        path,
        DirectorySettings.DEFAULT,
        Times.DEFAULT,
        new Leadership.Rules(stored -> true, Outdating.STARTED_BEFORE),
        reads);
  }

  /** What is read of all keys of the function "quick", the last of which is not stored. */
  private static List<@Nullable Stored> readAll(OpenDirectory directory) {
    List<CallKey> keys = new ArrayList<>();
    for (int key = 0; key <= KEYS; key++) {
      keys.add(key(key));
    }
    List<@Nullable Stored> found = new ArrayList<>();
    while (found.size() < keys.size()) {
      found.addAll(directory.primary().readAll(keys.subList(found.size(), keys.size()), VARIANT));
    }
    return found;
  }

  private static long asked(OpenDirectory directory) {
    return directory.state().counts().getOrDefault(DirectoryState.ASKED, 0L);
  }

  /** Waits until the primary is asked for hardly more than what is not stored. */
  private static void awaitLocal(OpenDirectory directory) {
    Openings.await(
        "all are read here",
        () -> {
          List<@Nullable Stored> here =
              ((Member) directory.primary())
                  .reads()
                  .readAll(List.of(key(0), key(KEYS - 1)), VARIANT);
          return here.size() == 2 && !here.contains(null);
        });
    long before = asked(directory);
    assertThat(readAll(directory).subList(0, KEYS)).doesNotContainNull();
    assertThat(asked(directory) - before).isLessThan(5); // nothing is read during a catch-up
  }

  private static CallKey key(int key) {
    return CallKey.of(
        new FunctionIdentity("quick", "1").functionId(),
        ArgumentsFormat.<Integer>ofOne(Integer.class).encode(key));
  }

  private static void storeAll(Peer primary) {
    for (int key = 0; key < KEYS; key++) {
      primary.get("call", "quick", key);
    }
  }

  @Test
  @DisplayName("P6: what was removed elsewhere is not read, and the rest is")
  void removedElsewhere() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(Paces.eager(Meta::generations))) {
      storeAll(primary);
      awaitLocal(directory);
      primary.get("invalidate", "quick", REMOVED);
      List<@Nullable Stored> found = readAll(directory);
      assertThat(found).hasSize(KEYS + 1);
      for (int key = 0; key < KEYS; key++) {
        assertThat(found.get(key) == null).as("no entry of " + key).isEqualTo(key == REMOVED);
      }
      assertThat(found.get(KEYS)).isNull();
      primary.get("invalidateAll", "quick");
      assertThat(readAll(directory)).containsOnlyNulls();
    }
  }

  @Test
  @DisplayName("twin: with epochs that stand still, what was removed is read")
  void twinWithFrozenEpochs() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory =
            open(DeceivedReads.withFrozenEpochs(Paces.opensOnce(Meta::generations)))) {
      storeAll(primary);
      awaitLocal(directory);
      primary.get("invalidate", "quick", REMOVED);
      assertThat(readAll(directory).get(REMOVED)).isNotNull();
    }
  }

  @Test
  @DisplayName("P4: the next primary is asked when one has ended")
  void theNextPrimaryIsAsked() {
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        OpenDirectory directory = open(LocalReads.NONE);
        Peer next = Peer.open(path, Times.DEFAULT)) {
      storeAll(primary);
      assertThat(readAll(directory).subList(0, KEYS)).doesNotContainNull();
      primary.kill();
      assertThat(readAll(directory).subList(0, KEYS)).doesNotContainNull();
      assertThat(next.get("peek", "quick", 0)).isNotNull();
    }
  }
}
