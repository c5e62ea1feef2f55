package dev.memo.codec.value;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.memo.codec.Codec;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.JsonCodec;
import dev.memo.codec.TypeRef;
import java.io.File;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One result of every kind. Run as a program it prints their entries, one line each, in the form of
 * the file of stored values. It stays in this package: the names of its classes are in them.
 */
@SuppressWarnings({"JdkObsolete", "JavaUtilDate"}) // what users return is not for us to choose
final class StoredValues {
  /** A result with its format. */
  record Kind(ResultFormat<@Nullable Object> format, @Nullable Object value) {
    String encode() {
      return HexFormat.of().formatHex(Entry.write(1, 2, 3, 4, ARGUMENTS, format.encode(value)));
    }

    @Nullable Object decode(String hex) throws EntryRejectedException {
      return format.decode(Entry.parse(HexFormat.of().parseHex(hex), 0));
    }
  }

  private static final EncodedArguments ARGUMENTS = new EncodedArguments(new byte[] {1});
  private static final LocalDateTime TIME = LocalDateTime.of(2024, 2, 29, 23, 59, 58, 7);

  private static final Type STRINGS = new TypeRef<Collection<String>>() {}.type();
  private static final Type NUMBERS = new TypeRef<Map<String, Integer>>() {}.type();
  private static final Type ENTRY = new TypeRef<Map.Entry<String, Integer>>() {}.type();

  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  private StoredValues() {
    addScalars();
    addOwnClasses();
    addHoldersOfTheJdk();
    addCollectionsOfTheJdk();
    addMapsOfTheJdk();
    addCodecs();
  }

  static Map<String, Kind> all() {
    return new StoredValues().kinds;
  }

  public static void main(String[] args) {
    all().forEach((name, kind) -> System.out.print(name + " = " + kind.encode() + "\n"));
  }

  /** Values that are written without a class. */
  private void addScalars() {
    scalar(boolean.class, true);
    scalar(byte.class, (byte) -1);
    scalar(short.class, (short) 258);
    scalar(char.class, '\u20ac');
    scalar(int.class, -2);
    scalar(long.class, 0x0102030405060708L);
    scalar(float.class, 1.5f);
    scalar(double.class, -0.0);
    scalar(Integer.class, null);
    scalar(String.class, "a\u00e4\u20ac\ud83d\ude00");
    scalar(boolean[].class, new boolean[] {true, false});
    scalar(byte[].class, new byte[] {1, -1});
    scalar(short[].class, new short[] {258});
    scalar(char[].class, new char[] {'a', '\u20ac'});
    scalar(int[].class, new int[] {-2});
    scalar(long[].class, new long[] {0x0102030405060708L});
    scalar(float[].class, new float[] {1.5f});
    scalar(double[].class, new double[] {-0.0});
    add("ScalarCodec, lone surrogate", String.class, "a\ud800");
  }

  private void scalar(Class<?> type, @Nullable Object value) {
    add("ScalarCodec, " + type.getSimpleName() + (value == null ? " null" : ""), type, value);
  }

  record Place(String name, double latitude, List<String> tags, @Nullable Place parent) {}

  record Primitives(boolean a, byte b, short c, char d, int e, long f, float g, double h) {}

  record Pair<A, B>(A first, B second) {}

  enum Color {
    RED,
    GREEN {
      @Override
      boolean isGreen() {
        return true;
      }
    };

    boolean isGreen() {
      return false;
    }
  }

  sealed interface Shape permits Circle, Square {}

  record Circle(int radius) implements Shape {}

  @SuppressWarnings("ArrayRecordComponent") // compared by its text
  record Square(Color color, Shape[] inner) implements Shape {
    @Override
    public String toString() {
      return "Square" + color + Arrays.toString(inner);
    }
  }

  static class Base {
    int inherited = 1;
  }

  static final class Fields extends Base {
    private final long own;
    private final List<Circle> circles;
    private final transient int lost;

    Fields(long own, List<Circle> circles) {
      this.own = own;
      this.circles = circles;
      this.lost = 0;
    }

    @Override
    public String toString() {
      return "Fields " + inherited + " " + own + " " + circles + " " + lost;
    }
  }

