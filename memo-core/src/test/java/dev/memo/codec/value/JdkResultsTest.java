package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableResultException;
import java.io.File;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
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
import java.util.Comparator;
import java.util.Currency;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the classes of the JDK: they come back, or are refused in time. */
class JdkResultsTest {
  private static final Type LIST = new TypeRef<List<@Nullable String>>() {}.type();
  private static final Type SET = new TypeRef<Set<String>>() {}.type();
  private static final Type MAP = new TypeRef<Map<String, Integer>>() {}.type();
  private static final Type DAYS = new TypeRef<Map<DayOfWeek, Integer>>() {}.type();

  /** A declared type, a value, and the class that must come back, if that is promised. */
  record Kept(Type type, Object value, @Nullable Class<?> comesBackAs) {
    static Kept same(Type type, Object value) {
      return new Kept(type, value, value.getClass());
    }

    static Kept equal(Type type, Object value) {
      return new Kept(type, value, null);
    }

    @Override
    public String toString() {
      return value.getClass().getName() + " " + value;
    }
  }

  static Stream<Kept> scalars() {
    return Stream.of(
            true,
            (byte) 1,
            (short) -1,
            'c',
            -5,
            Long.MAX_VALUE,
            1.5f,
            -0.0,
            "text",
            BigInteger.TWO.pow(100),
            new BigDecimal("1.00"),
            new UUID(1, 2),
            URI.create("http://h/a?b#c"),
            Instant.MIN,
            Instant.MAX,
            LocalDate.MAX,
            LocalTime.MAX,
            LocalDateTime.MIN,
            ZoneOffset.ofHours(-3),
            OffsetTime.MAX,
            OffsetDateTime.MIN,
            ZonedDateTime.of(2024, 10, 27, 2, 30, 0, 1, ZoneId.of("Europe/Paris"))
                .withLaterOffsetAtOverlap(),
            ZonedDateTime.of(2024, 1, 1, 1, 1, 1, 1, ZoneOffset.UTC),
            Duration.ofSeconds(-5, 7),
            Period.of(1, -2, 3),
            Year.of(-5),
            YearMonth.of(2024, 2),
            MonthDay.of(2, 29),
            DayOfWeek.FRIDAY,
            OptionalInt.of(-1),
            OptionalInt.empty(),
            OptionalLong.of(1),
            OptionalLong.empty(),
            OptionalDouble.of(-0.0),
            OptionalDouble.empty(),
            Locale.CANADA_FRENCH,
            Currency.getInstance("EUR"),
            new File("a/b"),
            BitSet.valueOf(new long[] {5, 0, 1}))
        .map(value -> Kept.same(value.getClass(), value));
  }

  static Stream<Kept> collections() {
    List<@Nullable String> list = new ArrayList<>(Arrays.asList("b", null, "a"));
    Set<String> set = new LinkedHashSet<>(List.of("b", "a"));
    Map<String, Integer> map = new LinkedHashMap<>(Map.of("b", 2));
    map.put("a", 1);
    TreeMap<String, Integer> reverse = new TreeMap<>(Comparator.reverseOrder());
    reverse.putAll(map);
    TreeSet<String> insensitive = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    insensitive.addAll(Set.of("A", "b"));
    EnumMap<DayOfWeek, Integer> days = new EnumMap<>(DayOfWeek.class);
    days.put(DayOfWeek.FRIDAY, 1);
    return Stream.of(
        Kept.same(LIST, list),
        Kept.same(LIST, new CopyOnWriteArrayList<>(list)),
        Kept.same(LIST, Collections.synchronizedList(list)),
        Kept.equal(LIST, List.of("a", "b")),
        Kept.equal(LIST, Arrays.asList("a", null)),
        Kept.equal(LIST, list.subList(0, 2)),
        Kept.equal(LIST, List.of("a", "b", "c").subList(1, 3)),
        Kept.equal(LIST, Stream.of("a", null).toList()),
        Kept.equal(LIST, Collections.unmodifiableList(list)),
        Kept.equal(LIST, Collections.nCopies(3, "a")),
        Kept.equal(LIST, Collections.singletonList("a")),
        Kept.equal(LIST, Collections.emptyList()),
        Kept.same(SET, set),
        Kept.same(SET, new HashSet<>(set)),
        Kept.same(SET, new TreeSet<>(set)),
        Kept.same(SET, insensitive),
        Kept.same(SET, new ConcurrentSkipListSet<>(set)),
        Kept.same(SET, new CopyOnWriteArraySet<>(set)),
        Kept.same(SET, Collections.synchronizedSet(set)),
        Kept.equal(SET, Set.of("a", "b", "c")),
        Kept.equal(SET, Collections.unmodifiableSet(set)),
        Kept.equal(SET, Collections.unmodifiableSortedSet(new TreeSet<>(set))),
        Kept.equal(SET, new HashMap<>(map).keySet()),
        Kept.same(SET, ConcurrentHashMap.<String>newKeySet()),
        Kept.equal(SET, new TreeSet<>(set).headSet("b")),
        Kept.same(MAP, map),
        Kept.same(MAP, new HashMap<>(map)),
        Kept.same(MAP, reverse),
        Kept.same(MAP, new ConcurrentHashMap<>(map)),
        Kept.same(MAP, new ConcurrentSkipListMap<>(map)),
        Kept.same(MAP, Collections.synchronizedMap(map)),
        Kept.equal(MAP, Map.of("a", 1)),
        Kept.equal(MAP, Map.of("a", 1, "b", 2)),
        Kept.equal(MAP, Collections.unmodifiableMap(map)),
        Kept.equal(MAP, Collections.unmodifiableSortedMap(reverse)),
        Kept.equal(MAP, reverse.headMap("a")),
        Kept.same(DAYS, days),
        Kept.same(DAYS, new EnumMap<>(DayOfWeek.class)),
        Kept.equal(new TypeRef<Set<DayOfWeek>>() {}.type(), EnumSet.of(DayOfWeek.MONDAY)),
        Kept.equal(new TypeRef<Set<DayOfWeek>>() {}.type(), EnumSet.noneOf(DayOfWeek.class)),
        Kept.equal(new TypeRef<Optional<String>>() {}.type(), Optional.of("a")),
        Kept.equal(new TypeRef<Optional<String>>() {}.type(), Optional.empty()),
        Kept.equal(new TypeRef<Map.Entry<String, Integer>>() {}.type(), Map.entry("a", 1)),
        Kept.same(
            new TypeRef<Map.Entry<String, Integer>>() {}.type(),
            new AbstractMap.SimpleEntry<>("a", 1)),
        Kept.equal(Path.class, Path.of("a/../b")),
        Kept.equal(ZoneId.class, ZoneId.of("Asia/Tokyo")),
        Kept.equal(new TypeRef<List<Class<?>>>() {}.type(), List.of(String.class, ArrayList.class)),
        Kept.equal(new TypeRef<List<int[][]>>() {}.type(), List.<int[][]>of()));
  }

