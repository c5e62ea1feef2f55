package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.GoldenArguments;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Equal arguments have equal bytes, and no others. Arguments are drawn from few values, so that
 * pairs of them are often equal or neighbours; each is told by a seed, which jqwik prints.
 */
class ArgumentsPropertiesTest {
  private static final ArgumentsFormat<Object> ANY = ArgumentsFormat.ofOne(Object.class);

  private static final int MAX_DEPTH = 3;

  private static final List<Object> LEAVES =
      List.of(
          0,
          1,
          -1,
          0L,
          1L,
          0.0,
          -0.0,
          1.0f,
          "",
          "a",
          "aa",
          "b",
          "1",
          "null",
          'a',
          true,
          false,
          (byte) 1,
          (short) 1,
          BigDecimal.ONE,
          new BigDecimal("1.0"),
          Map.class,
          Optional.empty());

  private static final List<@Nullable Object> EVERY_TYPE =
      new ArrayList<>(GoldenArguments.all().values());

  @Property(tries = 100_000, seed = "20260101")
  void bytesAreEqualIfAndOnlyIfArgumentsAre(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Object one = argument(random, MAX_DEPTH);
    Object other = argument(random, MAX_DEPTH);
    assertThat(Arrays.equals(ANY.encode(one), ANY.encode(other)))
        .as("%s and %s", one, other)
        .isEqualTo(one.equals(other));
  }

  @Property(tries = 20_000, seed = "20260101")
  void equalArgumentsOfOtherClassesHaveEqualBytes(@ForAll long seed) {
    Object argument = argument(new SplittableRandom(seed), MAX_DEPTH);
    assertThat(ANY.encode(rebuilt(argument))).as("%s", argument).isEqualTo(ANY.encode(argument));
  }

  @Property(tries = 100_000, seed = "20260101")
  void noEncodingIsAPrefixOfAnother(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] one = ANY.encode(argument(random, MAX_DEPTH));
    byte[] other = ANY.encode(argument(random, MAX_DEPTH));
    int mismatch = Arrays.mismatch(one, other);
    assertThat(mismatch).isLessThan(Math.min(one.length, other.length));
  }

  record Three(@Nullable Object first, @Nullable Object second, @Nullable Object third) {}

  /** Whatever has an encoding: above, and in collections, arrays, records and optionals. */
  private static @Nullable Object anything(SplittableRandom random, int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return random.nextInt(4) == 0
          ? LEAVES.get(random.nextInt(LEAVES.size()))
          : EVERY_TYPE.get(random.nextInt(EVERY_TYPE.size()));
    }
    @Nullable Object[] parts = new Object[random.nextInt(4)];
    Arrays.setAll(parts, i -> anything(random, depth - 1));
    return switch (random.nextInt(6)) {
      case 0 -> parts;
      case 1 -> Arrays.asList(parts);
      case 2 -> new HashSet<>(Arrays.asList(parts));
      case 3 -> Collections.singletonMap(anything(random, depth - 1), parts);
      case 4 -> Optional.ofNullable(anything(random, depth - 1));
      default -> new GoldenArguments.Point(random.nextInt(), anything(random, depth - 1));
    };
  }

  /**
   * The key of a call of which another's is a prefix would be removed with it, and two lists of
   * arguments could run together.
   */
  @Property(tries = 100_000, seed = "20260101")
  void everyArgumentOfAListTellsWhereItEnds(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Three arguments =
        new Three(
            anything(random, MAX_DEPTH), anything(random, MAX_DEPTH), anything(random, MAX_DEPTH));
    byte[] bytes = ArgumentsFormat.ofComponents(Three.class).encode(arguments);
    int first = EncodedEnd.of(bytes, 0);
    int second = EncodedEnd.of(bytes, first);
    assertThat(bytes)
        .startsWith(one(arguments.first))
        .endsWith(one(arguments.third))
        .containsSequence(one(arguments.second))
        .hasSize(EncodedEnd.of(bytes, second));
    assertThat(first).isEqualTo(one(arguments.first).length);
    assertThat(second).isEqualTo(first + one(arguments.second).length);
  }

  @SuppressWarnings("NullAway") // it does not see that the format takes null
  private static byte[] one(@Nullable Object argument) {
    return ArgumentsFormat.<@Nullable Object>ofOne(Object.class).encode(argument);
  }

  private static Object argument(SplittableRandom random, int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(6);
    List<Object> parts = new ArrayList<>();
    for (int i = kind < 2 ? 0 : random.nextInt(4); i > 0; i--) {
      parts.add(argument(random, depth - 1));
    }
    return switch (kind) {
      case 2 -> parts;
      case 3 -> new HashSet<>(parts);
      case 4 -> {
        Map<Object, Object> map = new HashMap<>();
        parts.forEach(key -> map.put(key, argument(random, depth - 1)));
        yield map;
      }
      case 5 -> Optional.of(parts);
      default -> LEAVES.get(random.nextInt(LEAVES.size()));
    };
  }

  /** Equal, of other collection classes, built in the opposite order. */
  private static Object rebuilt(Object argument) {
    if (argument instanceof List<?> list) {
      return new CopyOnWriteArrayList<>(
          list.stream().map(ArgumentsPropertiesTest::rebuilt).toList());
    } else if (argument instanceof Set<?> set) {
      List<Object> elements = new ArrayList<>();
      set.forEach(element -> elements.add(rebuilt(element)));
      Collections.reverse(elements);
      return new LinkedHashSet<>(elements);
    } else if (argument instanceof Map<?, ?> map) {
      List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
      Collections.reverse(entries);
      Map<Object, Object> copy = new LinkedHashMap<>();
      entries.forEach(entry -> copy.put(rebuilt(entry.getKey()), rebuilt(entry.getValue())));
      return copy;
    } else if (argument instanceof Optional<?> optional) {
      return optional.map(ArgumentsPropertiesTest::rebuilt);
    }
    return argument;
  }
}
