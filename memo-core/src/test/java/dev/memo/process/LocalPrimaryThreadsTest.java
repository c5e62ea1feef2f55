package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims under many threads. */
final class LocalPrimaryThreadsTest {
  private static final int THREADS = 64;
  private static final int KEYS = 2_000;

  private final OpenDirectory directory;
  private final Primary primary;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  LocalPrimaryThreadsTest(@TempDir Path folder) {
    directory = OpenDirectoryTest.open(folder.resolve("d"));
    primary = directory.primary();
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    directory.close();
  }

  @Test
  @DisplayName("P1: 64 threads that ask for the same calls compute each once")
  void computesEachCallOnce() throws Exception {
    AtomicIntegerArray computed = new AtomicIntegerArray(KEYS);
    onAllThreads(
        seed -> {
          for (int call : shuffled(seed)) {
            assertThat(value(call(call, computed))).isEqualTo(call);
          }
        });
    for (int call = 0; call < KEYS; call++) {
      assertThat(computed.get(call)).as("computations of call " + call).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("P1, twin: without claims calls are computed again")
  void withoutClaimsCallsAreComputedAgain() throws Exception {
    CyclicBarrier allHaveRead = new CyclicBarrier(THREADS);
    AtomicInteger computed = new AtomicInteger();
    onAllThreads(
        seed -> {
          boolean absent = primary.read(key(0), 1) == null;
          allHaveRead.await();
          if (absent) {
            computed.incrementAndGet();
            Claim none = new Claim(0, primary.epochs().lastSequence());
            primary.put(key(0), 1, none, entry(0), 0);
          }
        });
    assertThat(computed).hasValueGreaterThan(1);
  }

  @Test
  @DisplayName("P4: failing and abandoning holders leave nobody waiting")
  void failuresLeaveNobodyWaiting() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    onAllThreads(
        seed -> {
          Random random = new Random(seed);
          for (int i = 0; i < 500; i++) {
            CallKey key = key(random.nextInt(20));
            Answer answer = primary.claim(key, 1, 0, Chain.root());
            if (answer instanceof Answer.Wait wait && random.nextInt(4) == 0) {
              primary.abandon(key, 1, wait);
              continue;
            }
            if (awaited(answer) instanceof Answer.Granted granted) {
              if (random.nextInt(3) > 0) {
                failures.incrementAndGet();
                primary.release(key, 1, granted.claim());
              } else {
                primary.put(key, 1, granted.claim(), entry(1), 0);
                primary.invalidate(key);
              }
            }
          }
        });
    assertThat(failures).hasPositiveValue();
    for (int call = 0; call < 20; call++) {
      assertThat(primary.claim(key(call), 1, 0, Chain.root())).isNotInstanceOf(Answer.Wait.class);
    }
  }

  @Test
  @DisplayName("P6: after invalidate nobody gets what was computed from the old state")
  void invalidationsAreNeverUndone() throws Exception {
    // each computation returns the state that it found; invalidate follows every change of it
    CallKey key = key(1);
    AtomicLong state = new AtomicLong();
    AtomicLong announced = new AtomicLong();
    onAllThreads(
        seed -> {
          for (int i = 0; i < 200; i++) {
            if (seed == 0) {
              long next = state.incrementAndGet();
              primary.invalidate(key);
              announced.set(next);
            }
            long atLeast = announced.get();
            Stored stored = primary.read(key, 1);
            if (stored != null) {
              assertThat(value(stored)).isGreaterThanOrEqualTo(atLeast);
              continue;
            }
            Answer answer = primary.claim(key, 1, 0, Chain.root());
            if (answer instanceof Answer.Granted granted) {
              primary.put(key, 1, granted.claim(), entry(state.get()), 0);
            } else if (answer instanceof Answer.Hit hit) {
              assertThat(value(hit.stored())).isGreaterThanOrEqualTo(atLeast);
            } else if (answer instanceof Answer.Wait wait
                && awaited(wait) instanceof Answer.Granted granted) {
              primary.put(key, 1, granted.claim(), entry(state.get()), 0);
            }
          }
        });
    assertThat(announced).hasValue(200);
  }

  private Stored call(int call, AtomicIntegerArray computed) throws Exception {
    Stored stored = primary.read(key(call), 1);
    if (stored != null) {
      return stored;
    }
    Answer answer = awaited(primary.claim(key(call), 1, 0, Chain.root()));
    if (answer instanceof Answer.Hit hit) {
      return hit.stored();
    }
    computed.incrementAndGet(call);
    Claim claim = ((Answer.Granted) answer).claim();
    PutAnswer put = primary.put(key(call), 1, claim, entry(call), 0);
    return Stored.of(((PutAnswer.Kept) put).sequence(), entry(call));
  }

  private static Answer awaited(Answer answer) throws Exception {
    Answer last = answer;
    while (last instanceof Answer.Wait wait) {
      last = wait.next().get(30, TimeUnit.SECONDS);
    }
    return last;
  }

  /** What a thread does; it is told its number. */
  private interface Work {
    void run(int number) throws Exception;
  }

  private void onAllThreads(Work work) throws InterruptedException, ExecutionException {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      tasks.add(
          () -> {
            work.run(number);
            return null;
          });
    }
    for (Future<Void> end : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
      end.get();
    }
  }

  private static List<Integer> shuffled(int seed) {
    List<Integer> calls = new ArrayList<>();
    for (int call = 0; call < KEYS; call++) {
      calls.add(call);
    }
    Collections.shuffle(calls, new Random(seed));
    return calls;
  }

  private static CallKey key(int call) {
    return CallKey.of(7, ByteBuffer.allocate(4).putInt(call).array());
  }

  private static byte[] entry(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  private static long value(Stored stored) {
    return ByteBuffer.wrap(stored.bytes()).getLong(Stored.ENTRY_OFFSET);
  }
}
