package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CallContext;
import dev.memo.call.DirectoryFunction;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.HeapTier;
import dev.memo.claims.Primary;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a process holds while a future of its functions is pending, when no stack is left to show
 * for it.
 */
@Timeout(120)
final class ClaimsOfFuturesTest {
  private static final long PATIENCE_SECONDS = 60;

  private final List<CompletableFuture<Integer>> runs = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("P1: a claim is held until the future completes, not until the method has returned")
  void claimIsHeldUntilTheFutureCompletes(boolean byTheLeader, @TempDir Path folder)
      throws Exception {
    try (OpenDirectory leader = open(folder);
        OpenDirectory other = open(folder)) {
      OpenDirectory holder = byTheLeader ? leader : other;
      OpenDirectory waiter = byTheLeader ? other : leader;
      CompletableFuture<Integer> held = function(holder).call(1);
      // what the keeper does now and then
      ((Member) holder.primary()).running().endAbandoned();
      CompletableFuture<Integer> waiting = function(waiter).call(1);

      assertThat(runs).hasSize(1);
      assertThat(waiting).isNotDone();
      runs.get(0).complete(7);
      assertThat(held.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(7);
      assertThat(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(7);
      assertThat(runs).hasSize(1);
    }
  }

  private static OpenDirectory open(Path folder) {
    return OpenDirectory.open(folder.resolve("d"), DirectorySettings.DEFAULT);
  }

  private DirectoryFunction<Integer, CompletableFuture<Integer>, RuntimeException> function(
      OpenDirectory directory) {
    Primary primary = directory.primary();
    return DirectoryFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("pending", "1"),
            null,
            List.of(),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(Integer.class, List.of()),
            0,
            n -> {
              CompletableFuture<Integer> run = new CompletableFuture<>();
              runs.add(run);
              return run;
            },
            true),
        new CallContext(
            primary,
            new HeapTier(),
            primary.waits(),
            () -> false,
            InstantSource.system(),
            Duration.ofMinutes(10)));
  }
}
