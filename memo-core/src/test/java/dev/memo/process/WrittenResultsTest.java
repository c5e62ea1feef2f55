package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written together, and what others see while it is written. */
final class WrittenResultsTest extends PrimaryRules {
  private static final byte[] NEW = bytes("new");

  WrittenResultsTest(@TempDir Path folder) {
    super(folder);
  }

  @Nested
  @DisplayName("results that come together")
  final class SeveralResults {
    private final AtomicInteger writes = new AtomicInteger();

    @BeforeEach
    void reserveSequences() {
      kept(put(new Claim(0, 0), "any"));
    }

    private PutRequest request(int key, long start, String value) {
      return new PutRequest(
          CallKey.of(FUNCTION, new byte[] {(byte) key}), V, new Claim(0, start), bytes(value), 0);
    }

    private List<PutAnswer> putAll(PutRequest... requests) {
      store.beforeWrites(writes::incrementAndGet);
      return primary.putAll(List.of(requests));
    }

    private String read(int key) {
      return text(requireNonNull(primary.read(CallKey.of(FUNCTION, new byte[] {(byte) key}), V)));
    }

    @Test
    void areStoredWithOneWrite() {
      long now = page.lastSequence();
      putAll(request(11, now, "a"), request(12, now, "b"), request(13, now, "c"))
          .forEach(PrimaryRules::kept);
      assertThat(writes).hasValue(1);
      assertThat(read(11) + read(12) + read(13)).isEqualTo("abc");
    }

    @Test
    @DisplayName("P1: the first of two results of one call is the answer to the other")
    void twoOfOneCall() {
      long now = page.lastSequence();
      List<PutAnswer> answers = putAll(request(11, now, "first"), request(11, now, "second"));
      kept(answers.get(0));
      assertThat(text(((PutAnswer.Lost) answers.get(1)).winner())).isEqualTo("first");
      assertThat(read(11)).isEqualTo("first");
    }

    @Test
    @DisplayName("P6: an outdated one is not stored with the others")
    void anOutdatedOne() {
      long before = page.lastSequence();
      primary.invalidate(CallKey.of(FUNCTION, new byte[] {12}));
      List<PutAnswer> answers =
          putAll(request(11, before, "a"), request(12, before, "b"), request(13, before, "c"));
      assertThat(answers.get(1)).isInstanceOf(PutAnswer.Outdated.class);
      kept(answers.get(0));
      kept(answers.get(2));
      assertThat(primary.read(CallKey.of(FUNCTION, new byte[] {12}), V)).isNull();
    }

    @Test
    @DisplayName("P3: what the database refuses of several is refused of that one only")
    void oneThatIsRefused() {
      long now = page.lastSequence();
      Answer.Wait waiting = waitingFor(12);
      store.failWrite(1, Reason.OTHER); // all together
      store.failWrite(3, Reason.OTHER); // the second alone
      List<PutAnswer> answers =
          putAll(request(11, now, "a"), request(12, now, "b"), request(13, now, "c"));
      assertThat(answers.get(1)).isInstanceOf(PutAnswer.Refused.class);
      kept(answers.get(0));
      kept(answers.get(2));
      assertThat(read(11) + read(13)).isEqualTo("ac");
      assertThat(waiting.next()).as("its claim is another's").isNotDone();
    }

    private Answer.Wait waitingFor(int key) {
      CallKey call = CallKey.of(FUNCTION, new byte[] {(byte) key});
      granted(claim(call));
      return waiting(claim(call));
    }

    @Test
    @DisplayName("P1: whoever waits for one of several has its result")
    void waitersAreAnswered() {
      CallKey call = CallKey.of(FUNCTION, new byte[] {12});
      Claim claim = granted(claim(call));
      Answer.Wait waiting = waiting(claim(call));
      long now = page.lastSequence();
      putAll(request(11, now, "a"), new PutRequest(call, V, claim, bytes("b"), 0));
      assertThat(text(hit(waiting.next().join()).stored())).isEqualTo("b");
    }
  }

  @Nested
  @DisplayName(
      "P6: the stripes of what is changed are odd while it is written, and even again after")
  final class StripesOfChanges {

