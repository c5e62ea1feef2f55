package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.key.SampleTypes.Colour;
import dev.memo.codec.key.SampleTypes.Pair;
import dev.memo.codec.key.SampleTypes.Signal;
import dev.memo.codec.key.SampleTypes.Span;
import dev.memo.failure.UncacheableArgumentException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arguments that memoisers get wrong, one by one. */
@Timeout(30)
class KeyExamplesTest {
  private static final int DEPTH = 10_000;

  private static byte[] bytes(@Nullable Object value) {
    return ArgumentsFormat.<@Nullable Object>ofOne(Object.class).encode(value);
  }

  private static void assertAlike(Object... values) {
    for (Object value : values) {
      assertThat(bytes(value)).as("%s", value).isEqualTo(bytes(values[0]));
    }
  }

  private static void assertAllDiffer(@Nullable Object... values) {
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(bytes(values[i])).as("%s, %s", i, j).isNotEqualTo(bytes(values[j]));
      }
    }
  }

  private static void assertRefused(Object value, String why) {
    assertThatThrownBy(() -> bytes(value))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
  }

  @Test
  @DisplayName("P2: a set is one argument whatever keeps it, and in whatever order")
  void allSetsAreAlike() {
    Set<String> backwards = new TreeSet<>(Comparator.reverseOrder());
    backwards.addAll(List.of("a", "b", "c"));
    Map<String, Integer> keyed = new HashMap<>(Map.of("a", 1, "b", 2, "c", 3));
    assertAlike(
        Set.of("a", "b", "c"),
        new HashSet<>(backwards),
        new TreeSet<>(List.of("c", "a", "b")),
        backwards,
        new ConcurrentSkipListSet<>(backwards),
        keyed.keySet(),
        new TreeMap<>(keyed).navigableKeySet(),
        new TreeMap<>(keyed).descendingKeySet(),
        new ConcurrentHashMap<>(keyed).keySet(),
        new TreeSet<>(List.of("a", "b", "c", "d")).headSet("d"),
        Collections.unmodifiableSet(backwards));
    assertAlike(
        Set.of(Signal.GREEN, Signal.RED),
        EnumSet.allOf(Signal.class),
        new HashSet<>(Arrays.asList(Signal.values())));
  }

  @Test
  @DisplayName("P2: zeros of two signs differ, all NaN are one")
  void zerosAndNans() {
    assertAllDiffer(0.0, -0.0, 0.0f, -0.0f, 0, 0L);
    assertAlike(Double.NaN, Double.longBitsToDouble(0xfff8000000000123L), -Double.NaN);
    assertAlike(List.of(Float.NaN), List.of(Float.intBitsToFloat(0x7fc01234)));
  }

  @Test
  @DisplayName("P2: one, in every type that has a one, is as many arguments")
  void numbersOfOtherTypesDiffer() {
    assertAllDiffer(1, 1L, "1", '1', (short) 1, (byte) 1, 1.0f, 1.0, true, '\1');
  }

  @Test
  @DisplayName("P2: null, its name, nothing and emptiness differ")
  void nullAndItsNameDiffer() {
    assertAllDiffer(
        null,
        "null",
        "",
        Optional.empty(),
        List.of(),
        Collections.singletonList(null),
        List.of("null"),
        Map.of(),
        Collections.singletonMap("a", null),
        Collections.singletonMap(null, "a"),
        Set.of(),
        new Object[] {null});
  }

  @Test
  @DisplayName("P2: what belongs to which argument counts")
  void bordersCount() {
    ArgumentsFormat<Pair> parameters = ArgumentsFormat.ofComponents(Pair.class);
    assertThat(parameters.encode(new Pair("a", "bc")))
        .isNotEqualTo(parameters.encode(new Pair("ab", "c")));
    assertThat(parameters.encode(new Pair("a", "b\nc")))
        .as("a text with a tag in it")
        .isNotEqualTo(parameters.encode(new Pair("a\nb", "c")));
    assertThat(parameters.encode(new Pair(null, "a")))
        .isNotEqualTo(parameters.encode(new Pair("a", null)));
    assertAllDiffer(
        new Pair("a", "bc"),
        new Pair("ab", "c"),
        Map.of("a", "bc"),
        Map.of("ab", "c"),
        List.of("a", "bc"),
        List.of("ab", "c"),
        List.of(List.of(1), List.of(2)),
        List.of(List.of(1, 2), List.of()),
        List.of(List.of(1, 2)),
        List.of(1, List.of(2)));
  }

  @Test
  @DisplayName("P2: components of one type are not interchangeable")
  void swappedComponentsDiffer() {
    assertAllDiffer(new Span(1, 2), new Span(2, 1), new Pair(1, 2), new SampleTypes.Twin(1, 2));
    assertAllDiffer(Map.of("a", "b"), Map.of("b", "a"));
    assertAllDiffer(Map.of("a", 1, "b", 2), Map.of("a", 2, "b", 1));
  }

  /** Its accessor says less than it holds, as {@code equals} knows. */
  record Rounded(double exact) {
    @Override
    public double exact() {
      return Math.rint(exact);
    }
  }

  @Test
  @DisplayName("P2: records count by what they hold, whatever their accessors say")
  void recordsCountByWhatTheyHold() {
    assertThat(new Rounded(1.1)).isNotEqualTo(new Rounded(1.2));
    assertAllDiffer(new Rounded(1.1), new Rounded(1.2));
    assertAlike(new Rounded(1.1), new Rounded(1.1));
  }

  @Test
  @DisplayName("P2: an enum constant is its class and name, whatever its body says")
  void enumConstantsWithBodies() {
    Object green = Colour.GREEN;
    assertThat(green.getClass()).as("a class of its own").isNotEqualTo(Colour.class);
    assertThat(Colour.GREEN).hasToString("RED");
    assertAllDiffer(Colour.RED, Colour.GREEN, Signal.RED, Signal.GREEN, "RED", "GREEN");
    assertThat(new String(bytes(Colour.GREEN), StandardCharsets.US_ASCII))
        .contains("SampleTypes$Colour")
        .doesNotContain("SampleTypes$Colour$")
        .endsWith("GREEN");
  }

  /** Each constant is an argument before there are any constants. */
  enum Early {
    FIRST,
    SECOND {};

    final String whenMade = HexFormat.of().formatHex(bytes(this));
  }

  @Test
  @DisplayName("P2: an enum constant has its bytes from its constructor on")
  void enumConstantsInTheirOwnConstructor() {
    for (Early constant : Early.values()) {
      assertThat(HexFormat.of().parseHex(constant.whenMade)).isEqualTo(bytes(constant));
    }
    assertAllDiffer(Early.FIRST, Early.SECOND);
  }

  @Test
  @DisplayName("P2: a path is what it says from the root on: no link is followed, no dot resolved")
  void pathsAreAbsoluteButNotFollowed(@TempDir Path folder) throws Exception {
    Path target = Files.createFile(folder.resolve("target"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    Path relative = Path.of("").toAbsolutePath().relativize(target);
    assertAlike(Path.of("a"), Path.of("a").toAbsolutePath());
    assertThat(Files.isSameFile(link, target)).isTrue();
    assertThat(Files.isSameFile(relative, target)).isTrue();
    assertAllDiffer(target, link, relative, folder.resolve("./target"), target.toString());
    byte[] before = bytes(link);
    Files.delete(link);
    assertThat(bytes(link)).as("whether it exists does not count").isEqualTo(before);
  }

  private record Box(@Nullable Object content) {}

  private static Object wrapped(Object inner, String kind) {
    return switch (kind) {
      case "list" -> Collections.singletonList(inner);
      case "set" -> new SetOfOne(inner);
      case "map value" -> Collections.singletonMap("key", inner);
      case "map key" -> new MapOfOne(inner);
      case "array" -> new Object[] {inner};
      case "record" -> new Box(inner);
      case "optional" -> Optional.of(inner);
      default -> new Parcel(Collections.singletonList(inner));
    };
  }

  /** Without the hash of its element, which would be as deep. */
  private static final class SetOfOne extends AbstractSet<Object> {
    private final Object element;

    SetOfOne(Object element) {
      this.element = element;
    }

    @Override
    public Iterator<Object> iterator() {
      return Collections.singletonList(element).iterator();
    }

    @Override
    public int size() {
      return 1;
    }
  }

  private static final class MapOfOne extends AbstractMap<Object, Object> {
    private final Object key;

    MapOfOne(Object key) {
      this.key = key;
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
      return Collections.singleton(Map.entry(key, "value"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list",
        "set",
        "map value",
        "map key",
        "array",
        "record",
        "optional",
        "KeyEncoder"
      })
  @DisplayName("P8: what is nested 10,000 deep is refused in few words, without an overflow")
  void depthIsRefused(String kind) {
    Object nested = "core";
    for (int i = 0; i < DEPTH; i++) {
      nested = wrapped(nested, kind);
    }
    assertRefused(nested, "nested more than 256 levels deep");
  }

  @Test
  @DisplayName("P8: a cycle is refused in few words, whatever it leads through")
  void cyclesAreRefused() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    Object[] array = new Object[1];
    array[0] = new Box(Optional.of(array));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("self", List.of(map));
    List<Object> parts = new ArrayList<>();
    Parcel parcel = new Parcel(parts);
    parts.add(parcel);
    for (Object cycle : List.of(list, array, map, parcel)) {
      assertRefused(cycle, "contains itself");
    }
  }

  @Test
  @DisplayName("P8: forty lists of twice the last one are 2^40 lists: refused, soon")
  void exponentialSharingIsRefused() {
    for (String kind : List.of("list", "map value", "array", "record")) {
      Object shared = "0123456789";
      for (int i = 0; i < 40; i++) {
        shared = wrapped(Arrays.asList(shared, shared), kind);
      }
      assertRefused(shared, "bytes; pass something smaller");
    }
  }

  @Test
  @DisplayName("P8: what reading would consume is refused, and is not consumed")
  void selfConsumingArgumentsAreRefused(@TempDir Path folder) throws Exception {
    Iterator<Integer> iterator = List.of(1).iterator();
    LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1));
    Stream<Integer> stream = Stream.of(1);
    Iterable<Integer> iterable = () -> iterator;
    Iterable<Integer> anonymous =
        new Iterable<>() {
          @Override
          public Iterator<Integer> iterator() {
            return iterator;
          }
        };
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      assertRefused(files, "reading may consume it");
      assertThat(files.iterator()).as("not begun").isExhausted();
    }
    assertRefused(iterator, "no canonical encoding");
    assertRefused(stream, "no canonical encoding");
    assertRefused(iterable, "is a lambda");
    assertRefused(anonymous, "reading may consume it");
    assertRefused(queue, "reading may consume it");
    assertRefused(List.of(new Pair("a", queue)), "argument[0].right: ");
    assertThat(iterator).as("not read").hasNext();
    assertThat(queue).as("not drained").containsExactly(1);
    assertThat(stream).as("not begun").containsExactly(1);
  }
}
