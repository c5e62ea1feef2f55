package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.FrozenEpochs;
import dev.memo.claims.Primary;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random calls of a function that returns futures, by threads that share three handles in two
 * openings of one directory. Its runs complete, fail, throw or are cancelled when a scheduler with
 * a seed says so.
 */
@Tag("heavy")
@Timeout(180)
final class FutureStressTest {
  private static final long SEED = 20260107;
  private static final int KEYS = 50;
  private static final int THREADS = 8;
  private static final int CALLS = 600;
  private static final long PATIENCE_SECONDS = 60;
  private static final long MAX_RUN_MICROS = 4_000;

  private final Path folder;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private final List<OpenDirectory> openings = new ArrayList<>();

  /** Orders the beginnings of runs and invalidations; a run's value is when it began. */
  private final AtomicLong clock = new AtomicLong();

  /** Of each key: no call that begins from now on may get what began before. */
  private final AtomicLongArray floors = new AtomicLongArray(KEYS);

  private final AtomicIntegerArray succeeded = new AtomicIntegerArray(KEYS);
  private final AtomicLong salt = new AtomicLong();

  FutureStressTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void open() {
    for (int i = 0; i < 2; i++) {
      openings.add(OpenDirectory.open(folder.resolve("d"), DirectorySettings.DEFAULT));
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    scheduler.shutdownNow();
    assertThat(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    openings.forEach(OpenDirectory::close);
  }

  private List<FutureFunction<Integer, Long, RuntimeException>> handles(
      UnaryOperator<Primary> seam) {
    List<FutureFunction<Integer, Long, RuntimeException>> handles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Primary primary = openings.get(i % 2).primary();
      CallContext context =
          new CallContext(
              seam.apply(primary),
              new HeapTier(),
              primary.waits(),
              () -> false,
              InstantSource.system(),
              Duration.ofMinutes(10));
      FunctionSpec<Integer, CompletableFuture<Long>, RuntimeException> spec =
          new FunctionSpec<>(
              new FunctionIdentity("stressed", "1"),
              null,
              List.of(),
              ArgumentsFormat.ofOne(Integer.class),
              ResultFormat.of(Long.class, List.of()),
              0,
              this::run,
              true);
      handles.add(
          FutureFunction.register(
              spec, context, new CompletableFuture<Object>().defaultExecutor()));
    }
    return handles;
  }

  private static Primary withFrozenEpochs(Primary primary) {
    return new DelegatingPrimary(primary) {
      @Override
      public Epochs epochs() {
        return new FrozenEpochs(super.epochs());
      }
    };
  }

  private static Primary alwaysGranting(Primary primary) {
    return new DelegatingPrimary(primary) {
      @Override
      public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
        return new Answer.Granted(new Claim(0, epochs().lastSequence()));
      }
    };
  }

  private CompletableFuture<Long> run(Integer key) {
    long began = clock.incrementAndGet();
    Random random = new Random(SEED + 31L * key + salt.incrementAndGet());
    CompletableFuture<Long> run = new CompletableFuture<>();
    int dice = random.nextInt(100);
    if (dice < 5) {
      throw new IllegalStateException("thrown");
    } else if (dice < 15) {
      later(random, () -> run.completeExceptionally(new IllegalStateException("failed")));
    } else if (dice < 20) {
      later(random, () -> run.cancel(true));
    } else if (dice < 25) {
      succeed(key, run, began);
    } else {
      later(random, () -> succeed(key, run, began));
    }
    return run;
  }

  private boolean succeed(int key, CompletableFuture<Long> run, long began) {
    succeeded.incrementAndGet(key);
    return run.complete(began);
  }

  private void later(Random random, Runnable completion) {
    long micros = (long) (random.nextDouble() * MAX_RUN_MICROS);
    Future<?> unused = scheduler.schedule(completion, micros, TimeUnit.MICROSECONDS);
  }

  /** A call that was made, and what its value must be later than. */
  private record Made(int key, long floor, CompletableFuture<Long> future) {}

