package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.BulkPlan.Found;
import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Equal calls of one batch, look-ups that fail, and what a batch would find. */
@Timeout(60)
final class BulkCallsTest {
  private static final long UNCHANGED_BYTES = 100_000;
  private static final Integer[] EQUAL = {7, 7, 8, 7};

  private final OpenDirectory directory;
  private final AtomicInteger runs = new AtomicInteger();

  BulkCallsTest(@TempDir Path folder) {
    directory = OpenDirectory.open(folder.resolve("bulk.memo"), DirectorySettings.DEFAULT);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private StoredFunction<Integer, int[], RuntimeException> function(Primary primary) {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("f", "1"),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(int[].class, List.of()),
            0,
            n -> {
              runs.incrementAndGet();
              return new int[] {n};
            }),
        new CallContext(
            primary,
            new HeapTier(),
            WaitGraph.JVM,
            () -> false,
            InstantSource.system(),
            Duration.ofMinutes(1)));
  }

  /** Stores nothing. */
  private static final class Refusing extends DelegatingPrimary {
    Refusing(Primary target) {
      super(target);
    }

    @Override
    public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
      return new PutAnswer.Refused(new StoreException(Reason.NO_SPACE, "full", null));
    }
  }

  private static BulkCalls<Integer, int[], RuntimeException> lookedUp(
      StoredFunction<Integer, int[], RuntimeException> function, Integer... arguments) {
    BulkCalls<Integer, int[], RuntimeException> calls = new BulkCalls<>(function, arguments);
    calls.lookUp(0, arguments.length);
    return calls;
  }

  private static List<Integer> callAll(
      BulkCalls<Integer, int[], RuntimeException> calls, int size) {
    List<Integer> results = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      calls.call(i);
      results.add(((int[]) calls.results()[i])[0]);
    }
    return results;
  }

  @Test
  void equalCallsAreComputedOnceEvenIfNothingCanBeStored() {
    StoredFunction<Integer, int[], RuntimeException> function =
        function(new Refusing(directory.primary()));
    BulkCalls<Integer, int[], RuntimeException> calls = lookedUp(function, EQUAL);
    assertThat(calls.lookedUp()).isFalse();
    assertThat(callAll(calls, 4)).containsExactly(7, 7, 8, 7);
    assertThat(runs).hasValue(2);
    assertThat(calls.results()[0]).isNotSameAs(calls.results()[1]);
    FunctionStats stats = function.stats();
    assertThat(stats.calls()).isEqualTo(4);
    assertThat(stats.hits()).isEqualTo(2);
    assertThat(stats.misses()).isEqualTo(2);
  }

  @Test
  @DisplayName("twin: single calls compute each time")
  void twinOfSingleCalls() {
    StoredFunction<Integer, int[], RuntimeException> function =
        function(new Refusing(directory.primary()));
    for (Integer each : EQUAL) {
      assertThat(function.call(each)).containsExactly(each);
    }
    assertThat(runs).hasValue(4);
  }

  @Test
  @DisplayName("P6: what was computed for an equal call does not outlive its invalidation")
  void invalidatedBetweenEqualCalls() {
    StoredFunction<Integer, int[], RuntimeException> function = function(directory.primary());
    BulkCalls<Integer, int[], RuntimeException> calls = lookedUp(function, EQUAL);
    assertThat(calls.lookedUp()).isFalse();
    calls.call(0);
    function.invalidate(7);
    calls.call(1);
    assertThat(runs).hasValue(2);
  }

  @Test
  void aHitIsReadOnceForAllThatAreEqual() {
    AtomicInteger reads = new AtomicInteger();
    Primary counting =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public @Nullable Stored read(CallKey key, int variant) {
            reads.incrementAndGet();
            return super.read(key, variant);
          }
        };
    StoredFunction<Integer, int[], RuntimeException> function = function(counting);
    function.call(7);
    function.call(8);
    reads.set(0);
    BulkCalls<Integer, int[], RuntimeException> calls = lookedUp(function, EQUAL);
    assertThat(calls.lookedUp()).isTrue();
    assertThat(reads).hasValue(2);
    assertThat(callAll(calls, 4)).containsExactly(7, 7, 8, 7);
    assertThat(calls.results()[0]).isNotSameAs(calls.results()[1]);
    assertThat(function.stats().hits()).isEqualTo(4);
    assertThat(runs).hasValue(2);
  }

  /** Returns how often the calls read, after they were looked up in vain. */
  private int readsOfMisses(boolean looksUp, Integer... arguments) {
    AtomicInteger reads = new AtomicInteger();
    Primary counting =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public @Nullable Stored read(CallKey key, int variant) {
            reads.incrementAndGet();
            return super.read(key, variant);
          }
        };
    BulkCalls<Integer, int[], RuntimeException> calls =
        new BulkCalls<>(function(counting), arguments);
    if (looksUp) {
      calls.lookUp(0, arguments.length);
    }
    assertThat(calls.lookedUp()).isFalse();
    reads.set(0);
    assertThat(callAll(calls, arguments.length)).containsExactly(arguments);
    return reads.get();
  }

  @Test
  void whatWasLookedForInVainIsNotLookedForAgain() {
    assertThat(readsOfMisses(true, 1, 2, 3)).isZero();
    assertThat(runs).hasValue(3);
    assertThat(readsOfMisses(true, EQUAL)).as("of the equal ones").isEqualTo(3);
    assertThat(runs).hasValue(5);
  }

  @Test
  @DisplayName("twin: without a look-up each of them is")
  void twinWithoutALookUp() {
    assertThat(readsOfMisses(false, 1, 2, 3)).isEqualTo(3);
  }

  @Test
  @DisplayName("P1: what others stored after the look-up is found all the same")
  void storedAfterTheLookUp() {
    StoredFunction<Integer, int[], RuntimeException> function = function(directory.primary());
    BulkCalls<Integer, int[], RuntimeException> calls = lookedUp(function, 1, 2);
    assertThat(calls.lookedUp()).isFalse();
    function.call(1);
    assertThat(callAll(calls, 2)).containsExactly(1, 2);
    assertThat(runs).hasValue(2);
    assertThat(function.stats().hits()).isEqualTo(1);
  }

  @Test
  void callsThatWereNotFoundTakeLittleMemory() {
    int size = 30_000;
    Integer[] arguments = IntStream.range(0, size).boxed().toArray(Integer[]::new);
    StoredFunction<Integer, int[], RuntimeException> function = function(directory.primary());
    long before = usedBytes();
    BulkCalls<Integer, int[], RuntimeException> calls = lookedUp(function, arguments);
    assertThat(calls.lookedUp()).isFalse();
    assertThat((usedBytes() - before) / size).as("bytes for each").isLessThan(64);
    Request<?>[] requests = new Request<?>[size];
    before = usedBytes();
    for (int i = 0; i < size; i++) {
      requests[i] = function.request(arguments[i]);
    }
    assertThat((usedBytes() - before) / size).as("twin: kept encoded").isGreaterThan(100);
    assertThat(requests).doesNotContainNull();
    assertThat(calls.isAnswered(size - 1)).isFalse();
  }

  /** What is in use when no more is given back: what cleaners of other tests hold goes later. */
  private static long usedBytes() {
    long used = Long.MAX_VALUE;
    for (int unchanged = 0; unchanged < 3; ) {
      System.gc();
      long now = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      unchanged = used - now > UNCHANGED_BYTES ? 0 : unchanged + 1;
      used = Math.min(used, now);
    }
    return used;
  }

  @Test
  void whatCannotBeReadInBulkIsCalled() {
    Primary unreadable =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
            throw new StoreException(Reason.OTHER, "not in bulk", null);
          }
        };
    StoredFunction<Integer, int[], RuntimeException> function = function(unreadable);
    function.call(7);
    BulkCalls<Integer, int[], RuntimeException> calls = lookedUp(function, EQUAL);
    assertThat(calls.lookedUp()).isFalse();
    assertThat(callAll(calls, 4)).containsExactly(7, 7, 8, 7);
    assertThat(runs).hasValue(2);
  }

  @Test
  void aPlanKnowsWhatCannotBeReadInBulk() {
    Primary unreadable =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
            throw new StoreException(Reason.OTHER, "not in bulk", null);
          }
        };
    StoredFunction<Integer, int[], RuntimeException> function = function(unreadable);
    function.call(7);
    BulkPlan<Integer> plan = new BulkPlan<>(function);
    plan.lookUp(List.of(EQUAL));
    assertThat(plan.found()).returns(3L, Found::hits).returns(1L, Found::misses);
  }

  @Test
  void aPlanTellsWhatWouldBeFoundAndCountsNothing() {
    StoredFunction<Integer, int[], RuntimeException> function = function(directory.primary());
    function.call(1);
    function.put(2, new int[] {2});
    FunctionStats before = function.stats();
    BulkPlan<Integer> plan = new BulkPlan<>(function);
    plan.lookUp(List.of(1, 2, 3));
    assertThat(plan.found()).returns(2L, Found::hits).returns(1L, Found::misses);
    plan.lookUp(List.of(3, 1, 4, 4));
    Found found = plan.found();
    assertThat(found).isEqualTo(new Found(3, 2, 2, 0, 2, found.time()));
    assertThat(found.time()).isPositive();
    assertThat(function.stats()).isEqualTo(before);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aPlanSaysThatItsDirectoryIsClosed() {
    StoredFunction<Integer, int[], RuntimeException> function = function(directory.primary());
    directory.close();
    BulkPlan<Integer> plan = new BulkPlan<>(function);
    assertThatThrownBy(() -> plan.lookUp(List.of(EQUAL)))
        .isInstanceOf(DirectoryClosedException.class);
  }

  @Test
  void aPlanDoesNotKnowOfCallsWhoseArgumentsCannotBeMade() {
    CachedFunction<Integer, int[], RuntimeException> fed =
        function(directory.primary())
            .with(
                (Integer n) -> {
                  if (n == 0) {
                    throw new IllegalArgumentException("zero");
                  }
                  return n;
                });
    BulkPlan<Integer> plan = new BulkPlan<>(fed);
    plan.lookUp(List.of(0, 1));
    assertThat(plan.found()).isEqualTo(new Found(0, 1, 0, 1, 0, Duration.ZERO));
  }
}
