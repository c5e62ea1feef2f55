package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.process.LocalPrimary.Outdating;
import dev.memo.store.HeapStore;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the tombstones of invalidated calls are removed. */
@Timeout(120)
final class TombstonesTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final CallKey OTHER =
      CallKey.of(7, "a call of many bytes".repeat(9).getBytes(UTF_8));
  private static final int VARIANT = 1;

  private final Path folder;
  private final LocalPrimary primary;
  private final Tombstones tombstones;

  TombstonesTest(@TempDir Path folder) {
    this.folder = folder;
    this.primary =
        new LocalPrimary(
            folder,
            new HeapStore(),
            ControlPage.openAsOwner(folder.resolve("control"), 0),
            stored -> true,
            Outdating.STARTED_BEFORE,
            Grace.none());
    this.tombstones = primary.tombstones();
  }

  private Claim granted() {
    return ((Answer.Granted) primary.claim(KEY, VARIANT, 0, Chain.root())).claim();
  }

  private PutAnswer put(Claim claim) {
    return primary.put(KEY, VARIANT, claim, "value".getBytes(UTF_8), 0);
  }

  @Test
  void areRemovedWhenNothingOlderRuns() {
    primary.invalidate(KEY);
    primary.invalidate(OTHER);
    primary.replace(KEY, VARIANT, new byte[1], Long.MAX_VALUE);
    assertThat(tombstones.count()).isEqualTo(3);
    assertThat(tombstones.sweep(primary.oldestStart())).as("of two calls").isEqualTo(2);
    assertThat(tombstones.count()).isZero();
    assertThat(primary.read(KEY, VARIANT)).as("entries stay").isNotNull();
  }

  @Test
  void aLaterOneOfTheCallStays() {
    primary.invalidate(KEY);
    long between = primary.epochs().lastSequence();
    Claim claim = new Claim(0, between);
    primary.invalidate(KEY);
    assertThat(tombstones.sweep(between)).isZero();
    assertThat(tombstones.count()).isEqualTo(1);
    assertThat(put(claim)).isInstanceOf(PutAnswer.Outdated.class);
  }

  @Test
  @DisplayName("P6: one that outdates a computation under way stays until that has ended")
  void oneThatIsNeededStays() {
    Claim claim = granted();
    primary.invalidate(KEY);
    assertThat(primary.oldestStart()).isEqualTo(claim.start());
    assertThat(tombstones.sweep(primary.oldestStart())).isZero();
    assertThat(put(claim)).isInstanceOf(PutAnswer.Outdated.class);
    assertThat(tombstones.sweep(primary.oldestStart())).isEqualTo(1);
  }

  @Test
  @DisplayName("P6, twin: without looking for what runs, an invalidated value is back")
  void twinThatSweepsTooMuch() {
    Claim claim = granted();
    primary.invalidate(KEY);
    assertThat(tombstones.sweep(Long.MAX_VALUE)).isEqualTo(1);
    assertThat(put(claim)).isInstanceOf(PutAnswer.Kept.class);
  }

  @Nested
  @DisplayName("in a directory of several processes")
  final class OfProcesses {

    private int count(OpenDirectory directory) {
      Role role = ((Member) directory.primary()).role();
      return ((Role.Leading) role).primary().tombstones().count();
    }

    @Test
    @DisplayName("P6: they stay while another process computes, is silent, or has spooled results")
    void whatOthersDoCounts() {
      Path path = folder.resolve("d");
      try (OpenDirectory directory = Openings.open(path, Openings.SOON);
          Peer peer = Peer.open(path, Openings.SOON)) {
        GatedFunctions here = GatedFunctions.of(directory, call -> {});
        here.call("quick", 1);
        here.invalidate("quick", 1);
        Openings.await("the peer has told", () -> count(directory) == 0);

        Peer.Asked slow = peer.ask("refresh", "f", 1); // which has no claim
        peer.await("computes f 1");
        here.invalidate("f", 1);
        here.invalidate("quick", 2);
        awaitSweeps();
        assertThat(count(directory)).isGreaterThanOrEqualTo(2);
        peer.ask("open", "f", 1);
        assertThat(slow.value()).isNotNull();
        assertThat(here.peek("f", 1)).as("it was outdated").isNull();
        Openings.await("it has ended", () -> count(directory) == 0);

        peer.stop();
        here.invalidate("quick", 1);
        Openings.await("it has lost its connection", () -> count(directory) == 1);
        awaitSweeps();
        assertThat(count(directory)).isGreaterThanOrEqualTo(1);
        peer.resume();
        Openings.await("it is back", () -> count(directory) == 0);
      }
    }

    /** As long as two sweeps take that nothing is in the way of. */
    private void awaitSweeps() {
      long until = System.nanoTime() + 3 * Openings.SOON.beat().toNanos() * 10;
      Openings.await("two sweeps", () -> System.nanoTime() - until > 0);
    }
  }
}
