package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.Waits;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Functions that return futures, for tests of what each mechanism of theirs is good for. Where a
 * test does all calls on its own thread, that no call waits is part of what it shows.
 */
@Timeout(120)
abstract class FutureCalls {
  static final long PATIENCE_SECONDS = 60;
  static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path folder;
  OpenDirectory directory;
  Primary primary;
  final ExecutorService threads = Executors.newCachedThreadPool();

  /** The futures that the function has returned, in the order of its runs. */
  final List<CompletableFuture<Integer>> runs = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    directory = OpenDirectory.open(folder.resolve("future.memo"), DirectorySettings.DEFAULT);
    primary = directory.primary();
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    directory.close();
  }

  /** What a function is made of; tests change what they are about. */
  static CallContext context(Primary primary, Waits waits, Duration minMaxWait) {
    return new CallContext(
        primary, new HeapTier(), waits, () -> false, InstantSource.system(), minMaxWait);
  }

  static <V> FunctionSpec<Integer, CompletableFuture<V>, Exception> spec(
      TypeRef<V> type, ThrowingFunction<Integer, CompletableFuture<V>, Exception> body) {
    return new FunctionSpec<>(
        new FunctionIdentity("future", "1"),
        null,
        List.of(),
        ArgumentsFormat.ofOne(Integer.class),
        ResultFormat.of(type.type(), List.of()),
        0,
        body,
        true);
  }

  static FutureFunction<Integer, Integer, Exception> function(
      CallContext context, ThrowingFunction<Integer, CompletableFuture<Integer>, Exception> body) {
    Executor usual = new CompletableFuture<Object>().defaultExecutor();
    return FutureFunction.register(spec(TypeRef.of(Integer.class), body), context, usual);
  }

  /** A function whose futures the test completes. */
  FutureFunction<Integer, Integer, Exception> pending(Primary primary, Duration maxWait) {
    return function(context(primary, primary.waits(), maxWait), this::run);
  }

  FutureFunction<Integer, Integer, Exception> pending() {
    return pending(primary, LONG);
  }

  CompletableFuture<Integer> run(Integer argument) {
    CompletableFuture<Integer> run = new CompletableFuture<>();
    runs.add(run);
    return run;
  }

  static <V> CompletableFuture<V> call(
      CachedFunction<Integer, ? extends @Nullable CompletionStage<V>, Exception> function)
      throws Exception {
    return call(function, 1);
  }

  static <V> CompletableFuture<V> call(
      CachedFunction<Integer, ? extends @Nullable CompletionStage<V>, Exception> function,
      int argument)
      throws Exception {
    CompletionStage<V> future = function.call(argument);
    assertThat(future).isNotNull();
    return future.toCompletableFuture();
  }

  Caller callOnAnotherThread(FutureFunction<Integer, Integer, Exception> function) {
    FutureTask<CompletableFuture<Integer>> call = new FutureTask<>(() -> function.call(1));
    threads.execute(call);
    return new Caller(call);
  }

  /** A call on a thread of its own. */
  record Caller(FutureTask<CompletableFuture<Integer>> call) {
    CompletableFuture<Integer> returned() throws Exception {
      return get(call);
    }
  }

  static <V> V get(Future<V> future) throws Exception {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  static Throwable failureOf(CompletableFuture<?> future) {
    Throwable got = catchThrowable(() -> get(future));
    assertThat(got).isInstanceOf(ExecutionException.class);
    return got.getCause();
  }

  /** The future of a run that has begun, or soon does on another thread. */
  CompletableFuture<Integer> awaitRun(int index) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (runs.size() <= index) {
      assertThat(System.nanoTime()).as("time left").isLessThan(deadline);
      Thread.onSpinWait();
    }
    return runs.get(index);
  }

  static Primary alwaysGranting(Primary primary) {
    return new DelegatingPrimary(primary) {
      @Override
      public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
        return new Answer.Granted(new Claim(0, epochs().lastSequence()));
      }
    };
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
