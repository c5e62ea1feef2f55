package dev.memo.codec.value;

import dev.memo.codec.TypeRef;
import java.io.File;
import java.io.Serializable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values that serializers stumble over, most of them of classes of the JDK, and what memo makes of
 * each. Read it as a table: how it is made, the declared type, the value, what becomes of it.
 */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete"}) // what users return is not for us to choose
final class JdkTable {
  /** What becomes of a value. */
  enum Fate {
    /** Comes back equal and of the same class. */
    SAME_CLASS,
    /** Comes back equal; whoever changes it gets an exception, as before. */
    UNMODIFIABLE,
    /** Comes back equal, as an ArrayList. */
    ARRAY_LIST,
    /** Comes back equal, as a LinkedHashSet. */
    LINKED_SET,
    /** Comes back equal, as a TreeSet. */
    TREE_SET,
    /** Comes back equal, as a TreeMap. */
    TREE_MAP,
    /** The declared type does not compile, and a value inside of another type is refused. */
    REFUSED_AT_COMPILE_TIME,
    /** The type can be stored, but not this value. */
    REFUSED_AT_PUT
  }

  record Row(String made, Type type, Object value, Fate fate) {
    @Override
    public String toString() {
      return made + " | " + type.getTypeName() + " | " + fate;
    }
  }

  enum Planet {
    EARTH,
    MARS {
      @Override
      boolean isRed() {
        return true;
      }
    };

    boolean isRed() {
      return false;
    }
  }

  record Point(int x, @Nullable String name) {}

  static final class NoDefaultConstructor {
    private final int number;