  @ParameterizedTest
  @MethodSource({"scalars", "collections"})
  void valueComesBack(Kept kept) throws Exception {
    Object back = ResultFormatTest.roundTrip(kept.type(), kept.value());
    assertThat(back).isEqualTo(kept.value());
    if (kept.comesBackAs() != null) {
      assertThat(back).hasSameClassAs(kept.value());
    }
  }

  @Test
  void valuesWithoutEqualsComeBack() throws Exception {
    Pattern pattern =
        ResultFormatTest.roundTrip(Pattern.class, Pattern.compile("a+", Pattern.DOTALL));
    assertThat(pattern.pattern()).isEqualTo("a+");
    assertThat(pattern.flags()).isEqualTo(Pattern.DOTALL);
    assertThat(ResultFormatTest.roundTrip(AtomicLong.class, new AtomicLong(-7))).hasValue(-7);
    assertThat(ResultFormatTest.roundTrip(AtomicInteger.class, new AtomicInteger(7))).hasValue(7);
    assertThat(ResultFormatTest.roundTrip(AtomicBoolean.class, new AtomicBoolean(true))).isTrue();
    AtomicReference<String> reference =
        ResultFormatTest.roundTrip(
            new TypeRef<AtomicReference<String>>() {}.type(), new AtomicReference<>("a"));
    assertThat(reference).hasValue("a");
    Deque<String> deque =
        ResultFormatTest.roundTrip(
            new TypeRef<Deque<String>>() {}.type(), new ArrayDeque<>(List.of("a", "b")));
    assertThat(deque).containsExactly("a", "b");
    Collection<Integer> values =
        ResultFormatTest.roundTrip(
            new TypeRef<Collection<Integer>>() {}.type(), new TreeMap<>(Map.of("a", 1)).values());
    assertThat(values).containsExactly(1);
    int[][] nested = ResultFormatTest.roundTrip(int[][].class, new int[][] {{1}, {}, {2, 3}});
    assertThat(nested).isDeepEqualTo(new int[][] {{1}, {}, {2, 3}});
  }

  @Test
  void comparatorsComeBack() throws Exception {
    TreeSet<String> insensitive = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    insensitive.add("a");
    Set<String> back = ResultFormatTest.roundTrip(SET, insensitive);
    assertThat(back.contains("A")).isTrue();
  }

  @Test
  void unmodifiableStaysUnmodifiable() throws Exception {
    List<String> back = ResultFormatTest.roundTrip(LIST, List.of("a"));
    assertThatThrownBy(() -> back.add("b")).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void typesOfTheJdkThatCannotBeStoredAreRefusedAtOnce() {
    for (Class<?> type :
        List.of(
            Throwable.class,
            Random.class,
            InetAddress.class,
            ByteBuffer.class,
            Thread.class,
            Runnable.class,
            Stream.class,
            Iterable.class,
            CompletableFuture.class,
            IdentityHashMap.class,
            void.class)) {
      assertThatThrownBy(() -> ResultFormat.of(type, List.of()))
          .as(type.getName())
          .isInstanceOf(UncacheableResultException.class);
    }
  }

  @Test
  @DisplayName("P2: poison in a later value is refused as well")
  void poisonInALaterValueIsRefused() {
    ResultFormat<Map<String, Integer>> maps = ResultFormat.of(MAP, List.of());
    assertThat(maps.encode(new TreeMap<>(Map.of("a", 1))).bytes()).isNotEmpty();
    TreeMap<String, Integer> poison = new TreeMap<>(Comparator.comparing(String::length));
    assertThatThrownBy(() -> maps.encode(poison))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("comparator");
    assertThatThrownBy(() -> maps.encode(new IdentityHashMap<>()))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("java.util.IdentityHashMap");

    ResultFormat<Locale> locales = ResultFormat.of(Locale.class, List.of());
    assertThat(locales.encode(Locale.FRANCE).bytes()).isNotEmpty();
    assertThatThrownBy(() -> locales.encode(new Locale("no", "NO", "NY")))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("does not say all of");
  }
}