  /** Lets all threads call, and waits for all futures; returns those that nobody else touched. */
  private List<Made> callAll(
      List<FutureFunction<Integer, Long, RuntimeException>> handles, boolean changes)
      throws Exception {
    List<Future<List<Made>>> workers = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(SEED + thread);
      FutureFunction<Integer, Long, RuntimeException> handle = handles.get(thread % handles.size());
      workers.add(threads.submit(() -> work(handle, random, changes)));
    }
    List<Made> made = new ArrayList<>();
    for (Future<List<Made>> worker : workers) {
      made.addAll(worker.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    return made;
  }

  private List<Made> work(
      FutureFunction<Integer, Long, RuntimeException> handle, Random random, boolean changes) {
    List<Made> made = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      int key = random.nextInt(KEYS);
      int dice = random.nextInt(100);
      if (changes && dice < 8) {
        long before = clock.incrementAndGet();
        handle.invalidate(key);
        floors.accumulateAndGet(key, before, Math::max);
        continue;
      }
      long floor = floors.get(key);
      CompletableFuture<Long> future;
      try {
        future = changes && dice < 12 ? handle.refresh(key) : handle.call(key);
      } catch (IllegalStateException thrown) {
        continue;
      }
      assertThat(future).isNotNull();
      if (dice >= 95) {
        boolean unused = future.cancel(true); // of this caller only
      } else {
        made.add(new Made(key, floor, future));
      }
    }
    return made;
  }

  /** The values that calls of a key completed with; fails if one is stale or never completes. */
  private static Map<Integer, Set<Long>> values(List<Made> made) throws Exception {
    Map<Integer, Set<Long>> values = new HashMap<>();
    for (Made call : made) {
      try {
        long value = call.future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(value).as("stale value of key " + call.key).isGreaterThan(call.floor);
        values.computeIfAbsent(call.key, first -> new HashSet<>()).add(value);
      } catch (ExecutionException | CancellationException runEndedSo) {
        // the caller is told
      }
    }
    return values;
  }

  private static FunctionStats stats(
      List<FutureFunction<Integer, Long, RuntimeException>> handles) {
    FunctionStats all = FunctionStats.NONE;
    for (FutureFunction<Integer, Long, RuntimeException> handle : handles) {
      all = all.plus(handle.stats());
    }
    return all;
  }

  /** Also the calls whose callers did not want to know. */
  private static FunctionStats awaitAllCounted(
      List<FutureFunction<Integer, Long, RuntimeException>> handles) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      FunctionStats stats = stats(handles);
      if (stats.calls() == stats.hits() + stats.misses() + stats.bypasses()) {
        System.out.println("seed " + SEED + ": " + stats);
        return stats;
      }
      assertThat(System.nanoTime()).as("time left, " + stats).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("P1: each key is computed until it succeeds, once, and all calls get that value")
  void eachKeySucceedsOnce() throws Exception {
    List<FutureFunction<Integer, Long, RuntimeException>> handles = handles(primary -> primary);
    Map<Integer, Set<Long>> values = values(callAll(handles, false));

    assertThat(values).hasSize(KEYS).allSatisfy((key, all) -> assertThat(all).hasSize(1));
    for (int key = 0; key < KEYS; key++) {
      assertThat(succeeded.get(key)).as("successful runs of key " + key).isEqualTo(1);
    }
    FunctionStats stats = awaitAllCounted(handles);
    assertThat(stats.computations()).isEqualTo(KEYS);
    assertThat(stats.failures()).isPositive();
    assertThat(stats.hitsBySource().values()).allSatisfy(hits -> assertThat(hits).isPositive());
    assertThat(stats.unstored()).isZero();
  }

  @Test
  @DisplayName("P1, twin: with claims that exclude nobody, handles compute the same calls")
  void withoutClaimsKeysSucceedMoreThanOnce() throws Exception {
    List<FutureFunction<Integer, Long, RuntimeException>> handles =
        handles(FutureStressTest::alwaysGranting);
    Map<Integer, Set<Long>> values = values(callAll(handles, false));

    assertThat(values).hasSize(KEYS).allSatisfy((key, all) -> assertThat(all).hasSize(1));
    assertThat(stats(handles).computations()).isGreaterThan(KEYS);
  }

  @Test
  @DisplayName("P6: no call gets what was invalidated before it began")
  void nothingStaleIsSeen() throws Exception {
    List<FutureFunction<Integer, Long, RuntimeException>> handles = handles(primary -> primary);
    Map<Integer, Set<Long>> values = values(callAll(handles, true));

    assertThat(values).hasSize(KEYS);
    FunctionStats stats = awaitAllCounted(handles);
    assertThat(stats.bypasses()).isPositive();
    assertThat(stats.unstoredByReason().get(UnstoredReason.OUTDATED)).isPositive();
    assertThat(stats.missesByReason().get(MissReason.MAX_WAIT)).isZero();
  }

  @Test
  @DisplayName("P6, twin: with epochs that never move, calls get what was invalidated")
  void withoutEpochsStaleValuesAreSeen() throws Exception {
    List<Made> made = callAll(handles(FutureStressTest::withFrozenEpochs), true);

    assertThatThrownBy(() -> values(made))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("stale value");
  }
}
