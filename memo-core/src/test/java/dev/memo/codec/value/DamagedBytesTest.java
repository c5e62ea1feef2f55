package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.ForgedEntries;
import dev.memo.codec.TypeRef;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes that were not written by us: a value of the declared type, or a miss; nothing else. */
class DamagedBytesTest {
  record All(
      @Nullable String text,
      int number,
      Optional<UUID> id,
      Map<String, List<Integer>> lists,
      TimeUnit unit,
      EnumMap<TimeUnit, String> units,
      TreeMap<String, double[]> sorted,
      List<All> nested) {}

  private static final byte[] ARGUMENTS = {1};

  private static All value() {
    EnumMap<TimeUnit, String> units = new EnumMap<>(TimeUnit.class);
    units.put(TimeUnit.DAYS, "d");
    All inner =
        new All(
            null, 1, Optional.empty(), Map.of(), TimeUnit.DAYS, units, new TreeMap<>(), List.of());
    return new All(
        "\u00e4bc",
        -70000,
        Optional.of(new UUID(1, 2)),
        Map.of("a", List.of(1, 2, 3), "b", List.of()),
        TimeUnit.HOURS,
        units,
        new TreeMap<>(Map.of("x", new double[] {1, 2})),
        List.of(inner, inner));
  }

  @Test
  @Tag("heavy")
  @DisplayName("P8: mutated entries are values or misses, with checksums that hold and that do not")
  void mutatedEntriesAreValuesOrMisses() {
    long seed = Long.getLong("memo.test.seed", 20260101L);
    int rounds = "soak".equals(System.getProperty("memo.test.size")) ? 10_000_000 : 100_000;
    SplittableRandom random = new SplittableRandom(seed);
    ResultFormat<All> format = ResultFormat.of(All.class, List.of());
    byte[] original = Entry.write(1, 2, 3, 4, ARGUMENTS, format.encode(value()));
    int values = 0;
    int rejected = 0;
    for (int i = 0; i < rounds; i++) {
      byte[] mutated = mutate(original, random);
      boolean signed = (i & 1) == 0 && mutated.length > 4;
      if (signed) {
        ForgedEntries.sign(mutated);
      }
      try {
        All decoded = format.decode(Entry.parse(mutated, 0));
        assertThat(decoded == null || signed || Arrays.equals(mutated, original))
            .as("seed %d, round %d", seed, i)
            .isTrue();
        values++;
      } catch (EntryRejectedException e) {
        rejected++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", round " + i, e);
      }
    }
    assertThat(values).isPositive();
    assertThat(rejected).isPositive();
  }

  private static byte[] mutate(byte[] original, SplittableRandom random) {
    byte[] bytes = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        case 3 -> bytes = Arrays.copyOf(bytes, 1 + at);
        default -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(16), bytes.length - Math.max(at, from));
          System.arraycopy(bytes, from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  @Test
  @DisplayName("P8: no length claims more memory than there are bytes")
  void nestedLengthsClaimNoMemory() throws Exception {
    ResultFormat<List<List<String>>> format =
        ResultFormat.of(new TypeRef<List<List<String>>>() {}.type(), List.of());
    byte[] bomb = new byte[200_000];
    int at = 0;
    while (at < 1200) {
      bomb[at++] = (byte) (2 * 44 + 1); // an ArrayList
      bomb[at++] = (byte) 0x80; // of 131,072 elements
      bomb[at++] = (byte) 0x80;
      bomb[at++] = 8;
    }
    Entry entry =
        Entry.parse(
            Entry.write(1, 2, 3, 4, ARGUMENTS, new EncodedValue(bomb, false, new long[0])), 0);
    long before = allocated();
    try {
      format.decode(entry);
      throw new AssertionError("decoded a bomb");
    } catch (EntryRejectedException e) {
      assertThat(e.reason()).isEqualTo(EntryRejectedException.Reason.UNDECODABLE);
    }
    assertThat(allocated() - before).isLessThan(16 << 20);
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
