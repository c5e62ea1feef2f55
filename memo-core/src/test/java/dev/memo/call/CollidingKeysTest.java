package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.CutDigests;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Entry;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls whose keys collide, because their digests are cut to a byte or to nothing: each gets its
 * own value, and what the collisions cost is counted. The twins switch off what keeps them apart.
 */
@Timeout(60)
class CollidingKeysTest {
  private static final long PATIENCE_SECONDS = 30;
  private static final long SEED = 20260101;

  /** Bytes of arguments: short ones, those of which an entry has a copy, and longer ones. */
  private static final List<Integer> PADDING = List.of(0, 100, 2_000);

  @TempDir Path folder;
  private OpenDirectory directory;
  private Primary primary;
  private final LongAdder kept = new LongAdder();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void open() {
    directory = OpenDirectory.open(folder.resolve("collide.memo"), DirectorySettings.DEFAULT);
    primary =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
            PutAnswer answer = super.put(key, variant, claim, entry, rejected);
            if (answer instanceof PutAnswer.Kept) {
              kept.increment();
            }
            return answer;
          }
        };
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    directory.close();
  }

  /** Call keys with a cut digest, and nothing switched off. */
  private static class Cut extends CallEquivalence {
    private final int digestBytes;

    Cut(int digestBytes) {
      this.digestBytes = digestBytes;
    }

    @Override
    CallKey key(long functionId, EncodedArguments arguments) {
      return CutDigests.of(functionId, arguments, digestBytes);
    }
  }

  private static final CallEquivalence WITHOUT_CHECK_OF_ENTRIES =
      new Cut(0) {
        @Override
        void requireSame(Entry entry, EncodedArguments arguments) {}
      };

  private static final CallEquivalence WITHOUT_EXACT_KEYS_IN_MEMORY =
      new Cut(0) {
        @Override
        ExactKey exact(CallKey key, EncodedArguments arguments) {
          return new ExactKey(key, new byte[0]);
        }
      };

  /** Encoded, so that neither the heap tier nor a flight can be keyed by the argument itself. */
  private static List<Object> argument(int n) {
    return List.of(n, "x".repeat(PADDING.get(n % PADDING.size())));
  }

  private static int number(List<Object> argument) {
    return (Integer) argument.get(0);
  }

  private <R> StoredFunction<List<Object>, R, Exception> function(
      TypeRef<R> result,
      CallEquivalence equivalence,
      ThrowingFunction<List<Object>, R, Exception> body) {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("colliding", "1"),
            ArgumentsFormat.ofOne(List.class),
            ResultFormat.of(result.type(), List.of()),
            0,
            body),
        new CallContext(
            primary,
            new HeapTier(),
            WaitGraph.JVM,
            () -> false,
            InstantSource.system(),
            Duration.ofMinutes(10)),
        equivalence);
  }

  /** Immutable results, so that the heap tier has them. */
  private StoredFunction<List<Object>, Integer, Exception> doubling(
      CallEquivalence equivalence, ThrowingFunction<List<Object>, Integer, Exception> body) {
    return function(TypeRef.of(Integer.class), equivalence, body);
  }

  private StoredFunction<List<Object>, Integer, Exception> doubling(CallEquivalence equivalence) {
    return doubling(equivalence, argument -> 2 * number(argument));
  }

  @Test
  @DisplayName("P2, P5: 4,000 calls on 256 keys: no wrong value, and each miss is a counted one")
  void eightBitsOfDigestCostCountedMissesOnly() throws Exception {
    StoredFunction<List<Object>, Integer, Exception> f = doubling(new Cut(1));
    Map<CallKey, Integer> lastOfKey = new HashMap<>();
    List<Integer> order = new ArrayList<>(IntStream.range(0, 4_000).boxed().toList());
    Random random = new Random(SEED);
    long hits = 0;
    for (int pass = 0; pass < 3; pass++) {
      Collections.shuffle(order, random);
      for (int n : order) {
        boolean again = n % 5 == 0;
        for (int i = again ? 2 : 1; i > 0; i--) {
          assertThat(f.call(argument(n))).as("seed %s, n %s", SEED, n).isEqualTo(2 * n);
          EncodedArguments arguments =
              new EncodedArguments(ArgumentsFormat.ofOne(List.class).encode(argument(n)));
          Integer last = lastOfKey.put(CutDigests.of(0, arguments, 1), n);
          if (last != null && last == n) {
            hits++;
          }
        }
      }
    }

    FunctionStats stats = f.stats();
    assertThat(lastOfKey).hasSize(256);
    assertThat(stats.hits()).as("only the last of a key is kept").isEqualTo(hits);
    assertThat(stats.calls()).isEqualTo(stats.hits() + stats.misses()).isEqualTo(14_400);
    assertThat(stats.missesByReason())
        .containsEntry(MissReason.ABSENT, 256L)
        .containsEntry(MissReason.COLLISION, stats.misses() - 256);
    assertThat(stats.computations()).isEqualTo(stats.misses()).isEqualTo(kept.sum());
    assertThat(stats.unstored()).isZero();
  }

  @Test
  @DisplayName("P2, P5: eight threads on keys that collide: no wrong value, all is accounted for")
  void manyThreadsOnCollidingKeysAreAccountedFor() throws Exception {
    StoredFunction<List<Object>, List<Integer>, Exception> f =
        function(
            new TypeRef<List<Integer>>() {},
            new Cut(1),
            argument -> new ArrayList<>(List.of(number(argument), 1)));
    List<Future<?>> all = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      Random random = new Random(SEED + thread);
      all.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 1_500; i++) {
                  int n = random.nextInt(1_000);
                  assertThat(f.call(argument(n))).as("seed %s", SEED).containsExactly(n, 1);
                }
                return null;
              }));
    }
    for (Future<?> one : all) {
      one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    FunctionStats stats = f.stats();
    Map<MissReason, Long> misses = stats.missesByReason();
    assertThat(stats.calls()).isEqualTo(stats.hits() + stats.misses()).isEqualTo(12_000);
    assertThat(stats.computations()).isEqualTo(stats.misses());
    assertThat(stats.computations()).isEqualTo(kept.sum() + stats.unstored());
    assertThat(misses.get(MissReason.COLLISION)).isPositive();
    assertThat(stats.misses())
        .isEqualTo(misses.get(MissReason.ABSENT) + misses.get(MissReason.COLLISION));

    long present = 0;
    for (int n = 0; n < 1_000; n++) {
      if (f.peek(argument(n)) instanceof Lookup.Present<List<Integer>> found) {
        assertThat(found.value()).containsExactly(n, 1);
        present++;
      }
    }
    assertThat(present).as("one entry for each key").isBetween(240L, 256L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("P2: a call does not follow the flight, nor wait for the value, of a colliding call")
  void collidingCallsAtOneTimeGetTheirOwnValues(boolean sameFunctionObject) throws Exception {
    assertThat(valueOfTheOtherCall(new Cut(0), sameFunctionObject)).isEqualTo(4);
  }

  @Test
  void withoutExactKeysACallGetsTheValueOfACollidingFlight() throws Exception {
    assertThat(valueOfTheOtherCall(WITHOUT_EXACT_KEYS_IN_MEMORY, true)).as("wrong").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutTheCheckOfEntriesAWaiterGetsTheValueOfACollidingClaim(boolean sameFunctionObject)
      throws Exception {
    assertThat(valueOfTheOtherCall(WITHOUT_CHECK_OF_ENTRIES, sameFunctionObject))
        .as("wrong")
        .isEqualTo(2);
  }

  /** Calls with 1, and while that runs with 2, which should give 4. */
  private int valueOfTheOtherCall(CallEquivalence equivalence, boolean sameFunctionObject)
      throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ThrowingFunction<List<Object>, Integer, Exception> body =
        argument -> {
          if (number(argument) == 1) {
            running.countDown();
            assertThat(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
          }
          return 2 * number(argument);
        };
    StoredFunction<List<Object>, Integer, Exception> one = doubling(equivalence, body);
    StoredFunction<List<Object>, Integer, Exception> two =
        sameFunctionObject ? one : doubling(equivalence, body);
    Future<Integer> first = threads.submit(() -> one.call(argument(1)));
    assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    AtomicReference<@Nullable Thread> asker = new AtomicReference<>();
    Future<Integer> second =
        threads.submit(
            () -> {
              asker.set(Thread.currentThread());
              return two.call(argument(2));
            });
    awaitTimedWait(asker);
    go.countDown();
    assertThat(first.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(2);
    return second.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void awaitTimedWait(AtomicReference<@Nullable Thread> thread) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (thread.get() == null || thread.get().getState() != Thread.State.TIMED_WAITING) {
      assertThat(System.nanoTime()).as("time left").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("P2: the heap tier tells calls apart whose keys collide")
  void heapTierTellsCollidingCallsApart() throws Exception {
    StoredFunction<List<Object>, Integer, Exception> f = doubling(new Cut(0));
    for (int n = 0; n < 2 * PADDING.size(); n++) {
      f.call(argument(n));
      assertThat(f.call(argument(n))).isEqualTo(2 * n);
      assertThat(f.call(argument(n))).isEqualTo(2 * n);
      assertThat(f.call(argument(n + PADDING.size()))).isEqualTo(2 * (n + PADDING.size()));
    }
    assertThat(f.stats().hitsBySource().get(HitSource.HEAP)).isPositive();
  }

  @Test
  void withoutExactKeysTheHeapTierServesTheValueOfACollidingCall() throws Exception {
    StoredFunction<List<Object>, Integer, Exception> f = doubling(WITHOUT_EXACT_KEYS_IN_MEMORY);
    f.call(argument(1));
    assertThat(f.call(argument(2))).as("wrong").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void withoutTheCheckOfEntriesTheValueOfACollidingCallIsRead(int n) throws Exception {
    int other = n + PADDING.size(); // as long, so that lengths do not tell them apart either
    assertThat(doubling(new Cut(0)).call(argument(n))).isEqualTo(2 * n);
    assertThat(doubling(WITHOUT_CHECK_OF_ENTRIES).call(argument(other)))
        .as("wrong")
        .isEqualTo(2 * n);
    assertThat(doubling(new Cut(0)).call(argument(other))).isEqualTo(2 * other);
  }

  @Test
  @DisplayName("P1, P5: calls within calls on one key: right, and each result is stored or counted")
  void callsWithinCollidingCallsAreRight() throws Exception {
    AtomicReference<StoredFunction<List<Object>, Integer, Exception>> self =
        new AtomicReference<>();
    StoredFunction<List<Object>, Integer, Exception> sum =
        doubling(
            new Cut(0),
            argument -> {
              int n = number(argument);
              return n == 0 ? 0 : n + self.get().call(argument(n - 1));
            });
    self.set(sum);

    assertThat(sum.call(argument(50))).isEqualTo(1275);

    FunctionStats stats = sum.stats();
    assertThat(stats.calls()).isEqualTo(stats.misses()).isEqualTo(51);
    assertThat(stats.missesByReason())
        .as("it would wait for itself")
        .containsEntry(MissReason.CYCLE, 50L);
    assertThat(stats.computations()).isEqualTo(kept.sum() + stats.unstored()).isEqualTo(51);
    assertThat(stats.unstoredByReason()).containsEntry(UnstoredReason.LOST, stats.unstored());
  }

  @Test
  @DisplayName("P6: who puts or invalidates a colliding call costs a counted miss, no value")
  void mutationOfACollidingCallCostsAMiss() throws Exception {
    StoredFunction<List<Object>, Integer, Exception> f = doubling(new Cut(0));
    assertThat(f.call(argument(1))).isEqualTo(2);
    f.put(argument(2), -1);
    assertThat(f.call(argument(1))).isEqualTo(2);
    assertThat(f.call(argument(2))).as("what was put made room for the other").isEqualTo(4);
    f.invalidate(argument(1));
    assertThat(f.call(argument(2))).isEqualTo(4);
    assertThat(f.stats().missesByReason())
        .containsEntry(MissReason.ABSENT, 2L)
        .containsEntry(MissReason.COLLISION, 2L);
    assertThat(f.stats().hits()).isZero();
  }
}
