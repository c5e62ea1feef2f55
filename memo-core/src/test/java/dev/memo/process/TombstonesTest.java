package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the tombstones of invalidated calls are removed. */
@Timeout(120)
@Tag("heavy")
final class TombstonesTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final CallKey OTHER =
      CallKey.of(7, "a call of many bytes".repeat(9).getBytes(UTF_8));
  private static final int VARIANT = 1;

  private final Path folder;
  private final HeapStore store = new HeapStore();
  private final ForgetfulOutdating outdating = new ForgetfulOutdating();
  private final LocalPrimary primary;
  private final Tombstones tombstones;

  TombstonesTest(@TempDir Path folder) {
    this.folder = folder;
    this.primary = primary();
    this.tombstones = primary.tombstones();
  }

  private LocalPrimary primary() {
    return new LocalPrimary(
        folder,
        store,
        ControlPage.openAsOwner(folder.resolve("control"), 0),
        stored -> true,
        outdating,
        Grace.none());
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
    outdating.forgetSwept();
    Claim claim = granted();
    primary.invalidate(KEY);
    assertThat(tombstones.sweep(Long.MAX_VALUE)).isEqualTo(1);
    assertThat(put(claim)).isInstanceOf(PutAnswer.Kept.class);
  }

  @Test
  @DisplayName("P5, twin: or results of other calls are not stored")
  void twinThatLosesResults() {
    Claim begun = primary.begin(KEY, VARIANT, Chain.root());
    primary.invalidate(OTHER);
    assertThat(tombstones.sweep(Long.MAX_VALUE)).isEqualTo(1);
    assertThat(put(begun)).isInstanceOf(PutAnswer.Outdated.class);
  }

  @Test
  @DisplayName("P6: what started before one that was swept is outdated, also for the next owner")
  void whatWasSweptStillOutdates() {
    Claim longAgo = new Claim(0, primary.epochs().lastSequence());
    primary.invalidate(KEY);
    assertThat(tombstones.sweep(primary.oldestStart())).isEqualTo(1);
    assertThat(put(longAgo)).isInstanceOf(PutAnswer.Outdated.class);
    LocalPrimary next = primary();
    assertThat(next.put(KEY, VARIANT, longAgo, new byte[1], 0))
        .isInstanceOf(PutAnswer.Outdated.class);
    assertThat(put(granted())).as("what starts now").isInstanceOf(PutAnswer.Kept.class);
  }

  @Test
  @DisplayName("P6, twin: without the last one that was swept a result of long ago is back")
  void twinThatForgetsWhatWasSwept() {
    outdating.forgetSwept();
    Claim longAgo = new Claim(0, primary.epochs().lastSequence());
    primary.invalidate(KEY);
    assertThat(tombstones.sweep(primary.oldestStart())).isEqualTo(1);
    assertThat(put(longAgo)).isInstanceOf(PutAnswer.Kept.class);
  }

  @Test
  void thoseOfFunctionsWithFormerNamesAreNotSwept() {
    Claim longAgo = new Claim(0, primary.epochs().lastSequence());
    primary.rememberRemovals(KEY.functionId());
    primary.invalidate(KEY);
    assertThat(tombstones.sweep(primary.oldestStart())).isZero();
    assertThat(tombstones.count()).as("to be looked at again").isZero();
    assertThat(put(longAgo)).isInstanceOf(PutAnswer.Outdated.class);
    assertThat(primary.put(OTHER, VARIANT, longAgo, new byte[1], 0))
        .as("of a call that was not invalidated")
        .isInstanceOf(PutAnswer.Kept.class);
  }

  @Test
  void thatTheyAreNotSweptIsKnownToTheNextOwner() {
    primary.rememberRemovals(KEY.functionId());
    primary.invalidate(OTHER);
    LocalPrimary next = primary();
    next.invalidate(KEY);
    assertThat(next.tombstones().sweep(next.oldestStart())).isZero();
    assertThat(next.put(KEY, VARIANT, new Claim(0, 0), new byte[1], 0))
        .isInstanceOf(PutAnswer.Outdated.class);
  }

  @Nested
  @DisplayName("in a directory of several processes")
  final class OfProcesses {

    /** As otherwise, but it sweeps five times a second if it looks as often. */
    private static final Times OFTEN =
        new Times(
            Duration.ofMillis(20),
            Openings.SOON.silence(),
            Openings.SOON.lease(),
            Openings.SOON.grace());

    private final Path path = folder.resolve("d");

    @Test
    @DisplayName("P6: they stay while another process computes, or is silent")
    void whatOthersDoCounts() throws IOException {
      try (OpenDirectory directory = Openings.open(path, OFTEN);
          Peer peer = Peer.open(path, OFTEN)) {
        GatedFunctions here = GatedFunctions.of(directory, call -> {});
        here.call("quick", 1);
        here.invalidate("quick", 1);
        await(
            "the peer has told", Openings::look, () -> Openings.tombstones(directory).count() == 0);

        Peer.Asked slow = peer.ask("refresh", "f", 1); // which has no claim
        peer.await("computes f 1");
        here.invalidate("f", 1);
        here.invalidate("quick", 2);
        awaitSweep(Openings::look);
        assertThat(Openings.tombstones(directory).count()).isGreaterThanOrEqualTo(2);
        peer.ask("open", "f", 1);
        assertThat(slow.value()).isNotNull();
        assertThat(here.peek("f", 1)).as("it was outdated").isNull();
        await("it has ended", Openings::look, () -> Openings.tombstones(directory).count() == 0);

        peer.stop();
        here.invalidate("quick", 1);
        Openings.awaitState(directory, "it has no connection", state -> state.processes() == 1);
        awaitSweep(Openings::look);
        assertThat(Openings.tombstones(directory).count()).isGreaterThanOrEqualTo(1);
        peer.resume();
        await("it is back", Openings::look, () -> Openings.tombstones(directory).count() == 0);
      }
    }

    @Test
    @DisplayName("P6: they stay while results are spooled that they outdate, whoever left them")
    void whatIsSpooledCounts() throws IOException {
      try (Peer primary = Peer.open(path, OFTEN);
          Peer victim = Peer.open(path, OFTEN);
          OpenDirectory directory = Openings.open(path, OFTEN)) {
        GatedFunctions here = GatedFunctions.of(directory);
        Runnable look = () -> primary.get("look");
        Peer.Asked slow = victim.ask("call", "f", 1);
        victim.await("computes f 1");
        here.invalidate("f", 1);
        primary.stop();
        victim.get("open", "f", 1);
        assertThat(slow.value()).isNotNull();
        assertThat(victim.get("spooled")).isEqualTo("1");
        victim.kill();
        List<String> spools = Openings.names(path.resolve("spool"));
        assertThat(spools).hasSize(1);
        Path spool = path.resolve("spool").resolve(spools.get(0));
        try (SpoolFile held = SpoolFile.takeOver(spool)) {
          assertThat(held).as("now nobody else can take it in").isNotNull();
          primary.resume();
          Openings.awaitRole(directory, "follows");
          Openings.awaitState(
              directory, "the victim's end was seen", state -> state.processes() == 2);
          awaitSweep(look);
          assertThat(primary.get("tombstones")).isEqualTo("1");
          assertThat(spool).exists();
        }
        await("it was taken in", look, () -> !Files.exists(spool));
        await("no tombstone is left", look, () -> primary.get("tombstones").equals("0"));
        assertThat(here.peek("f", 1)).as("it was outdated").isNull();
      }
    }

    @Test
    void aSpoolIsLeftIfItsProcessHasEnded() throws IOException {
      Path spools = folder.resolve("spool");
      assertThat(Spool.isLeft(spools, Set.of())).as("no folder").isFalse();
      Files.createDirectory(spools);
      assertThat(Spool.isLeft(spools, Set.of())).isFalse();
      Files.createFile(spools.resolve("one"));
      assertThat(Spool.isLeft(spools, Set.of("one", "another"))).isFalse();
      Files.createFile(spools.resolve("two"));
      assertThat(Spool.isLeft(spools, Set.of("one", "another"))).isTrue();
    }

    /**
     * Returns when a whole sweep has been and gone. Each begins by removing the folders of
     * processes that have ended. So does the taking in of results, which may follow it: three
     * folders, one after the other, do not go without a whole sweep.
     */
    private void awaitSweep(Runnable look) throws IOException {
      for (int i = 0; i < 3; i++) {
        Path left = Files.createDirectory(path.resolve("secondaries").resolve("left-" + i));
        await("it is swept", look, () -> !Files.exists(left));
      }
    }

    /** Waits for what the keeper of the primary has to do, which looks each second by itself. */
    private static void await(String what, Runnable look, BooleanSupplier condition) {
      Openings.await(
          what,
          () -> {
            look.run();
            return condition.getAsBoolean();
          });
    }
  }
}
