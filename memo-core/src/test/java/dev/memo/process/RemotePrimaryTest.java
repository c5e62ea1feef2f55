package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Wanted;
import dev.memo.process.wire.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of those that wait for a primary which goes while the heap is full. */
@Timeout(60)
final class RemotePrimaryTest {
  private static final int VARIANT = 1;
  private static final int COUNT = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final AtomicBoolean isFull = new AtomicBoolean();

  RemotePrimaryTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private PlayedPrimary played(RemotePrimary.Losses losses) throws IOException {
    return new PlayedPrimary(folder.resolve("played"), new UUID(1, 2), new MemberEpochs(), losses);
  }

  private LostPrimaryException ifNotFull(@Nullable Throwable why) {
    if (isFull.get()) {
      throw new OutOfMemoryError("of a test");
    }
    return new LostPrimaryException(why);
  }

  private static List<Wanted> wanted() {
    Chain chain = Chain.root();
    return IntStream.range(0, COUNT)
        .mapToObj(n -> new Wanted(CallKey.of(7, new byte[] {(byte) n}), VARIANT, 0, chain))
        .toList();
  }

  @Test
  @DisplayName("P4: each that waits for a claim is told of the end, though memory is short then")
  void eachWaitIsTold() throws Exception {
    AtomicInteger made = new AtomicInteger();
    RemotePrimary.Losses everySecond =
        why -> {
          int number = made.incrementAndGet();
          if (number <= 2 * COUNT && number % 2 == 1) {
            throw new OutOfMemoryError("of a test");
          }
          return new LostPrimaryException(why);
        };
    try (PlayedPrimary primary = played(everySecond)) {
      CompletableFuture<List<@Nullable Answer>> asked =
          CompletableFuture.supplyAsync(() -> primary.remote.claimAll(wanted()));
      for (int i = 0; i < COUNT; i++) {
        primary.answer(primary.next(), new Message.Wait());
      }
      List<@Nullable Answer> answers = asked.join();
      primary.endAfterAnswers();
      assertThat(answers)
          .hasSize(COUNT)
          .allSatisfy(
              answer ->
                  assertThat(((Answer.Wait) answer).next())
                      .failsWithin(PATIENCE)
                      .withThrowableOfType(ExecutionException.class)
                      .withCauseInstanceOf(LostPrimaryException.class));
      assertThat(made.get()).as("some were tried again").isGreaterThan(COUNT);
    }
  }

  @Test
  @DisplayName("P4: who waits for an answer finds the end itself, though nobody can be told of it")
  void whoAsksLooksItself() throws Exception {
    try (PlayedPrimary primary = played(this::ifNotFull)) {
      CompletableFuture<Object> asked =
          CompletableFuture.supplyAsync(
              () -> primary.remote.readAll(List.of(CallKey.of(7, new byte[1])), VARIANT));
      assertThat(primary.next().message()).isInstanceOf(Message.ReadAll.class);
      isFull.set(true);
      primary.endAfterAnswers();
      assertThat(asked)
          .failsWithin(PATIENCE)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(LostPrimaryException.class);
      assertThat(primary.remote.hasEnded()).isTrue();
      isFull.set(false);
    }
  }
}
