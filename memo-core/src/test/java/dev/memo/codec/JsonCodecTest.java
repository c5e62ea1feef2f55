package dev.memo.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.memo.Binding;
import dev.memo.CachedMethod;
import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.UnstoredReason;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.UncacheableResultException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON keeps a value as it is, or refuses it. */
@SuppressWarnings({"JavaUtilDate", "UnnecessaryStringBuilder", "ArrayRecordComponent"}) // refused
class JsonCodecTest {
  private static final EncodedArguments ARGUMENTS = new EncodedArguments(new byte[] {1});
  private static final TypeRef<Map<String, @Nullable Object>> OPEN = new TypeRef<>() {};
  private static final TypeRef<List<JsonNode>> NODES = new TypeRef<>() {};

  private static <T> ResultFormat<T> format(TypeRef<T> type) {
    return ResultFormat.of(type.type(), new JsonCodec<>(type));
  }

  private static <T> T roundTrip(TypeRef<T> type, T value) throws EntryRejectedException {
    EncodedValue encoded = format(type).encode(value);
    return format(type).decode(Entry.parse(Entry.write(1, 2, 3, 4, ARGUMENTS, encoded), 0));
  }

  static Stream<Object> kept() {
    return Stream.of(
        "text \u00e4\ud83d\ude00 \"\\\u0000",
        true,
        0,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE + 1L,
        Long.MIN_VALUE,
        BigInteger.TWO.pow(200),
        0.1,
        -0.0,
        Double.MIN_VALUE,
        1e300,
        List.of(1, List.of(), Map.of("a", "b")),
        Arrays.asList("a", null),
        Collections.singletonMap("nothing", null),
        Map.of("@class", "java.lang.Thread", "", ""));
  }

  @ParameterizedTest
  @MethodSource("kept")
  @DisplayName("P2: what JSON can say comes back equal and of the same type")
  void whatJsonCanSayComesBack(Object value) throws Exception {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("z", value);
    map.put("list", List.of(value, Map.of("deep", value)));
    map.put("a", null);
    Map<String, @Nullable Object> back = roundTrip(OPEN, map);
    assertThat(back).isEqualTo(map);
    assertThat(back.keySet()).containsExactly("z", "list", "a");
  }

  static Stream<Object> refused() {
    return Stream.of(
        new Date(5),
        5L,
        1.5f,
        (short) 1,
        'c',
        BigInteger.ONE,
        new BigDecimal("0.1"),
        Double.NaN,
        Double.NEGATIVE_INFINITY,
        Set.of("a"),
        Map.of(1, "integer key"),
        Map.of(1, "a", "1", "b"),
        new byte[] {1},
        new int[] {1},
        TimeUnit.DAYS,
        new StringBuilder("a"),
        new Point(1, List.of()));
  }

  record Point(int x, List<Object> more) {}

  @ParameterizedTest
  @MethodSource("refused")
  @DisplayName("P2: what JSON would change is refused, with the path to it")
  void whatJsonWouldChangeIsRefused(Object value) {
    Map<String, @Nullable Object> map = Map.of("a", List.of(1, value));
    assertThat(format(OPEN).encode(Map.of("a", 1)).bytes()).isNotEmpty();
    assertThatThrownBy(() -> format(OPEN).encode(map))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("value.a[1]");
  }