    /** Two calls of one stripe, and one of another. */
    private final CallKey one = numbered(number -> true);

    private final CallKey two = numbered(key -> key.stripe() == one.stripe() && !key.equals(one));
    private final CallKey far = numbered(key -> key.stripe() != one.stripe());

    private final List<Long> atWrites = new ArrayList<>();

    @BeforeEach
    void storeAll() {
      for (CallKey key : List.of(one, two, far)) {
        kept(primary.put(key, V, new Claim(0, page.lastSequence()), bytes(DAMAGED), 0));
        assertStripes(0, 0); // a first result moves nothing
      }
      store.beforeWrites(() -> atWrites.add(page.stripe(one.stripe())));
    }

    private CallKey numbered(Predicate<CallKey> wanted) {
      return IntStream.range(0, 1_000_000)
          .mapToObj(number -> CallKey.of(FUNCTION, ("key" + number).getBytes(UTF_8)))
          .filter(wanted)
          .findFirst()
          .orElseThrow();
    }

    private void assertStripes(long ofOneAndTwo, long ofFar) {
      assertThat(page.stripe(one.stripe())).isEqualTo(ofOneAndTwo);
      assertThat(page.stripe(far.stripe())).isEqualTo(ofFar);
    }

    private List<PutAnswer> replace(CallKey... keys) {
      return primary.putAll(
          List.of(keys).stream()
              .map(key -> new PutRequest(key, V, new Claim(0, page.lastSequence()), NEW, 0))
              .toList());
    }

    @Test
    void replacementsOfOneStripeThatAreWrittenTogether() {
      replace(one, two, far).forEach(PrimaryRules::kept);
      assertThat(atWrites).containsExactly(1L);
      assertStripes(2, 2);
    }

    @Test
    void replacementsThatAreRefusedTogetherAndTakenAlone() {
      store.failWrite(1, Reason.OTHER);
      replace(one, two, far).forEach(PrimaryRules::kept);
      assertThat(atWrites).as("together, one, two, far").containsExactly(1L, 3L, 5L, 6L);
      assertStripes(6, 4);
    }

    @Test
    void replacementsAmongFirstResults() {
      CallKey first = numbered(key -> key.stripe() == one.stripe() + 1);
      replace(first, two).forEach(PrimaryRules::kept);
      assertThat(page.stripe(first.stripe())).isZero();
      assertStripes(2, 0);
    }

    @Test
    void resultsOutOfASpool() throws IOException {
      Path folder = Files.createDirectory(path.resolve("spool"));
      UUID id = new UUID(1, 2);
      try (SpoolFile file = SpoolFile.create(folder.resolve("killed"))) {
        for (CallKey key : List.of(one, two, far)) {
          file.append(new SpoolFile.Result(id, key, V, page.lastSequence(), NEW), false);
        }
      }
      assertThat(Spool.fold(folder, id, primary).stored()).isEqualTo(3);
      assertThat(atWrites).as("each alone").containsExactly(1L, 3L, 4L);
      assertStripes(4, 2);
    }

    /** It may be in the log all the same, so what was read before must not count any more. */
    @Test
    void changesThatAreRefusedMoveTheirStripesToo() {
      store.failAllWrites(Reason.OTHER);
      assertThatThrownBy(() -> primary.invalidate(one))
          .isInstanceOf(DirectoryUnavailableException.class);
      assertStripes(2, 0);
      assertThat(primary.replace(two, V, NEW, Long.MAX_VALUE))
          .isInstanceOf(PutAnswer.Refused.class);
      assertStripes(4, 0);
      assertThat(replace(far)).hasOnlyElementsOfType(PutAnswer.Refused.class);
      assertStripes(4, 2);
      assertThat(atWrites).containsExactly(1L, 3L, 4L);
      CallKey first = numbered(key -> key.stripe() == one.stripe() + 1);
      assertThat(replace(first)).hasOnlyElementsOfType(PutAnswer.Refused.class);
      assertThat(page.stripe(first.stripe())).as("nothing was there to be replaced").isZero();
    }

    @Test
    void changesThatEndWithAnErrorMoveTheirStripesToo() {
      store.beforeWrites(
          () -> {
            throw new IOException("by script"); // which comes out as an error
          });
      assertThatThrownBy(() -> primary.invalidate(one)).isInstanceOf(AssertionError.class);
      assertStripes(2, 0);
    }

