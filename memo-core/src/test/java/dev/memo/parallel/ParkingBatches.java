package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.BulkCalls;
import dev.memo.call.CallContext;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FunctionStats;
import dev.memo.call.HeapTier;
import dev.memo.call.StoredFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.DirectoryState;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/**
 * Batches of a function of which others hold claims. The workers are of the kind that nobody
 * replaces when they block, unless a test says so.
 */
abstract class ParkingBatches {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final int THREADS = 8;
  static final int OTHERS = 1_000;

  final OpenDirectory directory;
  final Set<Thread> workers = ConcurrentHashMap.newKeySet();
  final AtomicInteger runs = new AtomicInteger();
  final List<Held> held = new ArrayList<>();
  final Path path;

  ParkingBatches(Path folder) {
    path = folder.resolve("shared.memo");
    directory = OpenDirectory.open(path, DirectorySettings.DEFAULT);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  static StoredFunction<Integer, Integer, RuntimeException> function(
      Primary primary,
      Duration maxWait,
      ThrowingFunction<Integer, Integer, RuntimeException> body) {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("slow", "1"),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(Integer.class, List.of()),
            0,
            body),
        new CallContext(
            primary,
            new HeapTier(),
            primary.waits(),
            () -> false,
            InstantSource.system(),
            maxWait));
  }

  StoredFunction<Integer, Integer, RuntimeException> function(
      ThrowingFunction<Integer, Integer, RuntimeException> body) {
    return function(directory.primary(), Duration.ofMinutes(10), body);
  }

  StoredFunction<Integer, Integer, RuntimeException> counting() {
    return function(this::run);
  }

  int run(int n) {
    workers.add(Thread.currentThread());
    runs.incrementAndGet();
    return -n;
  }

  static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  static List<Integer> negated(List<Integer> inputs) {
    return inputs.stream().map(n -> -n).toList();
  }

  /** A claim of somebody else. */
  record Held(CallKey key, int variant, Claim claim) {}

  void hold(Chain chain, List<Integer> inputs) {
    int variant = ResultFormat.of(Integer.class, List.of()).variant();
    for (int n : inputs) {
      long id = new FunctionIdentity("slow", "1").functionId();
      CallKey key = CallKey.of(id, ArgumentsFormat.ofOne(Integer.class).encode(n));
      Answer answer = directory.primary().claim(key, variant, 0, chain);
      held.add(new Held(key, variant, ((Answer.Granted) answer).claim()));
    }
  }

  void releaseAll() {
    held.forEach(each -> directory.primary().release(each.key, each.variant, each.claim));
    held.clear();
  }

  DirectoryState state() {
    return Objects.requireNonNull(directory.state());
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** A batch whose workers nobody replaces. */
  static final class Running {
    final CompletableFuture<List<Integer>> results = new CompletableFuture<>();
    final Thread caller;
    final Batch batch;

    /**
     * @param parks false switches off that inputs are parked
     */
    Running(
        StoredFunction<Integer, Integer, RuntimeException> function,
        List<Integer> inputs,
        int threads,
        boolean parks) {
      Integer[] arguments = inputs.toArray(new Integer[0]);
      BulkCalls<Integer, Integer, RuntimeException> calls = new BulkCalls<>(function, arguments);
      calls.lookUp(0, arguments.length);
      assertThat(calls.lookedUp()).isFalse();
      Workers plain = Workers.plain(threads, Thread::new);
      Indexes indexes = Indexes.below(arguments.length);
      batch =
          parks
              ? Batch.parking(calls::tryCall, indexes, plain, new StopSignal(), new Bell(plain))
              : new Batch(calls::call, indexes, plain, new StopSignal(), new Bell(plain));
      caller =
          new Thread(
              () -> {
                try {
                  batch.run();
                  results.complete(
                      Arrays.stream(calls.results()).map(result -> (Integer) result).toList());
                } catch (Throwable e) {
                  results.completeExceptionally(e);
                }
              });
      caller.setDaemon(true);
      caller.start();
    }

    List<Integer> results() throws Exception {
      return results.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  static void assertCountersAddUp(FunctionStats stats, int calls) {
    assertThat(stats.calls()).isEqualTo(calls);
    assertThat(stats.hits() + stats.misses() + stats.bypasses()).isEqualTo(calls);
  }

  static void awaitUnchecked(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new CancellationException();
    }
  }
}
