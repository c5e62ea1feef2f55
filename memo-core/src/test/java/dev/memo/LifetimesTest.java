package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.store.ChildJvm;
import dev.memo.store.NativeHandles;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are closed while they are used. */
@Tag("heavy")
@EnabledOnOs(OS.LINUX) // looks into /proc
final class LifetimesTest {
  private static final boolean SOAK = System.getProperty("memo.test.size", "").equals("soak");
  private static final int CLOSES = SOAK ? 1_000 : 10;
  private static final int CALLS_PER_CLOSE = 1_000;
  private static final long SEED = 8;

  @Test
  @DisplayName("P8: under many closes each call answers or is refused, and nothing is kept")
  void closesUnderFireBreakNothingAndKeepNothing(@TempDir Path folder) {
    Path crash = folder.resolve("crash.log");
    try (ChildJvm child =
        ChildJvm.of(Lifetimes.class, folder, CLOSES, CALLS_PER_CLOSE, SEED)
            .option("-XX:ErrorFile=" + crash)
            .option(NativeHandles.agentOption(folder))
            .longLived()
            .start()) {
      for (int closes = 10; closes <= CLOSES; closes += 10) {
        child.awaitLine("closes " + closes);
      }
      long answered = count(child.awaitLine("answered"));
      long refused = count(child.awaitLine("refused"));

      assertThat(answered).isGreaterThan(9L * CLOSES * CALLS_PER_CLOSE / 10);
      assertThat(refused).as("calls that met a closed directory").isGreaterThan(CLOSES);
      assertThat(child.awaitLine("kept")).isEqualTo("kept {}");
      assertThat(child.awaitEnd()).isEmpty();
      assertThat(child.process().exitValue()).isZero();
      assertThat(crash).doesNotExist();
    }
  }

  private static long count(String line) {
    return Long.parseLong(line.substring(line.indexOf(' ') + 1));
  }
}
