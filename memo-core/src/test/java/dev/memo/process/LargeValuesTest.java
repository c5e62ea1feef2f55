package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.CallContext;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FunctionStats;
import dev.memo.call.HeapTier;
import dev.memo.call.MissReason;
import dev.memo.call.StoredFunction;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.store.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large values on their way to and from the primary, beside small calls of the same process. */
@Tag("heavy")
@Timeout(240)
final class LargeValuesTest {
  private static final int LARGE = 64 << 20;
  private static final int KEYS = "soak".equals(System.getProperty("memo.test.size")) ? 4 : 2;
  private static final int ENOUGH = 100;

  /** Signs of life are due far more often than a large value takes. */
  private static final Times TIGHT =
      new Times(
          Duration.ofMillis(20),
          Duration.ofSeconds(4),
          Duration.ofSeconds(4),
          Duration.ofMillis(500));

  private final Path path;

  LargeValuesTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private static void giveRoom(ChildJvm.Builder child) {
    child.option("-Xmx1g");
  }

  private static byte[] large(Integer seed) {
    byte[] bytes = new byte[LARGE];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  @DisplayName("P4, P7: small calls of the public API go on beside a value of 64 MiB")
  void smallCallsBesideALargeOne() throws Exception {
    try (Peer primary = Peer.open(path, Times.DEFAULT, LargeValuesTest::giveRoom)) {
      assertThat(smallCallsBesideLargeOnes(0)).as("computations").isEqualTo(KEYS);
      // opened anew, so that nothing is on the heap
      assertThat(smallCallsBesideLargeOnes(1_000_000)).as("computations").isZero();
      assertThat(primary.get("role")).isEqualTo("leads");
    }
  }

  private long smallCallsBesideLargeOnes(int from) throws Exception {
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, byte[], RuntimeException> large =
          memo.function("large", "1", TypeRef.of(Integer.class), TypeRef.of(byte[].class))
              .capturesNothing()
              .calls(LargeValuesTest::large);
      CachedFunction<Integer, Integer, RuntimeException> small =
          memo.function("small", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(key -> key + 1);
      CompletableFuture<Boolean> slow =
          CompletableFuture.supplyAsync(
              () ->
                  IntStream.range(0, KEYS)
                      .allMatch(key -> Arrays.equals(large.call(key), large(key))));
      int key = from;
      while (!slow.isDone()) {
        assertThat(small.call(key)).isEqualTo(key + 1);
        key++;
      }
      assertThat(slow.get()).as("the large values are right").isTrue();
      assertThat(key - from).as("small calls meanwhile").isGreaterThanOrEqualTo(ENOUGH);
      for (FunctionStats stats : List.of(large.stats(), small.stats())) {
        assertThat(stats.spooled()).isZero();
        assertThat(stats.missesByReason().get(MissReason.NO_PRIMARY)).isZero();
      }
      return large.stats().computations();
    }
  }

  @Test
  @DisplayName("P4: signs of life arrive in time while large values go both ways")
  void signsOfLifeBesideLargeValues() throws Exception {
    try (Peer primary = Peer.open(path, TIGHT, LargeValuesTest::giveRoom);
        OpenDirectory directory = Openings.open(path, TIGHT)) {
      Openings.awaitRole(directory, "follows");
      Role role = ((Member) directory.primary()).role();
      StoredFunction<Integer, byte[], RuntimeException> large = largeFunction(directory);
      long longest = 0;
      for (int key = 0; key < KEYS; key++) {
        int each = key;
        CompletableFuture<byte[]> slow = CompletableFuture.supplyAsync(() -> large.call(each));
        // two at a time, of which one reads what was stored before
        long began = System.nanoTime();
        byte[] former = large.call(Math.max(0, key - 1));
        if (key > 0) {
          longest = Math.max(longest, System.nanoTime() - began);
        }
        assertThat(former).hasSize(LARGE);
        assertThat(slow.get(60, TimeUnit.SECONDS)).hasSize(LARGE);
      }
      assertThat(longest).as("the way of a value").isGreaterThan(TIGHT.beat().toNanos());
      assertThat(((Member) directory.primary()).role()).as("the connection").isSameAs(role);
      assertThat(large.stats().spooled()).isZero();
      assertThat(large.stats().missesByReason().get(MissReason.NO_PRIMARY)).isZero();
      assertThat(primary.mentions("is silent")).isEmpty();
    }
  }

  private static StoredFunction<Integer, byte[], RuntimeException> largeFunction(
      OpenDirectory directory) {
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("large", "1"),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(byte[].class, List.of()),
            0,
            LargeValuesTest::large),
        new CallContext(
            directory.primary(),
            new HeapTier(),
            directory.primary().waits(),
            () -> false,
            InstantSource.system(),
            Duration.ofMinutes(1)));
  }
}
