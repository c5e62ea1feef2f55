package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Waits;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the primary knows of waits inside another process. */
@Timeout(120)
final class MemberWaitsTest {
  private static final long FUNCTION = 7;

  private final Path path;

  MemberWaitsTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private static Chain holding(OpenDirectory directory, int key) {
    Chain chain = Chain.root();
    CallKey call = CallKey.of(FUNCTION, new byte[] {(byte) key});
    assertThat(directory.primary().claim(call, 1, 0, chain)).isInstanceOf(Answer.Granted.class);
    return chain;
  }

  @Test
  @DisplayName("P4: a wait that is over closes no cycle, though its thread has not woken up yet")
  void aWaitThatIsOver() {
    try (OpenDirectory primary = Openings.open(path, Times.DEFAULT);
        OpenDirectory follower = Openings.open(path, Times.DEFAULT)) {
      assertThat(Openings.role(primary)).isEqualTo("leads");
      Openings.awaitRole(follower, "follows");
      follower.primary().register(FUNCTION, "function");
      Chain waiter = holding(follower, 1);
      Chain holder = holding(follower, 2);
      Waits waits = follower.primary().waits();

      CompletableFuture<String> flight = new CompletableFuture<>();
      assertThat(waits.tryWait(waiter, holder, flight)).isTrue();
      CompletableFuture<String> next = new CompletableFuture<>();
      assertThat(waits.tryWait(holder, waiter, next)).as("while the first lasts").isFalse();

      flight.complete("landed"); // and the holder goes on before the waiter does
      assertThat(waits.tryWait(holder, waiter, next)).as("after it").isTrue();

      waits.endWait(waiter, flight);
      assertThat(waits.tryWait(waiter, holder, new CompletableFuture<>()))
          .as("the second one is not ended with the first")
          .isFalse();
    }
  }
}
