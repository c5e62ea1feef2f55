package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is known of tombstones that may have been swept, when results come that started long before:
 * those that are found under a former name of their function.
 */
@Timeout(240)
@Tag("heavy")
final class RememberedRemovalsTest {
  private static final Times OFTEN =
      new Times(
          Duration.ofMillis(20),
          Openings.SOON.silence(),
          Openings.SOON.lease(),
          Openings.SOON.grace());

  private static final int VARIANT = 1;
  private static final CallKey INVALIDATED = GatedFunctions.key("quick", 1);

  private final Path path;

  RememberedRemovalsTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private static PutAnswer put(Primary primary, int key, long start) {
    return primary.put(
        GatedFunctions.key("quick", key), VARIANT, new Claim(0, start), new byte[] {1}, 0);
  }

  /** Invalidates a call in a process that asks another one, and waits until that has swept. */
  private static long invalidate(OpenDirectory directory, Peer primary) {
    GatedFunctions here = GatedFunctions.of(directory);
    here.call("quick", 1);
    long before = directory.primary().epochs().lastSequence();
    here.invalidate("quick", 1);
    Openings.await(
        "it was swept",
        () -> {
          primary.get("look");
          return primary.get("tombstones").equals("0");
        });
    return before;
  }

  @Test
  @DisplayName("P6, P5: each primary knows which calls were invalidated, and which were not")
  void primariesRememberWhichCalls() {
    try (Peer peer = Peer.open(path, OFTEN);
        OpenDirectory directory = Openings.open(path, OFTEN)) {
      Primary primary = directory.primary();
      primary.rememberRemovals(INVALIDATED.functionId());
      long before = invalidate(directory, peer);
      assertThat(put(primary, 1, before)).isInstanceOf(PutAnswer.Outdated.class);
      assertThat(put(primary, 2, before)).isInstanceOf(PutAnswer.Kept.class);
      peer.kill();
      Openings.awaitRole(directory, "leads");
      assertThat(put(primary, 1, before)).isInstanceOf(PutAnswer.Outdated.class);
      assertThat(put(primary, 3, before)).isInstanceOf(PutAnswer.Kept.class);
    }
  }

  @Test
  @DisplayName("P5, twin: where nobody has said so, all calls of the function count as invalidated")
  void twinThatWasNotTold() {
    try (Peer peer = Peer.open(path, OFTEN);
        OpenDirectory directory = Openings.open(path, OFTEN)) {
      long before = invalidate(directory, peer);
      assertThat(put(directory.primary(), 1, before)).isInstanceOf(PutAnswer.Outdated.class);
      assertThat(put(directory.primary(), 2, before)).isInstanceOf(PutAnswer.Outdated.class);
    }
  }

  @Test
  void theNextPrimaryIsToldByWhoeverIsLeft() {
    try (Peer peer = Peer.open(path, OFTEN);
        OpenDirectory directory = Openings.open(path, OFTEN)) {
      Primary primary = directory.primary();
      primary.rememberRemovals(INVALIDATED.functionId()); // and nothing is written of it
      long before = primary.epochs().lastSequence();
      peer.kill();
      Openings.awaitRole(directory, "leads");
      primary.invalidate(INVALIDATED);
      assertThat(Openings.tombstones(directory).sweep(Long.MAX_VALUE)).isZero();
      assertThat(put(primary, 1, before)).isInstanceOf(PutAnswer.Outdated.class);
      assertThat(put(primary, 2, before)).isInstanceOf(PutAnswer.Kept.class);
    }
  }

  @Test
  @DisplayName("P6: so does a process that only reads, before and after it was swept")
  void readersKnow() {
    long before;
    long after;
    try (OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      here.call("quick", 1);
      // under way since before: else housekeeping may sweep, and nobody knows of which call it was
      Claim since = directory.primary().begin(GatedFunctions.key("quick", 3), 1, Chain.root());
      before = since.start();
      here.invalidate("quick", 1);
      after = directory.primary().epochs().lastSequence();
      try (OpenDirectory reader = ReadOnlyOpenings.open(path)) {
        assertThat(reader.primary().isOutdated(INVALIDATED, before)).isTrue();
        assertThat(reader.primary().isOutdated(INVALIDATED, after)).isFalse();
        assertThat(reader.primary().isOutdated(GatedFunctions.key("quick", 2), before)).isFalse();
        int unused = Openings.tombstones(directory).sweep(Long.MAX_VALUE);
        assertThat(Openings.tombstones(directory).count()).isZero();
        assertThat(reader.primary().isOutdated(INVALIDATED, before)).isTrue();
        assertThat(reader.primary().isOutdated(INVALIDATED, after)).isFalse();
        directory.primary().invalidateAll(INVALIDATED.functionId());
        assertThat(reader.primary().isOutdated(INVALIDATED, after)).isTrue();
      }
    }
    try (OpenDirectory reader = ReadOnlyOpenings.open(path)) {
      assertThat(reader.primary().isOutdated(INVALIDATED, after)).isTrue();
      assertThat(reader.primary().isOutdated(INVALIDATED, Long.MAX_VALUE)).isFalse();
    }
  }
}
