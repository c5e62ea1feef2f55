package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps results of former names from being served wrongly, and from costing anything. */
@Timeout(120)
final class AliasMechanismsTest {
  private static final FunctionIdentity OLD = new FunctionIdentity("old", "1");
  private static final FunctionIdentity NEW = new FunctionIdentity("new", "1");

  @TempDir Path folder;
  private OpenDirectory directory;
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();

  @BeforeEach
  void open() {
    directory = OpenDirectory.open(folder.resolve("d.memo"), DirectorySettings.DEFAULT);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  /** Says its name; two of them in one process have nothing in common but the directory. */
  private StoredFunction<Integer, String, RuntimeException> function(
      Primary primary, FunctionIdentity identity, FunctionIdentity... aliases) {
    CallContext context =
        new CallContext(
            primary,
            new HeapTier(),
            WaitGraph.JVM,
            () -> false,
            InstantSource.fixed(Instant.EPOCH),
            Duration.ofMinutes(1));
    return StoredFunction.register(
        new FunctionSpec<>(
            identity,
            null,
            List.of(aliases),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(String.class, List.of()),
            0,
            n -> identity.name() + " " + n + " run " + runs.incrementAndGet(),
            false),
        context);
  }

  private StoredFunction<Integer, String, RuntimeException> old() {
    return function(directory.primary(), OLD);
  }

  private StoredFunction<Integer, String, RuntimeException> renamed(Primary primary) {
    return function(primary, NEW, OLD);
  }

  /** Lets everything that is put seem to have started now. */
  private Primary withoutStarts() {
    return new DelegatingPrimary(directory.primary()) {
      @Override
      public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
        Claim now = new Claim(claim.id(), Long.MAX_VALUE);
        return super.put(key, variant, now, entry, rejected);
      }
    };
  }

  @Test
  @DisplayName("P6: what was invalidated under the own name does not come back")
  void anInvalidatedResultIsNotAdopted() {
    old().call(1);
    StoredFunction<Integer, String, RuntimeException> f = renamed(directory.primary());
    f.invalidate(1);
    assertThat(f.call(1)).isEqualTo("new 1 run 2");
    assertThat(f.stats().misses()).isEqualTo(1);
  }

  @Test
  @DisplayName("P6, twin: where starts do not count, it comes back")
  void twinWithoutStarts() {
    old().call(1);
    StoredFunction<Integer, String, RuntimeException> f = renamed(withoutStarts());
    f.invalidate(1);
    assertThat(f.call(1)).isEqualTo("old 1 run 1");
  }

  @Test
  @DisplayName("P6: nor what was computed before, and stored under the former name after that")
  void whatStartedBeforeTheInvalidationIsNotAdopted() throws Exception {
    Primary primary = directory.primary();
    StoredFunction<Integer, String, RuntimeException> f = renamed(primary);
    Primary invalidating =
        new DelegatingPrimary(primary) {
          @Override
          public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
            f.invalidate(1); // while the old one computes
            return super.put(key, variant, claim, entry, rejected);
          }
        };
    StoredFunction<Integer, String, RuntimeException> old = function(invalidating, OLD);
    assertThat(old.call(1)).isEqualTo("old 1 run 1");
    assertThat(old.peek(1).isPresent()).isTrue();
    assertThat(f.call(1)).isEqualTo("new 1 run 2");
  }

  @Test
  @DisplayName("P1: where the former result is outdated, one of all that ask at once computes")
  void anOutdatedOneKeepsTheClaim() throws Exception {
    int threads = 8;
    int keys = 100;
    StoredFunction<Integer, String, RuntimeException> old = old();
    for (int key = 0; key < keys; key++) {
      old.call(key);
    }
    renamed(directory.primary()).invalidateAll();
    int before = runs.get();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        // each as if it were another process: they meet at the primary only
        StoredFunction<Integer, String, RuntimeException> f = renamed(directory.primary());
        running.add(
            executor.submit(
                () -> {
                  for (int key = 0; key < keys; key++) {
                    assertThat(f.call(key)).startsWith("new " + key + " ");
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(runs.get() - before).isEqualTo(keys);
  }

  private Primary counting() {
    return new DelegatingPrimary(directory.primary()) {
      @Override
      public @Nullable Stored read(CallKey key, int variant) {
        if (key.functionId() == OLD.functionId()) {
          looks.incrementAndGet();
        }
        return super.read(key, variant);
      }
    };
  }

  @Test
  @DisplayName("P7: an alias is looked at once for each miss, and never for a hit")
  void anAliasCostsNothingOnHits() {
    StoredFunction<Integer, String, RuntimeException> f = renamed(counting());
    f.call(1);
    assertThat(looks).hasValue(1);
    for (int i = 0; i < 10; i++) {
      f.call(1);
    }
    renamed(counting()).call(1); // from disk
    assertThat(looks).hasValue(1);
  }

  @Test
  void theEntryIsAdoptedAsItIs() throws EntryRejectedException {
    old().call(1);
    StoredFunction<Integer, String, RuntimeException> f = renamed(directory.primary());
    f.call(1);
    assertThat(entry(NEW).createdMillis()).isEqualTo(entry(OLD).createdMillis());
    assertThat(entry(NEW).durationNanos()).isEqualTo(entry(OLD).durationNanos());
    assertThat(entry(NEW).start()).isEqualTo(entry(OLD).start());
    assertThat(f.stats().timeSaved()).isEqualTo(Duration.ofNanos(entry(OLD).durationNanos()));
  }

  private Entry entry(FunctionIdentity of) throws EntryRejectedException {
    int variant = ResultFormat.of(String.class, List.of()).variant();
    CallKey key =
        CallKey.of(of.functionId(), ArgumentsFormat.<Object>ofOne(Integer.class).encode(1));
    Stored stored = directory.primary().read(key, variant);
    assertThat(stored).isNotNull();
    return Entry.parse(stored.bytes(), Stored.ENTRY_OFFSET);
  }

  @Test
  @DisplayName("P4: where the primary takes nothing, or cannot be read, it computes")
  void computesWhereNothingCanBeAdopted() {
    old().call(1);
    Primary refusing =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
            return new PutAnswer.Refused(new StoreException(Reason.NO_SPACE, "full", null));
          }
        };
    assertThat(renamed(refusing).call(1)).isEqualTo("new 1 run 2");
    Primary unreadable =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public @Nullable Stored read(CallKey key, int variant) {
            throw new StoreException(Reason.CORRUPT, "damaged", null);
          }

          @Override
          public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
            return new Answer.Granted(new Claim(0, epochs().lastSequence()));
          }
        };
    assertThat(renamed(unreadable).call(1)).isEqualTo("new 1 run 3");
  }

  @Test
  @DisplayName("P4, P6: without a primary nobody can say what counts, so it computes at once")
  void computesWithoutAPrimary() {
    Primary silent =
        new DelegatingPrimary(counting()) {
          @Override
          public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
            return new Answer.NoPrimary();
          }
        };
    old().call(1);
    assertThat(renamed(silent).call(1)).isEqualTo("new 1 run 2");
    assertThat(looks).hasValue(0);
  }

  @Test
  void isLookedForWhereWaitingMakesNoSense() {
    Primary cyclic =
        new DelegatingPrimary(directory.primary()) {
          @Override
          public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
            return new Answer.ComputeAnyway();
          }
        };
    old().call(1);
    StoredFunction<Integer, String, RuntimeException> f = renamed(cyclic);
    assertThat(f.call(1)).isEqualTo("old 1 run 1");
    assertThat(f.stats().misses()).isZero();
  }
}
