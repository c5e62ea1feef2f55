package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.EncodedValue;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableResultException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values that are written without complaint and come back different, or not at all: of a function
 * whose first value was faultless.
 */
class PoisonTest {
  /** Keeps zero only: no first value shows it. */
  record Halving(int number) {
    Halving {
      number /= 2;
    }
  }

  /** Comes back as it is, since what its constructor made it stays so. */
  record Sorted(List<String> names) {
    Sorted {
      names = names.stream().sorted().toList();
    }
  }

  /** Takes what it has written only once. */
  record Picky(String text) {
    Picky(String text) {
      this.text = text;
      if (text.startsWith("written ")) {
        throw new IllegalArgumentException("read: " + text);
      }
    }

    @Override
    public String text() {
      return text.isEmpty() ? text : "written " + text;
    }
  }

  record Plain(int number, @Nullable Part part) {}

  sealed interface Part permits Harmless, Hidden {}

  record Harmless() implements Part {}

  record Hidden(int number) implements Part {
    Hidden {
      number = -number;
    }
  }

  /** A key that can change after it was put into a set. */
  static final class Mutable {
    int number;

    Mutable(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Mutable that && number == that.number;
    }

    @Override
    public int hashCode() {
      return Objects.hash(number);
    }
  }

  /** Equal to every other with its id, and keeps half of its rank. */
  record Tag(String id, int rank) {
    Tag {
      rank /= 2;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Tag that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }
  }

  /** Ordered by its id, whatever its text, which comes back empty where there was none. */
  record Label(int id, @Nullable String text) implements Comparable<Label> {
    @Override
    public String text() {
      return text == null ? "" : text;
    }

    @Override
    public int compareTo(Label other) {
      return Integer.compare(id, other.id);
    }
  }

  /** A pair with more to it than its key and its value. */
  record Weighted(String key, Integer value, int weight) implements Map.Entry<String, Integer> {
    Weighted {
      weight /= 2;
    }

    @Override
    public String getKey() {
      return key;
    }

    @Override
    public Integer getValue() {
      return value;
    }

    @Override
    public Integer setValue(Integer other) {
      throw new UnsupportedOperationException();
    }
  }

