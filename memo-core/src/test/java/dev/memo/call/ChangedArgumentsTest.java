package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Arguments that are changed while a call of a batch has not run yet. */
@Timeout(120)
final class ChangedArgumentsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final OpenDirectory directory;
  private final AtomicInteger runs = new AtomicInteger();

  private ThrowingFunction<List<Integer>, Integer, RuntimeException> body =
      list -> {
        runs.incrementAndGet();
        return list.stream().mapToInt(Integer::intValue).sum();
      };

  ChangedArgumentsTest(@TempDir Path folder) {
    directory = OpenDirectory.open(folder.resolve("changed.memo"), DirectorySettings.DEFAULT);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private StoredFunction<List<Integer>, Integer, RuntimeException> sum(Duration maxWait) {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("sum", "1"),
            ArgumentsFormat.ofOne(new TypeRef<List<Integer>>() {}.type()),
            ResultFormat.of(Integer.class, List.of()),
            0,
            body),
        new CallContext(
            directory.primary(),
            new HeapTier(),
            WaitGraph.JVM,
            () -> false,
            InstantSource.system(),
            maxWait));
  }

  private static BulkCalls<List<Integer>, Integer, RuntimeException> lookedUp(
      StoredFunction<List<Integer>, Integer, RuntimeException> sum, List<Integer> argument) {
    @SuppressWarnings({"unchecked", "rawtypes"})
    List<Integer>[] arguments = new List[] {argument};
    BulkCalls<List<Integer>, Integer, RuntimeException> calls = new BulkCalls<>(sum, arguments);
    calls.lookUp(0, 1);
    assertThat(calls.lookedUp()).isFalse();
    return calls;
  }

  @Test
  @DisplayName("P2: a result belongs to what the argument is when it is computed")
  void changedBetweenLookUpAndCall() {
    StoredFunction<List<Integer>, Integer, RuntimeException> sum = sum(PATIENCE);
    List<Integer> changing = new ArrayList<>(List.of(1, 2));
    BulkCalls<List<Integer>, Integer, RuntimeException> calls = lookedUp(sum, changing);
    changing.add(3);
    calls.call(0);
    assertThat(calls.results()).containsExactly(6);
    assertThat(sum.call(List.of(1, 2))).isEqualTo(3);
    assertThat(sum.call(List.of(1, 2, 3))).isEqualTo(6);
    assertThat(runs).hasValue(2);
  }

  @Test
  @DisplayName("twin: encoded when it was looked up, it is stored as what it was")
  void twinOfTheLookUpsEncoding() {
    StoredFunction<List<Integer>, Integer, RuntimeException> sum = sum(PATIENCE);
    List<Integer> changing = new ArrayList<>(List.of(1, 2));
    Request<List<Integer>> lookedUp = sum.request(changing);
    changing.add(3);
    assertThat(sum.call(lookedUp, true)).isEqualTo(6);
    assertThat(sum.call(List.of(1, 2))).as("a wrong hit").isEqualTo(6);
  }

  private Claim claim(Request<List<Integer>> request, int variant) {
    Answer answer = directory.primary().claim(request.key(), variant, 0, Chain.root());
    return ((Answer.Granted) answer).claim();
  }

  @Test
  @DisplayName("P2: also if it was changed while the call waited for another's computation")
  void changedWhileItWaits() throws Exception {
    StoredFunction<List<Integer>, Integer, RuntimeException> sum = sum(PATIENCE);
    List<Integer> changing = new ArrayList<>(List.of(1, 2));
    BulkCalls<List<Integer>, Integer, RuntimeException> calls = lookedUp(sum, changing);
    int variant = ResultFormat.of(Integer.class, List.of()).variant();
    Request<List<Integer>> before = sum.request(changing);
    Claim held = claim(before, variant);
    Parked parked =
        Objects.requireNonNull(
            Chain.root().<@Nullable Parked, RuntimeException>run(c -> calls.tryCall(0)));
    changing.add(3);
    directory.primary().release(before.key(), variant, held);
    CountDownLatch over = new CountDownLatch(1);
    parked.whenOver(over::countDown);
    assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
    parked.end();
    assertThat(Chain.root().<@Nullable Parked, RuntimeException>run(c -> calls.tryCall(0)))
        .isNull();
    assertThat(calls.results()).containsExactly(6);
    assertThat(sum.call(List.of(1, 2))).isEqualTo(3);
    assertThat(sum.call(List.of(1, 2, 3))).isEqualTo(6);
    assertThat(runs).hasValue(2);
    FunctionStats stats = sum.stats();
    assertThat(stats.calls()).isEqualTo(3).isEqualTo(stats.hits() + stats.misses());
  }

  /** Calls in another thread, until that waits. */
  private static CompletableFuture<Integer> callUntilItWaits(
      BulkCalls<List<Integer>, Integer, RuntimeException> calls) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                result.complete(Chain.root().<Integer, RuntimeException>run(c -> calls.call(0)));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    caller.start();
    await(() -> waitsForAnother(caller));
    return result;
  }

  private static boolean waitsForAnother(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(Waiting.class.getName()));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("P2: or while its thread waited")
  void changedWhileItsThreadWaits() throws Exception {
    StoredFunction<List<Integer>, Integer, RuntimeException> sum = sum(PATIENCE);
    List<Integer> changing = new ArrayList<>(List.of(1, 2));
    int variant = ResultFormat.of(Integer.class, List.of()).variant();
    Request<List<Integer>> before = sum.request(changing);
    Claim held = claim(before, variant);
    CompletableFuture<Integer> result = callUntilItWaits(lookedUp(sum, changing));
    changing.add(3);
    directory.primary().release(before.key(), variant, held);
    assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(6);
    assertEachHasItsOwn(sum, 3);
    assertThat(Objects.requireNonNull(directory.state()).claims()).isZero();
  }

  @Test
  @DisplayName("P2: or while another thread computed the same")
  void changedWhileAnotherThreadComputes() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    body =
        list -> {
          if (runs.incrementAndGet() == 1) {
            awaitUnchecked(go);
            throw new CancellationException("nobody learns a result of it");
          }
          return list.stream().mapToInt(Integer::intValue).sum();
        };
    StoredFunction<List<Integer>, Integer, RuntimeException> sum = sum(PATIENCE);
    List<Integer> changing = new ArrayList<>(List.of(1, 2));
    BulkCalls<List<Integer>, Integer, RuntimeException> calls = lookedUp(sum, changing);
    CompletableFuture<Integer> leader =
        CompletableFuture.supplyAsync(
            () -> sum.call(List.of(1, 2)), task -> new Thread(task).start());
    await(() -> runs.get() == 1);
    CompletableFuture<Integer> result = callUntilItWaits(calls);
    changing.add(3);
    go.countDown();
    assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(6);
    assertThatThrownBy(leader::join).hasRootCauseInstanceOf(CancellationException.class);
    assertEachHasItsOwn(sum, 4);
  }

  @Test
  @DisplayName("P2: or until it had waited too long")
  void changedUntilItHasWaitedTooLong() throws Exception {
    StoredFunction<List<Integer>, Integer, RuntimeException> sum = sum(Duration.ofMillis(300));
    List<Integer> changing = new ArrayList<>(List.of(1, 2));
    int variant = ResultFormat.of(Integer.class, List.of()).variant();
    Request<List<Integer>> before = sum.request(changing);
    Claim held = claim(before, variant);
    CompletableFuture<Integer> result = callUntilItWaits(lookedUp(sum, changing));
    changing.add(3);
    assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(6);
    directory.primary().release(before.key(), variant, held);
    assertEachHasItsOwn(sum, 3);
  }

  private static void assertEachHasItsOwn(
      StoredFunction<List<Integer>, Integer, RuntimeException> sum, int calls) {
    assertThat(sum.call(List.of(1, 2))).isEqualTo(3);
    assertThat(sum.call(List.of(1, 2, 3))).isEqualTo(6);
    FunctionStats stats = sum.stats();
    assertThat(stats.calls()).isEqualTo(calls).isEqualTo(stats.hits() + stats.misses());
  }
}