  private void addOwnClasses() {
    Place parent = new Place("a", 1.5, List.of(), null);
    add("GraphCodec, record", Place.class, new Place("b", -0.0, List.of("x", "y"), parent));
    add(
        "GraphCodec, record of primitives",
        Primitives.class,
        new Primitives(true, (byte) -1, (short) 258, '\u20ac', -2, 1L << 40, 1.5f, -0.0));
    add(
        "GraphCodec, generic record",
        new TypeRef<Pair<String, List<Integer>>>() {}.type(),
        new Pair<>("a", List.of(1)));
    add("GraphCodec, enum", Color.class, Color.RED);
    add("GraphCodec, enum with a body", Color.class, Color.GREEN);
    add("GraphCodec, sealed interface", Shape.class, new Circle(3));
    add(
        "GraphCodec, array",
        Shape[].class,
        new Shape[] {new Circle(1), new Square(Color.RED, new Shape[] {new Circle(2)})});
    add("GraphCodec, array of arrays", String[][].class, new String[][] {{"a"}, {}});
    Fields fields = new Fields(2, List.of(new Circle(1)));
    fields.inherited = -1;
    add("GraphCodec, class with fields", Fields.class, fields);
  }

  private void addHoldersOfTheJdk() {
    jdk(Boolean.class, true);
    jdk(Byte.class, (byte) -1);
    jdk(Short.class, (short) 258);
    jdk(Character.class, '\u20ac');
    jdk(Integer.class, -2);
    jdk(Long.class, 1L << 40);
    jdk(Float.class, 1.5f);
    jdk(Double.class, -0.0);
    jdk(String.class, "a\u00e4");
    jdk(BigInteger.class, BigInteger.valueOf(-256));
    jdk(BigDecimal.class, new BigDecimal("1.00"));
    jdk(UUID.class, new UUID(0x0102030405060708L, -1));
    jdk(URI.class, URI.create("http://h/a?b#c"));
    jdk(Instant.class, Instant.ofEpochSecond(-1, 5));
    jdk(TIME.toLocalDate().getClass(), TIME.toLocalDate());
    jdk(TIME.toLocalTime().getClass(), TIME.toLocalTime());
    jdk(LocalDateTime.class, TIME);
    jdk(ZoneOffset.class, ZoneOffset.ofHours(-2));
    jdk(ZoneId.class, ZoneId.of("Asia/Tokyo"));
    jdk(OffsetTime.class, OffsetTime.of(TIME.toLocalTime(), ZoneOffset.UTC));
    jdk(OffsetDateTime.class, OffsetDateTime.of(TIME, ZoneOffset.ofHours(1)));
    jdk(ZonedDateTime.class, ZonedDateTime.of(TIME, ZoneId.of("Asia/Tokyo")));
    jdk(Duration.class, Duration.ofMillis(-1));
    jdk(Period.class, Period.of(1, -2, 3));
    jdk(Year.class, Year.of(-1));
    jdk(YearMonth.class, YearMonth.of(2024, 2));
    jdk(MonthDay.class, MonthDay.of(2, 29));
    jdk(new TypeRef<Optional<String>>() {}.type(), Optional.of("a"));
    jdk(OptionalInt.class, OptionalInt.of(-2));
    jdk(OptionalLong.class, OptionalLong.empty());
    jdk(OptionalDouble.class, OptionalDouble.of(1.5));
    jdk(Locale.class, Locale.CANADA_FRENCH);
    jdk(Currency.class, Currency.getInstance("EUR"));
    jdk(Date.class, new Date(-1));
    jdk(File.class, new File("a"));
    jdk(Pattern.class, Pattern.compile("a+", Pattern.DOTALL));
    jdk(BitSet.class, BitSet.valueOf(new long[] {5, 0, 1}));
    jdk(AtomicBoolean.class, new AtomicBoolean(true));
    jdk(AtomicInteger.class, new AtomicInteger(-2));
    jdk(AtomicLong.class, new AtomicLong(1L << 40));
    jdk(new TypeRef<AtomicReference<String>>() {}.type(), new AtomicReference<>("a"));
    jdk(Path.class, Path.of("a"));
    jdk(new TypeRef<Class<?>>() {}.type(), String.class);
    jdk(ENTRY, new AbstractMap.SimpleImmutableEntry<>("a", 1));
    jdk(ENTRY, new AbstractMap.SimpleEntry<>("a", 1));
    jdk(boolean[].class, new boolean[] {true, false});
    jdk(byte[].class, new byte[] {1, -1});
    jdk(short[].class, new short[] {258});
    jdk(char[].class, new char[] {'\u20ac'});
    jdk(int[].class, new int[] {-2});
    jdk(long[].class, new long[] {1L << 40});
    jdk(float[].class, new float[] {1.5f});
    jdk(double[].class, new double[] {-0.0});
  }