    NoDefaultConstructor(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof NoDefaultConstructor that && number == that.number;
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  private static final Type LIST = new TypeRef<List<@Nullable String>>() {}.type();
  private static final Type COLLECTION = new TypeRef<Collection<String>>() {}.type();
  private static final Type SET = new TypeRef<Set<String>>() {}.type();
  private static final Type SORTED_SET = new TypeRef<SortedSet<String>>() {}.type();
  private static final Type MAP = new TypeRef<Map<String, Integer>>() {}.type();
  private static final Type SORTED_MAP = new TypeRef<SortedMap<String, Integer>>() {}.type();
  private static final Type NAVIGABLE_MAP = new TypeRef<NavigableMap<String, Integer>>() {}.type();
  private static final Type ENTRY = new TypeRef<Map.Entry<String, Integer>>() {}.type();
  private static final Type DEQUE = new TypeRef<Deque<String>>() {}.type();
  private static final Type QUEUE = new TypeRef<Queue<String>>() {}.type();
  private static final Type DAYS = new TypeRef<Map<DayOfWeek, Integer>>() {}.type();
  private static final Type DAY_SET = new TypeRef<Set<DayOfWeek>>() {}.type();

  private final List<Row> rows = new ArrayList<>();

  private JdkTable() {}

  static Stream<Row> rows() {
    JdkTable table = new JdkTable();
    table.serializersGetRight();
    table.serializersCannotReach();
    table.serializersCannotReadBack();
    return table.rows.stream();
  }

  static Stream<Row> stored() {
    return rows().filter(row -> row.fate().compareTo(Fate.REFUSED_AT_COMPILE_TIME) < 0);
  }

  static Stream<Row> refusedAtCompileTime() {
    return rows().filter(row -> row.fate() == Fate.REFUSED_AT_COMPILE_TIME);
  }

  static Stream<Row> refusedAtPut() {
    return rows().filter(row -> row.fate() == Fate.REFUSED_AT_PUT);
  }

  private void row(String made, Type type, Object value, Fate fate) {
    rows.add(new Row(made, type, value, fate));
  }

  private void same(Object value) {
    row(value.toString(), value.getClass(), value, Fate.SAME_CLASS);
  }

  private void refused(String made, Object value) {
    row(made, value.getClass(), value, Fate.REFUSED_AT_COMPILE_TIME);
  }

  /** What a usual serializer reads and writes without help. */
  private void serializersGetRight() {
    same(new Point(1, null));
    same(Planet.EARTH);
    row("an enum constant with a body", Planet.class, Planet.MARS, Fate.SAME_CLASS);
    row(
        "a class without a constructor for nothing",
        NoDefaultConstructor.class,
        new NoDefaultConstructor(7),
        Fate.SAME_CLASS);
    row("new ArrayList", LIST, new ArrayList<>(Arrays.asList("b", null, "a")), Fate.SAME_CLASS);
    row("List.of", LIST, List.of("b", "a"), Fate.UNMODIFIABLE);
    row("List.of()", LIST, List.of(), Fate.UNMODIFIABLE);
    row("Arrays.asList", LIST, Arrays.asList("b", null), Fate.ARRAY_LIST);
    row("Stream.toList", LIST, Stream.of("b", "a").toList(), Fate.UNMODIFIABLE);
    row("new LinkedList", LIST, new LinkedList<>(List.of("b", "a")), Fate.SAME_CLASS);
    row(
        "new CopyOnWriteArrayList",
        LIST,
        new CopyOnWriteArrayList<>(new String[] {"b", "a"}),
        Fate.SAME_CLASS);
    row("Set.of", SET, Set.of("c", "a", "b"), Fate.UNMODIFIABLE);
    row("new HashSet", SET, new HashSet<>(List.of("b", "a")), Fate.SAME_CLASS);
    row("new LinkedHashSet", SET, new LinkedHashSet<>(List.of("b", "a")), Fate.SAME_CLASS);
    row("new CopyOnWriteArraySet", SET, new CopyOnWriteArraySet<>(List.of("b")), Fate.SAME_CLASS);
    row("Map.of", MAP, Map.of("b", 1, "a", 2), Fate.UNMODIFIABLE);
    row("Map.of()", MAP, Map.of(), Fate.UNMODIFIABLE);
    row("new HashMap", MAP, new HashMap<>(Map.of("b", 1, "a", 2)), Fate.SAME_CLASS);
    row("new LinkedHashMap", MAP, ordered(), Fate.SAME_CLASS);
    row("new ConcurrentHashMap", MAP, new ConcurrentHashMap<>(ordered()), Fate.SAME_CLASS);
    TreeMap<String, Integer> reverse = new TreeMap<>(Comparator.reverseOrder());
    reverse.putAll(ordered());
    row("new TreeMap(reverseOrder())", MAP, reverse, Fate.SAME_CLASS);
    row("the same, sorted by declaration", SORTED_MAP, reverse, Fate.SAME_CLASS);
    row("EnumSet.of", DAY_SET, EnumSet.of(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), Fate.SAME_CLASS);
    row("EnumSet.noneOf", DAY_SET, EnumSet.noneOf(DayOfWeek.class), Fate.SAME_CLASS);
    row("new ArrayDeque", DEQUE, new ArrayDeque<>(List.of("b", "a")), Fate.SAME_CLASS);
    same(BitSet.valueOf(new long[] {5, 0, 1}));
    row(
        "Optional.of",
        new TypeRef<Optional<String>>() {}.type(),
        Optional.of("a"),
        Fate.SAME_CLASS);
    same(OptionalInt.of(-1));
    same(OptionalInt.empty());
    same(Instant.MAX);
    same(LocalDate.MIN);
    row("ZoneId.of", ZoneId.class, ZoneId.of("Asia/Tokyo"), Fate.SAME_CLASS);
    same(ZonedDateTime.parse("2024-10-27T02:30:00+01:00[Europe/Paris]"));
    same(Locale.CANADA_FRENCH);
    same(Locale.forLanguageTag("zh-Hans-TW-u-ca-roc"));
    same(Currency.getInstance("EUR"));
    same(new BigDecimal("1.00"));
    same(BigInteger.TWO.pow(100));
    row("String.class", Class.class, String.class, Fate.SAME_CLASS);
    refused("new URL", url());
    same(new Date(5));
  }

  /** What reflection may not look into since Java 17. */
  private void serializersCannotReach() {
    same(new UUID(1, 2));
    same(URI.create("http://h/a?b#c"));
    same(Pattern.compile("a+", Pattern.DOTALL | Pattern.CASE_INSENSITIVE));
    same(new AtomicBoolean(true));
    same(new AtomicInteger(-7));
    same(new AtomicLong(Long.MIN_VALUE));
    row(
        "new AtomicReference",
        new TypeRef<AtomicReference<String>>() {}.type(),
        new AtomicReference<>("a"),
        Fate.SAME_CLASS);
    row("Path.of", Path.class, Path.of("a", "..", "b"), Fate.SAME_CLASS);
    same(new File("a/b"));
    row("Map.entry", ENTRY, Map.entry("a", 1), Fate.UNMODIFIABLE);
    row("new SimpleEntry", ENTRY, new AbstractMap.SimpleEntry<>("a", 1), Fate.SAME_CLASS);
    refused("InetAddress.getLoopbackAddress", InetAddress.getLoopbackAddress());
    refused("new InetSocketAddress", InetSocketAddress.createUnresolved("a", 1));
    refused("ByteBuffer.allocate", ByteBuffer.allocate(1));
    refused("new Throwable", failure());
    refused("new IllegalStateException", new IllegalStateException("a", failure()));
    refused("new Random", new Random(1));
    refused("new CompletableFuture", CompletableFuture.completedFuture("a"));
    refused("IntSummaryStatistics", IntStream.of(1, 2).summaryStatistics());
    refused("new IntSummaryStatistics", new IntSummaryStatistics());
    refused("new LongSummaryStatistics", new LongSummaryStatistics());
    refused("new DoubleSummaryStatistics", new DoubleSummaryStatistics());
    TreeMap<String, Integer> byLength = new TreeMap<>(Comparator.comparing(String::length));
    byLength.put("a", 1);
    row("new TreeMap(a lambda)", MAP, byLength, Fate.REFUSED_AT_PUT);
    row("its descending view", MAP, byLength.descendingMap(), Fate.REFUSED_AT_PUT);
    row("its keys", SET, byLength.keySet(), Fate.REFUSED_AT_PUT);
    row("a path of another file system", Path.class, archive().resolve("a"), Fate.REFUSED_AT_PUT);
  }

  /** What is written without complaint, and comes back as an exception, if at all. */
  private void serializersCannotReadBack() {
    List<@Nullable String> list = new ArrayList<>(Arrays.asList("b", null, "a"));
    Set<String> set = new LinkedHashSet<>(List.of("b", "a"));
    TreeMap<String, Integer> tree = new TreeMap<>(ordered());
    TreeSet<String> anyCase = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.addAll(set);
    row(
        "Collections.unmodifiableList",
        LIST,
        Collections.unmodifiableList(list),
        Fate.UNMODIFIABLE);
    row(
        "Collections.unmodifiableCollection",
        COLLECTION,
        Collections.unmodifiableCollection(set),
        Fate.UNMODIFIABLE);
    row("Collections.unmodifiableSet", SET, Collections.unmodifiableSet(set), Fate.UNMODIFIABLE);
    row(
        "Collections.unmodifiableSortedSet",
        SORTED_SET,
        Collections.unmodifiableSortedSet(anyCase),
        Fate.UNMODIFIABLE);
    row(
        "Collections.unmodifiableMap",
        MAP,
        Collections.unmodifiableMap(ordered()),
        Fate.UNMODIFIABLE);
    row(
        "Collections.unmodifiableNavigableMap",
        NAVIGABLE_MAP,
        Collections.unmodifiableNavigableMap(tree),
        Fate.UNMODIFIABLE);
    row("Collectors.toUnmodifiableMap", MAP, collected(), Fate.UNMODIFIABLE);
    row("Collections.nCopies", LIST, Collections.nCopies(3, "a"), Fate.UNMODIFIABLE);
    row("Collections.singletonList", LIST, Collections.singletonList("a"), Fate.UNMODIFIABLE);
    row("Collections.emptyMap", MAP, Collections.emptyMap(), Fate.UNMODIFIABLE);
    row("HashMap.keySet", SET, new HashMap<>(ordered()).keySet(), Fate.LINKED_SET);
    row("LinkedHashMap.keySet", SET, ordered().keySet(), Fate.LINKED_SET);
    row("TreeMap.keySet", SET, tree.keySet(), Fate.TREE_SET);
    row(
        "LinkedHashMap.values",
        new TypeRef<Collection<Integer>>() {}.type(),
        ordered().values(),
        Fate.UNMODIFIABLE);
    row("TreeMap.descendingMap", MAP, tree.descendingMap(), Fate.TREE_MAP);
    row("TreeMap.headMap", SORTED_MAP, tree.headMap("b"), Fate.TREE_MAP);
    row("TreeSet.tailSet", SET, new TreeSet<>(anyCase).tailSet("B"), Fate.SAME_CLASS);
    row("ArrayList.subList", LIST, list.subList(1, 3), Fate.ARRAY_LIST);
    row("List.of.subList", LIST, List.of("a", "b", "c").subList(1, 3), Fate.UNMODIFIABLE);
    row("Collections.synchronizedList", LIST, Collections.synchronizedList(list), Fate.SAME_CLASS);
    row("Collections.synchronizedSet", SET, Collections.synchronizedSet(set), Fate.SAME_CLASS);
    row(
        "Collections.synchronizedMap",
        MAP,
        Collections.synchronizedMap(ordered()),
        Fate.SAME_CLASS);
    row(
        "Collections.synchronizedSortedMap",
        MAP,
        Collections.synchronizedSortedMap(tree),
        Fate.REFUSED_AT_PUT);
    EnumMap<DayOfWeek, Integer> days = new EnumMap<>(Map.of(DayOfWeek.FRIDAY, 5));
    row("new EnumMap", DAYS, days, Fate.SAME_CLASS);
    row("an empty EnumMap", DAYS, new EnumMap<>(DayOfWeek.class), Fate.SAME_CLASS);
    row("Stream.toList with null", LIST, Stream.of("a", null).toList(), Fate.UNMODIFIABLE);
    row("new PriorityQueue", QUEUE, new PriorityQueue<>(set), Fate.REFUSED_AT_PUT);
  }

  private static Map<String, Integer> ordered() {
    Map<String, Integer> map = new LinkedHashMap<>();
    map.put("b", 1);
    map.put("a", 2);
    return map;
  }

  private static Map<String, Integer> collected() {
    return Stream.of("b", "a").collect(Collectors.toUnmodifiableMap(s -> s, String::length));
  }

  private static Throwable failure() {
    Throwable failure = new Throwable("a", new Error("cause"));
    failure.addSuppressed(new Exception("suppressed"));
    return failure;
  }

  private static URL url() {
    try {
      return new URL("file:/a");
    } catch (java.net.MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  /** The file system of the JDK's own classes: another than the default one. */
  private static Path archive() {
    return Path.of(URI.create("jrt:/"));
  }

  /** {@code raw<argument>}, or {@code raw<String, argument>}. */
  static Type inside(Class<?> raw, Type argument) {
    Type[] arguments =
        raw.getTypeParameters().length == 1
            ? new Type[] {argument}
            : new Type[] {String.class, argument};
    return new ParameterizedType() {
      @Override
      public Type[] getActualTypeArguments() {
        return arguments.clone();
      }

      @Override
      public Type getRawType() {
        return raw;
      }

      @Override
      public @Nullable Type getOwnerType() {
        return raw.getDeclaringClass();
      }

      @Override
      public String toString() {
        return raw.getName() + Arrays.toString(arguments);
      }
    };
  }

  /** Anything could come, but {@link Point} only may. */
  static final Type OPEN = new TypeRef<List<Serializable>>() {}.type();
}
