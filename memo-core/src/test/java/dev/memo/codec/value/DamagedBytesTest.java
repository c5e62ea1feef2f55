package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.ThreadMXBean;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.ForgedEntries;
import dev.memo.codec.JsonCodec;
import dev.memo.codec.TypeRef;
import dev.memo.codec.type.Shapes;
import dev.memo.store.ChildJvm;
import java.io.Serializable;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Type;
import java.util.ArrayList;
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
  /** Bytes that reading an entry may allocate, and as many more for each byte of the entry. */
  static final long ALLOCATED = 256 << 10;

  static final long ALLOCATED_PER_BYTE = 200;

  private static final EncodedArguments ARGUMENTS = new EncodedArguments(new byte[] {1});

  record All(
      @Nullable String text,
      int number,
      Optional<UUID> id,
      Map<String, List<Integer>> lists,
      TimeUnit unit,
      EnumMap<TimeUnit, String> units,
      TreeMap<String, double[]> sorted,
      List<All> nested) {}

  sealed interface Shape permits Circle, Group {}

  record Circle(double radius) implements Shape {}

  record Group(List<Shape> shapes, Map<Shape, String> names) implements Shape {}

  private static All all() {
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

  /** A format, and an entry of it. */
  record Stored(String name, Class<?> type, ResultFormat<?> format, Entry entry) {
    static <T> Stored of(Type type, ResultFormat<T> format, T value) {
      try {
        Entry entry = Entry.parse(Entry.write(1, 2, 3, 4, ARGUMENTS, format.encode(value)), 0);
        return new Stored(type.getTypeName(), Shapes.erase(type), format, entry);
      } catch (EntryRejectedException e) {
        throw new AssertionError(e);
      }
    }

    static Stored of(Type type, Object value, Class<?>... types) {
      return of(type, ResultFormat.of(type, List.of(types)), value);
    }

    static <T> Stored json(TypeRef<T> type, T value) {
      return of(type.type(), ResultFormat.of(type.type(), new JsonCodec<>(type)), value);
    }

    byte[] valueBytes() {
      int from = entry.valueOffset();
      return Arrays.copyOfRange(entry.bytes(), from, from + entry.valueLength());
    }

    boolean isOfType(@Nullable Object value) {
      return value == null
          ? !type.isPrimitive()
          : MethodType.methodType(type).wrap().returnType().isInstance(value);
    }
  }

  private static List<Stored> entries() {
    List<Stored> entries = new ArrayList<>();
    entries.add(Stored.of(All.class, all()));
    Circle circle = new Circle(1.5);
    entries.add(
        Stored.of(
            Shape.class,
            new Group(List.of(circle, new Group(List.of(), Map.of())), Map.of(circle, "c"))));
    entries.add(
        Stored.of(
            new TypeRef<List<Serializable>>() {}.type(),
            List.of(TimeUnit.DAYS, List.of("a", 1), new String[] {"b"}),
            TimeUnit.class,
            String[].class));
    entries.add(Stored.of(Circle[][].class, new Circle[][] {{circle}, {}}));
    entries.add(Stored.of(int.class, 5));
    entries.add(Stored.of(boolean.class, true));
    entries.add(Stored.of(Double.class, 1.5));
    entries.add(Stored.of(String.class, "\u00e4bc \ud83d\ude00"));
    entries.add(Stored.of(String.class, "lone \ud83d"));
    entries.add(Stored.of(byte[].class, new byte[] {1, 2, 3}));
    entries.add(Stored.of(double[].class, new double[] {1, 2}));
    entries.add(Stored.of(boolean[].class, new boolean[] {true, false}));
    entries.add(
        Stored.json(
            new TypeRef<Map<String, Object>>() {},
            Map.of("a", List.of(1, "b", 1.5), "c", Map.of())));
    entries.add(
        Stored.json(
            new TypeRef<List<JsonNode>>() {},
            List.of(JsonNodeFactory.instance.objectNode().put("a", 1).putNull("b"))));
    entries.add(Stored.json(TypeRef.of(Circle.class), circle));
    JdkTable.stored().forEach(row -> entries.add(Stored.of(row.type(), row.value())));
    return entries;
  }

  @Test
  @Tag("heavy")
  @DisplayName("P2, P8: mutated entries are values or misses, checksum right or wrong, in 64 MiB")
  void mutatedEntriesAreValuesOrMisses() {
    long seed = Long.getLong("memo.test.seed", 20260101L);
    int rounds = "soak".equals(System.getProperty("memo.test.size")) ? 10_000_000 : 100_000;
    try (ChildJvm child = ChildJvm.of(Feeding.class, seed, rounds).option("-Xmx64m").start()) {
      String[] fed = {"going"};
      while (fed[0].equals("going")) {
        fed = child.awaitLine("going ", "fed ").split(" ", -1);
      }
      System.out.println(String.join(" ", fed));
      assertThat(Long.parseLong(fed[1])).as("values").isPositive();
      assertThat(Long.parseLong(fed[3])).as("misses").isGreaterThan(rounds / 2);
    }
  }

  /** Feeds mutated entries to their formats; the first surprise ends it. */
  static final class Feeding {
    private Feeding() {}

    public static void main(String[] args) {
      long seed = Long.parseLong(args[0]);
      int rounds = Integer.parseInt(args[1]);
      SplittableRandom random = new SplittableRandom(seed);
      List<Stored> entries = entries();
      long values = 0;
      long misses = 0;
      long worst = 0;
      for (int first = 0; first < entries.size(); first++) {
        Stored stored = entries.get(first);
        System.out.println("going on with " + stored.name());
        Stored other = entries.get((first + 7) % entries.size());
        EntryMutations mutations =
            new EntryMutations(stored.entry(), other.valueBytes(), random.split());
        for (int round = first; round < rounds; round += entries.size()) {
          byte[] mutated = mutations.next();
          boolean signed = random.nextBoolean() && mutated.length > 4;
          if (signed) {
            ForgedEntries.sign(mutated);
          }
          long before = allocated();
          try {
            Entry entry = Entry.parse(mutated, 0);
            if (!signed) {
              require(Arrays.equals(mutated, stored.entry().bytes()), "changed, but not noticed");
            }
            entry.requireArguments(ARGUMENTS);
            require(stored.isOfType(stored.format().decode(entry)), "of another type");
            values++;
          } catch (EntryRejectedException rejected) {
            misses++;
          } catch (Throwable e) {
            throw new AssertionError("seed " + seed + ", " + stored.name() + ", round " + round, e);
          }
          long took = allocated() - before;
          worst = Math.max(worst, took);
          require(
              took <= ALLOCATED + ALLOCATED_PER_BYTE * mutated.length,
              stored.name() + ", round " + round + ": " + took + " of " + mutated.length);
        }
      }
      System.out.printf(
          "fed %d values, %d misses, %d bytes at most for one%n", values, misses, worst);
    }

    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new AssertionError(otherwise);
      }
    }
  }

  @Test
  @DisplayName("P2, twin: without the checksum, values that were never stored get through")
  void withoutTheChecksumOtherValuesGetThrough() {
    ResultFormat<All> format = ResultFormat.of(All.class, List.of());
    Stored stored = Stored.of(All.class, format, all());
    EntryMutations mutations =
        new EntryMutations(stored.entry(), new byte[0], new SplittableRandom(20260101L));
    byte[] original = stored.valueBytes();
    int others = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] mutated = mutations.next();
      try {
        All value = format.decode(ForgedEntries.parseUnchecked(mutated));
        others += Arrays.equals(original, format.encode(value).bytes()) ? 0 : 1;
      } catch (EntryRejectedException | RuntimeException noticed) {
        assertThat(noticed).isNotNull();
      }
    }
    assertThat(others).isGreaterThan(100);
  }

  static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }

  static Entry forged(byte[] value) {
    try {
      return Entry.parse(
          Entry.write(1, 2, 3, 4, ARGUMENTS, new EncodedValue(value, false, new long[0])), 0);
    } catch (EntryRejectedException e) {
      throw new AssertionError(e);
    }
  }
}