  @ParameterizedTest
  @MethodSource("refused")
  @DisplayName("P2, twin: a mapper that nobody checks changes it without a word")
  void mapperThatNobodyChecksChangesIt(Object value) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Object back = mapper.readValue(mapper.writeValueAsBytes(value), Object.class);
    assertThat(back).isNotEqualTo(value);
  }

  @Test
  void declaredTypesTellJsonWhatItCannotSay() throws Exception {
    record Typed(long small, float narrow, Date date, Set<BigDecimal> sums, double[] lines) {}
    Typed value = new Typed(5, 1.5f, new Date(5), Set.of(new BigDecimal("0.10")), new double[] {1});
    Typed back = roundTrip(TypeRef.of(Typed.class), value);
    assertThat(back).usingRecursiveComparison().isEqualTo(value);
    assertThat(roundTrip(new TypeRef<List<Double>>() {}, List.of(Double.NaN, -0.0)))
        .containsExactly(Double.NaN, -0.0);
    Point open = new Point(1, List.of(new Date(5)));
    assertThatThrownBy(() -> format(TypeRef.of(Point.class)).encode(open))
        .hasMessageContaining("value.more[0]: a java.util.Date came back as");
  }

  /** Computes what JSON does not hold. */
  static final class Hidden {
    public int shown = 1;
    @Nullable Object hidden;
    transient int scratch;

    static Hidden holding(Object hidden) {
      Hidden value = new Hidden();
      value.hidden = hidden;
      return value;
    }
  }

  /** Equal to every other with its number, whatever its note. */
  static final class Numbered {
    public int number;
    @JsonIgnore public @Nullable String note;

    static Numbered with(String note) {
      Numbered value = new Numbered();
      value.number = 7;
      value.note = note;
      return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Numbered that && number == that.number;
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  /** A value that JSON holds, and one of which it loses a part. */
  record Case(
      String name,
      TypeRef<?> type,
      Object good,
      Object bad,
      String difference,
      Function<Object, @Nullable Object> lost) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> forgetful() {
    return Stream.of(
        new Case(
            "a field without a getter",
            TypeRef.of(Hidden.class),
            new Hidden(),
            Hidden.holding(42),
            "value.hidden: a java.lang.Integer came back as a null",
            value -> ((Hidden) value).hidden),
        new Case(
            "a field that equals does not look at",
            TypeRef.of(Numbered.class),
            new Numbered(),
            Numbered.with("paid"),
            "value.note: a java.lang.String came back as a null",
            value -> ((Numbered) value).note),
        new Case(
            "an element of a set, known by such an equals",
            new TypeRef<Set<Numbered>>() {},
            Set.of(new Numbered()),
            Set.of(Numbered.with("paid")),
            "value.note: ",
            value -> ((Numbered) ((Set<?>) value).iterator().next()).note),
        new Case(
            "the value of a map, known by such an equals",
            new TypeRef<Map<String, Numbered>>() {},
            Map.of("a", new Numbered()),
            Map.of("a", Numbered.with("paid")),
            "value.a.note: ",
            value -> ((Numbered) Objects.requireNonNull(((Map<?, ?>) value).get("a"))).note),
        new Case(
            "a field of a subclass of a list",
            TypeRef.of(Tags.class),
            new Tags(),
            Tags.by("me"),
            "value.author: ",
            value -> ((Tags) value).author),
        new Case(
            "a subclass of a list that is declared as any list",
            new TypeRef<List<String>>() {},
            new ArrayList<String>(),
            Tags.by("me"),
            "value: a " + Tags.class.getName() + " came back as a java.util.ArrayList; declare",
            value -> value instanceof Tags tags ? tags.author : null),
        new Case(
            "a subclass of a list in a map",
            new TypeRef<Map<String, List<String>>>() {},
            Map.of("a", new ArrayList<String>()),
            Map.of("a", Tags.by("me")),
            "value.a: a " + Tags.class.getName() + " came back as a java.util.ArrayList; declare",
            value -> ((Map<?, ?>) value).get("a") instanceof Tags tags ? tags.author : null),
        new Case(
            "a time of a database that is declared as a date",
            TypeRef.of(Date.class),
            new Date(5),
            new java.sql.Time(5),
            "value: a java.sql.Time came back as a java.util.Date",
            Object::toString),
        new Case(
            "a day of a database that is declared as a date",
            TypeRef.of(Date.class),
            new Date(5),
            new java.sql.Date(5),
            "value: a java.sql.Date came back as a java.util.Date",
            Object::toString));
  }

  static final class Tags extends ArrayList<String> {
    private static final long serialVersionUID = 1L;
    @Nullable String author;

    static Tags by(String author) {
      Tags tags = new Tags();
      tags.author = author;
      return tags;
    }
  }

  private static ResultFormat<Object> format(Case forgetful) {
    return ResultFormat.of(forgetful.type().type(), new JsonCodec<>(forgetful.type()));
  }

  @ParameterizedTest
  @MethodSource("forgetful")
  @DisplayName("P2: what JSON does not hold of an object is refused, whatever its equals says")
  void whatJsonDoesNotHoldIsRefused(Case forgetful) {
    assertThat(format(forgetful).encode(forgetful.good()).bytes()).isNotEmpty();
    assertThatThrownBy(() -> format(forgetful).encode(forgetful.bad()))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining(forgetful.difference());
  }

  @ParameterizedTest
  @MethodSource("forgetful")
  @DisplayName("P2, twin: a mapper that nobody checks loses it, and the JSON of both is the same")
  void mapperThatNobodyChecksLosesIt(Case forgetful) throws Exception {
    JavaType type = new ObjectMapper().constructType(forgetful.type().type());
    byte[] json = new ObjectMapper().writerFor(type).writeValueAsBytes(forgetful.bad());
    Object back = new ObjectMapper().readerFor(type).readValue(json);
    assertThat(new ObjectMapper().writerFor(type).writeValueAsBytes(back)).isEqualTo(json);
    assertThat(forgetful.lost().apply(back)).isNotEqualTo(forgetful.lost().apply(forgetful.bad()));
  }

  @Test
  void transientFieldsAreNoPartOfAValue() throws Exception {
    Hidden value = new Hidden();
    value.scratch = 5;
    assertThat(roundTrip(TypeRef.of(Hidden.class), value).scratch).isZero();
  }

  static final class WithoutEquals {
    public int number;
  }

  @Test
  @DisplayName("P2: what is found by equals or a comparator is refused where these would be lost")
  void setsNeedEqualsAndKeepNoComparator() throws Exception {
    assertThatThrownBy(
            () -> format(new TypeRef<Set<WithoutEquals>>() {}).encode(Set.of(new WithoutEquals())))
        .hasMessageContaining("give its class equals and hashCode")
        .hasMessageContaining("return a List");
    Map<String, @Nullable Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Accept", 1);
    assertThatThrownBy(() -> format(OPEN).encode(headers)).hasMessageContaining("comparator");
    assertThat(roundTrip(OPEN, new TreeMap<>(Map.of("b", 1, "a", 2))))
        .containsExactly(Map.entry("a", 2), Map.entry("b", 1));
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes(@JsonSubTypes.Type(Circle.class))
  interface Shape {}

  record Circle(int radius) implements Shape {}

  @JsonDeserialize(as = Town.class)
  interface Place {}

  static class Town implements Place {
    public int people;
  }

  @Test
  @DisplayName("P2: classes that the result type does not show are refused: they could change")
  void classesThatTheTypeDoesNotShowAreRefused() throws Exception {
    assertThatThrownBy(() -> format(new TypeRef<List<Shape>>() {}).encode(List.of(new Circle(1))))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("value[0]: the result type does not show " + Circle.class.getName());
    assertThatThrownBy(() -> format(TypeRef.of(Place.class)).encode(new Town()))
        .hasMessageContaining("seal its supertype");
    assertThat(roundTrip(TypeRef.of(Town.class), new Town())).isInstanceOf(Town.class);
  }

  @Test
  @DisplayName("P2, twin: an entry of such a class from before it had people would be read")
  void entryOfAClassThatIsNotShownWouldBeRead() throws Exception {
    EncodedValue old = new EncodedValue("{}".getBytes(UTF_8), false, new long[0]);
    Place read =
        format(TypeRef.of(Place.class))
            .decode(
                Entry.parse(Entry.write(1, 2, 3, 4, new EncodedArguments(new byte[1]), old), 0));
    assertThat(((Town) read).people).isZero();
  }

  @Test
  void nodesComeBackAsTheJsonThatTheyAre() throws Exception {
    JsonNodeFactory json = JsonNodeFactory.instance;
    JsonNode node =
        json.objectNode()
            .put("long", 5L)
            .put("int", 5)
            .put("decimal", new BigDecimal("0.50"))
            .putNull("nothing")
            .set("list", json.arrayNode().add("a").add(true));
    assertThat(roundTrip(NODES, List.of(node)).get(0))
        .hasToString(
            "{\"long\":5,\"int\":5,\"decimal\":0.5,\"nothing\":null,\"list\":[\"a\",true]}");
    for (JsonNode changed :
        List.of(
            json.pojoNode(new Date()),
            json.binaryNode(new byte[] {1}),
            json.numberNode(Double.NaN),
            json.numberNode(new BigDecimal("0.1234567890123456789012345")))) {
      assertThatThrownBy(() -> format(NODES).encode(List.of(changed)))
          .as(changed.toString())
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining("value[0]");
    }
  }

  @Test
  @DisplayName("P8: documents may be large, and nest as deep as they can be read again")
  void largeDocumentsComeBackAndDeepOnesAreRefused() throws Exception {
    Map<String, @Nullable Object> large = new HashMap<>();
    IntStream.range(0, 20_000).forEach(i -> large.put("key " + i, List.of(i, "text " + i)));
    assertThat(roundTrip(OPEN, large)).isEqualTo(large);

    assertThat(roundTrip(OPEN, nested(500))).isEqualTo(nested(500));
    assertThatThrownBy(() -> format(OPEN).encode(nested(100_000)))
        .isInstanceOf(UncacheableResultException.class);
    Map<String, @Nullable Object> cycle = new HashMap<>();
    cycle.put("self", cycle);
    assertThatThrownBy(() -> format(OPEN).encode(cycle))
        .isInstanceOf(UncacheableResultException.class);
    byte[] forged = "{\"a\":".repeat(100_000).getBytes(UTF_8);
    Entry entry =
        Entry.parse(
            Entry.write(1, 2, 3, 4, ARGUMENTS, new EncodedValue(forged, false, new long[0])), 0);
    assertThatThrownBy(() -> format(OPEN).decode(entry)).isInstanceOf(EntryRejectedException.class);
  }

  private static Map<String, @Nullable Object> nested(int levels) {
    Map<String, @Nullable Object> map = Map.of();
    for (int i = 0; i < levels; i++) {
      map = Map.of("a", map);
    }
    return map;
  }

  private static final class Reports {
    static final AtomicInteger RUNS = new AtomicInteger();

    static Map<String, @Nullable Object> report(String station) {
      RUNS.incrementAndGet();
      return station.equals("odd")
          ? Map.of("measured", List.of(new Date(5)))
          : Map.of("station", station, "oktas", 5, "wind", List.of(1.5, 2));
    }
  }

  @Test
  @DisplayName("P2, P3: through a wrapper; what is refused is computed, counted and not stored")
  @SuppressWarnings("try") // bindings are for their end only
  void wrapperStoresJson(@TempDir Path folder) {
    CachedFunction<String, Map<String, @Nullable Object>, RuntimeException> report =
        CachedMethod.in("json.memo", Reports.class, "report", String.class)
            .codec(JsonCodec.class)
            .calls(Reports::report);
    Reports.RUNS.set(0);
    for (int run = 0; run < 2; run++) {
      try (Binding bound = Memo.bind("json.memo", folder.resolve("json.memo"))) {
        assertThat(report.call("Oslo")).isEqualTo(Reports.report("Oslo"));
        Reports.RUNS.decrementAndGet(); // the one just made for comparison
        assertThat(report.call("odd")).containsKey("measured");
        assertThat(report.isCached("Oslo")).isTrue();
        assertThat(report.isCached("odd")).isFalse();
        assertThat(report.stats().unstoredByReason()).containsEntry(UnstoredReason.UNCACHEABLE, 1L);
      }
    }
    assertThat(Reports.RUNS).as("once for Oslo, twice for what is not stored").hasValue(3);
  }
}