  private void addCollectionsOfTheJdk() {
    List<String> ab = List.of("a", "b");
    Stack<String> stack = new Stack<>();
    stack.add("a");
    Set<String> keys = ConcurrentHashMap.newKeySet();
    keys.add("a");
    for (Collection<String> strings :
        List.of(
            new ArrayList<>(ab),
            new LinkedList<>(ab),
            new CopyOnWriteArrayList<>(ab),
            new Vector<>(ab),
            stack,
            new HashSet<>(Set.of("a")),
            new LinkedHashSet<>(ab),
            new CopyOnWriteArraySet<>(ab),
            new ArrayDeque<>(ab),
            new ConcurrentLinkedQueue<>(ab),
            new ConcurrentLinkedDeque<>(ab),
            new TreeSet<>(ab),
            new ConcurrentSkipListSet<>(ab),
            keys,
            Collections.unmodifiableCollection(new ArrayList<>(ab)),
            Collections.unmodifiableList(new ArrayList<>(ab)),
            Collections.unmodifiableSet(new LinkedHashSet<>(ab)),
            Collections.unmodifiableNavigableSet(new TreeSet<>(ab)),
            Collections.synchronizedList(new ArrayList<>(ab)),
            Collections.synchronizedList(new LinkedList<>(ab)),
            Collections.synchronizedSet(new LinkedHashSet<>(ab)),
            Collections.synchronizedCollection(new ArrayList<>(ab)))) {
      jdk(STRINGS, strings);
    }
    jdk(new TypeRef<Set<DayOfWeek>>() {}.type(), EnumSet.of(DayOfWeek.FRIDAY));
  }

  private void addMapsOfTheJdk() {
    Map<String, Integer> one = Map.of("a", 1);
    for (Map<String, Integer> numbers :
        List.of(
            new HashMap<>(one),
            new LinkedHashMap<>(one),
            new ConcurrentHashMap<>(one),
            new Hashtable<>(one),
            new TreeMap<>(one),
            new ConcurrentSkipListMap<>(one),
            Collections.unmodifiableMap(new LinkedHashMap<>(one)),
            Collections.unmodifiableNavigableMap(new TreeMap<>(one)),
            Collections.synchronizedMap(new LinkedHashMap<>(one)))) {
      jdk(NUMBERS, numbers);
    }
    jdk(
        new TypeRef<Map<DayOfWeek, Integer>>() {}.type(),
        new EnumMap<>(Map.of(DayOfWeek.FRIDAY, 1)));
  }

  /** The only element of a list, after whose class and length the class of the element follows. */
  private void jdk(Type type, Object value) {
    int id = JdkForms.of(value.getClass()).id();
    add(
        "GraphCodec, class " + id + ", " + value.getClass().getSimpleName(),
        new ListOf(type),
        Collections.singletonList(value));
  }

  private record ListOf(Type element) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return new Type[] {element};
    }

    @Override
    public Type getRawType() {
      return List.class;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return null;
    }
  }

  private void addCodecs() {
    TypeRef<JsonNode> node = TypeRef.of(JsonNode.class);
    kinds.put(
        "ForeignCodec, JSON",
        new Kind(
            ResultFormat.of(node.type(), new JsonCodec<>(node)),
            JsonNodeFactory.instance.objectNode().put("a", 1)));
    kinds.put(
        "ForeignCodec, of the user",
        new Kind(ResultFormat.of(Thread.State.class, new StateCodec()), Thread.State.NEW));
  }

  private static final class StateCodec implements Codec<Thread.State> {
    @Override
    public String id() {
      return "state/1";
    }

    @Override
    public byte[] encode(Thread.State state) {
      return state.name().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Thread.State decode(byte[] bytes) {
      return Thread.State.valueOf(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private void add(String name, Type type, @Nullable Object value) {
    if (kinds.put(name, new Kind(ResultFormat.of(type, List.of()), value)) != null) {
      throw new AssertionError("twice: " + name);
    }
  }

  /** The ids of the JDK's classes that the values of a list of one element show. */
  static int elementId(Kind kind) {
    EncodedValue encoded = kind.format.encode(kind.value);
    int code = encoded.bytes()[2] & 0x7F;
    if (encoded.bytes()[2] < 0) {
      code |= encoded.bytes()[3] << 7;
    }
    return code >>> 1;
  }
}
