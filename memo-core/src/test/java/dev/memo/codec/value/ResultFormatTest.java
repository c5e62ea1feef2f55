package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.EncodedArguments;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableResultException;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ResultFormatTest {
  private static final EncodedArguments ARGUMENTS = new EncodedArguments(new byte[] {1, 2, 3});

  record Place(String name, double latitude, @Nullable Place parent, List<String> tags) {}

  record Box<T extends @Nullable Object>(T content) {}

  sealed interface Shape permits Circle, Square, Many {}

  record Circle(int radius) implements Shape {}

  record Square(long side) implements Shape {}

  @SuppressWarnings("ArrayRecordComponent") // has an equals of its own
  record Many(Shape[] shapes, Map<TimeUnit, Shape> byUnit) implements Shape {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Many that
          && Arrays.equals(shapes, that.shapes)
          && byUnit.equals(that.byUnit);
    }

    @Override
    public int hashCode() {
      return byUnit.hashCode();
    }
  }

  static final class Fields {
    private final int number;
    private final @Nullable Box<List<Integer>> box;
    private transient int hash = 7;

    Fields(int number, @Nullable Box<List<Integer>> box) {
      this.number = number;
      this.box = box;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Fields that && number == that.number && Objects.equals(box, that.box);
    }

    @Override
    public int hashCode() {
      hash = number;
      return hash;
    }
  }

  static class Open {
    int number;
  }

  record Halving(int number) {
    Halving {
      number /= 2;
    }
  }

  record Growing<T>(@Nullable Growing<List<T>> more) {}

  static final class Tags extends HashSet<String> {
    private static final long serialVersionUID = 1L;
  }

  record Kind(Class<?> type, @Nullable Halving halving) {}

  static final class Unequal {
    private final int number;

    Unequal(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      throw new IllegalStateException("compared");
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  static <T extends @Nullable Object> T roundTrip(Type type, T value, Class<?>... types)
      throws EntryRejectedException {
    ResultFormat<T> format = ResultFormat.of(type, List.of(types));
    return decode(format, format.encode(value));
  }

  static <T extends @Nullable Object> T decode(ResultFormat<T> format, EncodedValue encoded)
      throws EntryRejectedException {
    return format.decode(Entry.parse(Entry.write(1, 2, 3, 4, ARGUMENTS, encoded), 0));
  }

  @Test
  void scalarsComeBack() throws Exception {
    assertThat(roundTrip(int.class, -1)).isEqualTo(-1);
    assertThat(roundTrip(Long.class, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
    assertThat(roundTrip(byte.class, (byte) -1)).isEqualTo((byte) -1);
    assertThat(roundTrip(short.class, (short) -1)).isEqualTo((short) -1);
    assertThat(roundTrip(char.class, '\uffff')).isEqualTo('\uffff');
    assertThat(roundTrip(boolean.class, true)).isTrue();
    assertThat(roundTrip(double.class, -0.0)).isEqualTo(-0.0);
    assertThat(roundTrip(float.class, Float.NaN)).isNaN();
    for (String text : List.of("", "a", "\u00e4\u20ac", "\ud83d\ude00", "\ud800", "a\udc00b")) {
      assertThat(roundTrip(String.class, text)).isEqualTo(text);
    }
    assertThat(roundTrip(double[].class, new double[] {1, -0.0})).containsExactly(1, -0.0);
    assertThat(roundTrip(boolean[].class, new boolean[] {true, false}))
        .containsExactly(true, false);
  }

  @Test
  @SuppressWarnings("NullAway") // it does not see that the format takes null
  void nullComesBack() throws Exception {
    for (Class<?> type : List.of(String.class, Integer.class, Place.class, Circle[].class)) {
      assertThat(ResultFormatTest.<@Nullable Object>roundTrip(type, null)).isNull();
    }
  }

  @Test
  void recordsAndObjectsComeBack() throws Exception {
    Place place = new Place("a", 1.5, new Place("b", 2, null, List.of()), List.of("x", "y"));
    assertThat(roundTrip(Place.class, place)).isEqualTo(place);
    Fields fields = new Fields(3, new Box<>(List.of(1, 2)));
    assertThat(roundTrip(Fields.class, fields)).isEqualTo(fields);
    Type boxes = new TypeRef<Map<String, Box<Box<Place>>>>() {}.type();
    assertThat(roundTrip(boxes, Map.of("k", new Box<>(new Box<>(place)))))
        .isEqualTo(Map.of("k", new Box<>(new Box<>(place))));
  }

  @Test
  void permittedSubtypesComeBack() throws Exception {
    Shape shape =
        new Many(new Shape[] {new Circle(1), new Square(2)}, Map.of(TimeUnit.DAYS, new Circle(3)));
    assertThat(roundTrip(Shape.class, shape)).isEqualTo(shape);
  }

  @Test
  void openTypesAreRefusedWithPathAndRemedy() {
    assertThatThrownBy(() -> ResultFormat.of(Object.class, List.of()))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("java.lang.Object")
        .hasMessageContaining("use a codec");
    assertThatThrownBy(() -> ResultFormat.of(List.class, List.of()))
        .hasMessageContaining("has no type arguments here");
    assertThatThrownBy(() -> ResultFormat.of(new TypeRef<List<Box<Open>>>() {}.type(), List.of()))
        .hasMessageContaining("result<E>.content: " + Open.class.getName() + " is not final");
    assertThatThrownBy(() -> ResultFormat.of(new TypeRef<List<?>>() {}.type(), List.of()))
        .isInstanceOf(UncacheableResultException.class);
    assertThatThrownBy(() -> ResultFormat.of(RuntimeException.class, List.of()))
        .hasMessageContaining("Throwable");
  }

  @Test
  void typeThatGrowsWithoutEndIsRefused() {
    assertThatThrownBy(() -> ResultFormat.of(new TypeRef<Growing<String>>() {}.type(), List.of()))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("ever larger type arguments");
  }

  @Test
  void namedTypesCloseOpenOnes() throws Exception {
    Type type = new TypeRef<List<Object>>() {}.type();
    List<Object> value = List.of(new Circle(1), "text", 5);
    assertThat(roundTrip(type, value, Circle.class)).isEqualTo(value);
    assertThatThrownBy(() -> roundTrip(type, List.of(new Square(1)), Circle.class))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageStartingWith("result[0]: " + Square.class.getName());
  }

  @Test
  @DisplayName("P2, twin: without reading back a value comes back different")
  void withoutReadingBackAValueComesBackDifferent() throws Exception {
    GraphCodec careless =
        new GraphCodec(ClosedSet.of(Halving.class, List.of()), Halving.class, false);
    Halving value = new Halving(100);
    EncodedValue encoded = careless.encode(value, 1000);
    assertThat(careless.decode(encoded.bytes(), 0, encoded.bytes().length, encoded.shapes()))
        .isNotEqualTo(value);
  }

  @Test
  @DisplayName("P2: a value that comes back different is refused, not stored")
  void valueThatComesBackDifferentIsRefused() {
    assertThatThrownBy(() -> roundTrip(Halving.class, new Halving(100)))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageStartingWith("result.number: ");
  }

  @Test
  @DisplayName("P2: a class that was seen as a value, not with values, is still read back")
  void classAsAValueDoesNotVouchForItsValues() {
    ResultFormat<Kind> format = ResultFormat.of(Kind.class, List.of());
    assertThat(format.encode(new Kind(Halving.class, null)).bytes()).isNotEmpty();
    assertThatThrownBy(() -> format.encode(new Kind(Halving.class, new Halving(100))))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageStartingWith("result.halving.number: ");
  }

  @Test
  @DisplayName("P2: a collection of one's own, which would come back empty, is refused at once")
  void classThatExtendsACollectionOfTheJdkIsRefused() {
    assertThatThrownBy(() -> ResultFormat.of(Tags.class, List.of()))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("extends java.util.HashSet");
    Type sets = new TypeRef<Set<String>>() {}.type();
    assertThatThrownBy(() -> ResultFormat.of(sets, List.of(Tags.class)))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("extends java.util.HashSet");
  }

  @Test
  @DisplayName("P2: a map whose bytes name a key twice is a miss")
  void keyThatComesTwiceIsAMiss() {
    Type maps = new TypeRef<Map<String, Integer>>() {}.type();
    byte[] twice = {2 * 49 + 1, 2, 2 * 8 + 1, 2, 'a', 0, 2 * 8 + 1, 2, 'a', 0};
    assertThatThrownBy(
            () ->
                decode(
                    ResultFormat.of(maps, List.of()), new EncodedValue(twice, false, new long[0])))
        .isInstanceOf(EntryRejectedException.class)
        .hasMessageContaining("not equal to each other");
  }

  @Test
  void failureOfAComparisonIsARefusal() {
    assertThatThrownBy(
            () -> roundTrip(new TypeRef<Set<Unequal>>() {}.type(), Set.of(new Unequal(1))))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("compared");
  }

  @Test
  @DisplayName("P2: a primitive result is never null")
  void primitiveIsNeverNull() {
    ResultFormat<@Nullable Integer> format = ResultFormat.of(int.class, List.of());
    assertThatThrownBy(() -> format.encode(null))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("int");
    assertThatThrownBy(() -> decode(format, EncodedValue.NULL))
        .isInstanceOf(EntryRejectedException.class);
  }

  @Test
  void cycleIsRefused() {
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    assertThatThrownBy(() -> roundTrip(new TypeRef<List<Object>>() {}.type(), cycle, Circle.class))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("contains itself");
  }

  @Test
  void valueThatIsTooLargeIsRefused() {
    ResultFormat<List<String>> format =
        ResultFormat.<List<String>>of(new TypeRef<List<String>>() {}.type(), List.of())
            .withMaxBytes(1000);
    assertThat(format.encode(List.of("a".repeat(900))).bytes()).hasSize(905);
    assertThatThrownBy(() -> format.encode(List.of("a".repeat(1000))))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("more than 1000 bytes");
  }

  /** Says that it has more than any array. */
  private static final class Endless extends TreeSet<String> {
    private static final long serialVersionUID = 1L;

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }
  }

  /** The same of a map. */
  private static final class EndlessMap extends TreeMap<String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }
  }

  @Test
  @DisplayName("P4: what has too many elements is refused before memory is taken for them")
  void numberOfElementsThatIsTooLargeIsRefusedBeforeTheyAreCopied() {
    Type type = new TypeRef<List<Object>>() {}.type();
    ResultFormat<List<Object>> format = ResultFormat.of(type, List.of(Circle.class));
    for (Object value :
        List.of(
            Collections.nCopies(Integer.MAX_VALUE, "a"),
            Collections.unmodifiableSet(new Endless()),
            Collections.unmodifiableSortedSet(new Endless()),
            Collections.unmodifiableMap(new EndlessMap()),
            Collections.unmodifiableSortedMap(new EndlessMap()))) {
      List<Object> list = Collections.singletonList(value);
      assertThatThrownBy(() -> format.encode(list))
          .as(value.getClass().getName())
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining("takes more than");
    }
  }

  @Test
  @DisplayName("P2: a value of just as many bytes as there may be is kept")
  void lengthIsRefusedOnlyWhereThereIsNoRoomForIt() throws Exception {
    for (Object value :
        List.of(
            "a".repeat(1000),
            "\u00e4".repeat(500),
            new double[125],
            new byte[1000],
            BigInteger.TWO.pow(7999).subtract(BigInteger.ONE),
            BitSet.valueOf(new long[] {1, -1}),
            Collections.nCopies(500, List.of()),
            new TreeSet<>(List.of("a", "b")),
            new TreeMap<>(Map.of("a", "b")))) {
      Type type = new TypeRef<List<Object>>() {}.type();
      ResultFormat<List<Object>> format = ResultFormat.of(type, List.of(Circle.class));
      EncodedValue encoded = format.encode(List.of(value));
      int bytes = encoded.bytes().length;
      assertThat(format.withMaxBytes(bytes).encode(List.of(value)).bytes())
          .isEqualTo(encoded.bytes());
      assertThatThrownBy(() -> format.withMaxBytes(bytes - 1).encode(List.of(value)))
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining("more than " + (bytes - 1) + " bytes");
    }
    ResultFormat<double[]> scalar = ResultFormat.of(double[].class, List.of());
    assertThat(scalar.withMaxBytes(1000).encode(new double[125]).bytes()).hasSize(1000);
    assertThatThrownBy(() -> scalar.withMaxBytes(999).encode(new double[125]))
        .hasMessageContaining("more than 999 bytes");
  }

  @Test
  @DisplayName("P2: entries of another type are in another slot")
  void typesHaveTheirVariants() {
    List<Type> types =
        List.of(
            int.class,
            long.class,
            String.class,
            Place.class,
            Shape.class,
            Circle.class,
            TimeUnit.class,
            new TypeRef<List<String>>() {}.type(),
            new TypeRef<List<Integer>>() {}.type());
    assertThat(types.stream().map(t -> ResultFormat.of(t, List.of()).variant()))
        .doesNotHaveDuplicates();
  }

  @Test
  void immutabilityIsDecidedByTheDeclaredType() {
    assertThat(ResultFormat.of(Circle.class, List.of()).isImmutable()).isTrue();
    assertThat(ResultFormat.of(new TypeRef<Box<String>>() {}.type(), List.of()).isImmutable())
        .isTrue();
    assertThat(ResultFormat.of(new TypeRef<Box<int[]>>() {}.type(), List.of()).isImmutable())
        .isFalse();
    assertThat(ResultFormat.of(Place.class, List.of()).isImmutable()).isFalse();
    assertThat(ResultFormat.of(Fields.class, List.of()).isImmutable()).isFalse();
    assertThat(ResultFormat.of(byte[].class, List.of()).isImmutable()).isFalse();
  }
}
