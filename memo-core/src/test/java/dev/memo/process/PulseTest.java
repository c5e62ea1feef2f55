package dev.memo.process;

import dev.memo.FullLog;
import dev.memo.process.reads.LocalReads;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The signs of life go on. */
@Timeout(60)
final class PulseTest {
  /** As a number of nanoseconds it is too large, so each beat fails. */
  private static final Duration TOO_LONG = Duration.ofSeconds(Long.MAX_VALUE);

  @Test
  @DisplayName("P4: a pulse that fails, and finds no memory to say so, beats again")
  void aPulseOutlivesAFullHeap(@TempDir Path folder) {
    Times times = new Times(Duration.ofMillis(4), TOO_LONG, TOO_LONG, TOO_LONG);
    MemberEpochs epochs = new MemberEpochs();
    Spool spool = new Spool(new Layout(folder), "member", false, epochs);
    Member member =
        new Member(folder, Duration.ZERO, spool, epochs, LocalReads.NONE, Runnable::run);
    Warnings warnings = new Warnings();
    try (FullLog log = FullLog.of("dev.memo.process");
        Pulse pulse = new Pulse(folder, times, member, warnings)) {
      pulse.start();
      Openings.await(
          "it beats again",
          () -> {
            warnings.clear(); // each is said once
            return log.refused() > 2;
          });
    }
  }
}
