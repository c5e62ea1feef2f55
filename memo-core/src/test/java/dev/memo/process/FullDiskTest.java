package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.PutAnswer;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without space, which takes the right to mount one. */
@Tag("heavy")
final class FullDiskTest {
  private final Path disk;

  FullDiskTest(@TempDir Path disk) {
    this.disk = disk;
  }

  @BeforeEach
  void mount() throws Exception {
    int status = run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.toString());
    assumeTrue(status == 0, "mounting a small disk is not allowed here");
  }

  @AfterEach
  void unmount() throws Exception {
    // lazily: this JVM has the control page mapped until its buffer is collected
    run("umount", "-l", disk.toString());
  }

  private static int run(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (IOException e) {
      return -1; // there is no such program
    }
  }

  @Test
  @DisplayName("P3, P4: a full disk refuses results, loses none, and takes new ones when it can")
  void storingResumesWhenThereIsSpace() throws IOException {
    Path path = disk.resolve("d");
    List<Integer> kept = new ArrayList<>();
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      Path filler = disk.resolve("filler");
      Files.write(filler, new byte[30 << 20]);
      int call = 0;
      PutAnswer answer = put(directory, call);
      for (; answer instanceof PutAnswer.Kept; answer = put(directory, ++call)) {
        kept.add(call);
        assertThat(call).as("the disk fills up").isLessThan(2_000);
      }
      assertThat(((PutAnswer.Refused) answer).cause().reason()).isEqualTo(Reason.NO_SPACE);
      assertAllThere(directory, kept);

      Files.delete(filler);
      int next = call + 1;
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!(put(directory, next) instanceof PutAnswer.Kept) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      assertThat(directory.primary().read(key(next), 1)).isNotNull();
      assertAllThere(directory, kept);
    }
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      assertAllThere(directory, kept);
    }
  }

  private static void assertAllThere(OpenDirectory directory, List<Integer> calls) {
    assertThat(calls)
        .isNotEmpty()
        .allSatisfy(call -> assertThat(directory.primary().read(key(call), 1)).isNotNull());
  }

  private static PutAnswer put(OpenDirectory directory, int call) {
    byte[] value = new byte[64 << 10];
    new Random(call).nextBytes(value);
    Answer.Granted granted =
        (Answer.Granted) directory.primary().claim(key(call), 1, 0, Chain.root());
    return directory.primary().put(key(call), 1, granted.claim(), value, 0);
  }

  private static CallKey key(int call) {
    return CallKey.of(7, ByteBuffer.allocate(4).putInt(call).array());
  }
}