    @Test
    void changesThatAreNeverWrittenMoveNothing() {
      store.failAllScans(Reason.OTHER);
      assertThatThrownBy(() -> primary.invalidate(one))
          .isInstanceOf(DirectoryUnavailableException.class);
      assertThat(atWrites).isEmpty();
      assertStripes(0, 0);
    }
  }

  @Nested
  @DisplayName("between the write of a mutation and its return")
  final class DuringMutations {

    @BeforeEach
    void reserveSequences() {
      kept(put(new Claim(0, 0), "old"));
    }

    /** Does something in another thread when this one has written, as far as it gets by itself. */
    private Thread whenWritten(Runnable action) {
      Thread other = new Thread(action);
      store.afterWrites(
          () -> {
            store.afterWrites(() -> true);
            other.start();
            Openings.await(
                "the other has ended, or waits for this one",
                () ->
                    other.getState() == Thread.State.WAITING
                        || other.getState() == Thread.State.TERMINATED);
            return true;
          });
      return other;
    }

    @Test
    @DisplayName("P6: an invalidation in the midst of an invalidateAll still counts after it")
    void invalidateDuringInvalidateAll() throws Exception {
      AtomicReference<Claim> claim = new AtomicReference<>();
      Thread other =
          whenWritten(
              () -> {
                claim.set(granted(primary.claim(OTHER, V, 0, Chain.root())));
                primary.invalidate(OTHER);
              });
      primary.invalidateAll(FUNCTION);
      other.join();
      assertThat(primary.put(OTHER, V, claim.get(), bytes("older than the invalidation"), 0))
          .isInstanceOf(PutAnswer.Outdated.class);
    }

    @Test
    @DisplayName(
        "P6: who has seen the new value is not followed by who finds the old one in memory")
    void readDuringPut() throws Exception {
      long before = page.stripe(KEY.stripe());
      AtomicReference<String> seen = new AtomicReference<>();
      AtomicLong stripe = new AtomicLong();
      Thread other =
          whenWritten(
              () -> {
                seen.set(text(requireNonNull(primary.read(KEY, V))));
                stripe.set(page.stripe(KEY.stripe()));
              });
      kept(primary.replace(KEY, V, bytes("new"), Long.MAX_VALUE));
      other.join();
      assertThat(seen).hasValue("new");
      assertThat(stripe).hasValueGreaterThan(before);
    }
  }

  /** A secondary sees results in the log before the primary does in memory. */
  @Test
  void aReadThatMeetsAPutFindsWhatItStored() throws Exception {
    kept(put(new Claim(0, 0), "reserves sequences"));
    AtomicReference<Stored> seen = new AtomicReference<>();
    Thread other = new Thread(() -> seen.set(primary.read(OTHER, V)));
    store.beforeWrites(
        () -> {
          other.start();
          Openings.await("it waits for the put", () -> other.getState() == Thread.State.WAITING);
          return true;
        });
    kept(primary.put(OTHER, V, new Claim(0, page.lastSequence()), bytes("new"), 0));
    other.join();
    assertThat(text(requireNonNull(seen.get()))).isEqualTo("new");
  }

  /** As above, but the put is over when the read asks whether there is one. */
  @Test
  void aReadThatBeganDuringAPutFindsWhatItStored() throws Exception {
    kept(put(new Claim(0, 0), "reserves sequences"));
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeWrites(
        () -> {
          writing.countDown();
          return goOn.await(60, TimeUnit.SECONDS);
        });
    Thread other =
        new Thread(
            () -> kept(primary.put(OTHER, V, new Claim(0, page.lastSequence()), bytes("new"), 0)));
    other.start();
    assertThat(writing.await(60, TimeUnit.SECONDS)).isTrue();
    Thread reader = Thread.currentThread();
    store.afterReads(
        () -> {
          if (Thread.currentThread() == reader) {
            goOn.countDown();
            other.join();
          }
          return true;
        });
    assertThat(text(requireNonNull(primary.read(OTHER, V)))).isEqualTo("new");
  }
}