  /**
   * What is stored first, what must be refused later, and where the fault is.
   *
   * @param asked tells the poison from what is read, or null if nothing can be decoded
   * @param answer of what is read
   */
  record Case(
      String name,
      Type type,
      Object first,
      Object poison,
      String path,
      @Nullable Function<Object, @Nullable Object> asked,
      @Nullable Object answer) {
    Case(String name, Type type, Object first, Object poison, String path) {
      this(name, type, first, poison, path, null, null);
    }

    Case readsAs(Function<Object, @Nullable Object> asked, @Nullable Object answer) {
      return new Case(name, type, first, poison, path, asked, answer);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    Type plains = new TypeRef<List<Plain>>() {}.type();
    Type parts = new TypeRef<Map<String, List<Part>>>() {}.type();
    Type keyed = new TypeRef<Map<Part, String>>() {}.type();
    Type sets = new TypeRef<Set<String>>() {}.type();
    Type maps = new TypeRef<Map<String, Integer>>() {}.type();
    Type mutables = new TypeRef<Set<Mutable>>() {}.type();
    Type mutableKeys = new TypeRef<Map<Mutable, Integer>>() {}.type();
    Set<String> byIdentity = Collections.newSetFromMap(new IdentityHashMap<>());
    byIdentity.add(new String("a"));
    byIdentity.add(new String("a"));
    Map<String, Integer> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Accept", 1);
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.add("Accept");
    return Stream.of(
        new Case(
                "a record that halves, first zero",
                Halving.class,
                new Halving(0),
                new Halving(100),
                "result.number: ")
            .readsAs(Object::toString, "Halving[number=25]"),
        new Case(
            "a record that cannot read what it wrote",
            Picky.class,
            new Picky(""),
            new Picky("a"),
            "result: "),
        new Case(
                "a new class deep in a list",
                plains,
                List.of(new Plain(1, null), new Plain(2, new Harmless())),
                List.of(new Plain(1, null), new Plain(2, new Hidden(3))),
                "result[1].part.number: ")
            .readsAs(
                value -> ((List<?>) value).get(1).toString(),
                "Plain[number=2, part=Hidden[number=3]]"),
        new Case(
                "a known class in another state, deep in a list",
                plains,
                List.of(new Plain(1, new Hidden(0))),
                List.of(new Plain(1, new Hidden(0)), new Plain(2, new Hidden(3))),
                "result[1].part.number: ")
            .readsAs(
                value -> ((List<?>) value).get(1).toString(),
                "Plain[number=2, part=Hidden[number=3]]"),
        new Case(
                "a new class in a value of a map",
                parts,
                Map.of("a", List.of(new Harmless())),
                Map.of("a", List.of(new Harmless(), new Hidden(3))),
                "result.values[0][1].number: ")
            .readsAs(Object::toString, "{a=[Harmless[], Hidden[number=3]]}"),
        new Case(
                "a new class as the key of a map",
                keyed,
                Map.of(new Harmless(), "a"),
                Map.of(new Hidden(3), "a"),
                "result: ")
            .readsAs(Object::toString, "{Hidden[number=3]=a}"),
        new Case(
                "an element that is found by an equals that looks at less",
                new TypeRef<Set<Tag>>() {}.type(),
                Set.of(new Tag("a", 0)),
                Set.of(new Tag("a", 100)),
                "result[0].rank: ")
            .readsAs(Object::toString, "[Tag[id=a, rank=25]]"),
        new Case(
                "a key that is found by an equals that looks at less",
                new TypeRef<Map<Tag, String>>() {}.type(),
                Map.of(new Tag("a", 0), "b"),
                Map.of(new Tag("a", 100), "b"),
                "result.keys[0].rank: ")
            .readsAs(Object::toString, "{Tag[id=a, rank=25]=b}"),
        new Case(
                "an element that is found by an order that looks at less",
                new TypeRef<Set<Label>>() {}.type(),
                new TreeSet<>(Set.of(new Label(1, "a"))),
                new TreeSet<>(Set.of(new Label(1, null))),
                "result[0].text: ")
            .readsAs(Object::toString, "[Label[id=1, text=]]"),
        new Case(
                "a key that is found by an order that looks at less",
                new TypeRef<Map<Label, String>>() {}.type(),
                new TreeMap<>(Map.of(new Label(1, "a"), "b")),
                new TreeMap<>(Map.of(new Label(1, null), "b")),
                "result.keys[0].text: ")
            .readsAs(Object::toString, "{Label[id=1, text=]=b}"),
        new Case(
                "a record that is a pair as well",
                Weighted.class,
                new Weighted("a", 1, 0),
                new Weighted("a", 1, 100),
                "result.weight: ")
            .readsAs(Object::toString, "Weighted[key=a, value=1, weight=25]"),
        new Case(
            "elements that are equal to each other by now",
            mutables,
            new HashSet<>(Set.of(new Mutable(1), new Mutable(2))),
            madeEqual(new HashSet<>()),
            "result: "),
        new Case(
            "keys that are equal to each other by now",
            mutableKeys,
            new HashMap<>(Map.of(new Mutable(1), 1, new Mutable(2), 2)),
            keysMadeEqual(new HashMap<>()),
            "result: "),
        new Case("a set by identity", sets, Set.of("a"), byIdentity, "result: "),
        new Case(
            "an unmodifiable view of a set by identity",
            sets,
            Collections.unmodifiableSet(Set.of("a")),
            Collections.unmodifiableSet(byIdentity),
            "result: "),
        new Case(
                "an unmodifiable view that finds names in any case",
                maps,
                Collections.unmodifiableMap(Map.of("Accept", 1)),
                Collections.unmodifiableMap(headers),
                "result: ")
            .readsAs(value -> ((Map<?, ?>) value).get("ACCEPT"), null),
        new Case(
                "a synchronized view that finds names in any case",
                maps,
                Collections.synchronizedMap(new LinkedHashMap<>(Map.of("Accept", 1))),
                Collections.synchronizedMap(headers),
                "result: ")
            .readsAs(value -> ((Map<?, ?>) value).get("ACCEPT"), null),
        new Case(
                "an unmodifiable set that finds names in any case",
                sets,
                Collections.unmodifiableSet(Set.of("Accept")),
                Collections.unmodifiableSet(names),
                "result: ")
            .readsAs(value -> ((Set<?>) value).contains("ACCEPT"), false));
  }

  private static Set<Mutable> madeEqual(Set<Mutable> set) {
    Mutable changing = new Mutable(1);
    set.add(changing);
    set.add(new Mutable(2));
    changing.number = 2;
    return set;
  }

  private static Map<Mutable, Integer> keysMadeEqual(Map<Mutable, Integer> map) {
    int value = 0;
    for (Mutable key : madeEqual(new HashSet<>())) {
      map.put(key, value++);
      key.number += value; // differ while they are put
    }
    map.keySet().forEach(key -> key.number = 7);
    return map;
  }

  @ParameterizedTest
  @MethodSource("cases")
  @DisplayName("P2: poison after a faultless first value is refused, with the path to it")
  void poisonIsRefusedHoweverLateItComes(Case poisoned) {
    ResultFormat<Object> format = ResultFormat.of(poisoned.type(), List.of());
    assertThat(format.encode(poisoned.first()).bytes()).isNotEmpty();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> format.encode(poisoned.poison()))
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageStartingWith(poisoned.path());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  @DisplayName(
      "P2, twin: without reading back, poison is stored, and read as something else or never")
  void withoutReadingBackPoisonIsStored(Case poisoned) throws EntryRejectedException {
    GraphCodec careless =
        new GraphCodec(ClosedSet.of(poisoned.type(), List.of()), Object.class, false);
    EncodedValue stored = careless.encode(poisoned.poison(), 1 << 20);
    Function<Object, @Nullable Object> asked = poisoned.asked();
    if (asked == null) {
      assertThatThrownBy(() -> read(careless, stored)).isInstanceOf(IllegalArgumentException.class);
    } else {
      assertThat(asked.apply(read(careless, stored))).isEqualTo(poisoned.answer());
      assertThat(asked.apply(poisoned.poison())).isNotEqualTo(poisoned.answer());
    }
  }

  private static Object read(GraphCodec codec, EncodedValue stored) throws EntryRejectedException {
    return Objects.requireNonNull(
        codec.decode(stored.bytes(), 0, stored.bytes().length, stored.shapes()));
  }

  @Test
  void recordThatMakesWhatItKeepsIsStored() throws EntryRejectedException {
    ResultFormat<Sorted> format = ResultFormat.of(Sorted.class, List.of());
    for (Sorted sorted : List.of(new Sorted(List.of()), new Sorted(List.of("b", "a")))) {
      assertThat(ResultFormatTest.decode(format, format.encode(sorted))).isEqualTo(sorted);
    }
  }

  @Test
  @DisplayName("P7: values that cannot be poisoned are read back once, others each time")
  void onlyValuesThatVouchForNoOtherAreReadBackEachTime() {
    assertThat(decodesOfThreeStores(List.of("a", "b"), new TypeRef<List<String>>() {}.type()))
        .isOne();
    assertThat(decodesOfThreeStores(Set.of("a"), new TypeRef<Set<String>>() {}.type())).isOne();
    assertThat(decodesOfThreeStores(new Plain(1, null), Plain.class)).isOne();
    assertThat(decodesOfThreeStores(new Sorted(new ArrayList<>()), Sorted.class)).isEqualTo(3);
    assertThat(
            decodesOfThreeStores(
                Collections.unmodifiableSet(Set.of("a")), new TypeRef<Set<String>>() {}.type()))
        .isEqualTo(3);
  }

  private static int decodesOfThreeStores(Object value, Type type) {
    GraphCodec codec = new GraphCodec(ClosedSet.of(type, List.of()), Object.class);
    for (int i = 0; i < 3; i++) {
      assertThat(codec.encode(value, 1000).bytes()).isNotEmpty();
    }
    return codec.readBack.intValue();
  }
}
