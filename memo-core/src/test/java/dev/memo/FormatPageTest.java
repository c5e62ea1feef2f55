package dev.memo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.FunctionIdentity;
import dev.memo.claims.CallKey;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.GoldenArguments;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vectors of FORMAT.md are what memo writes. */
class FormatPageTest {
  record Point(int x, int y) {}

  record Place(@Nullable String name, double latitude, int floor) {}

  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");
  private static final HexFormat HEX = HexFormat.of();

  private static final FunctionIdentity LOCATE =
      new FunctionIdentity("geo.Geocoder#locate(java.lang.String)", "");

  private static final byte[] CAFE = ArgumentsFormat.<Object>ofOne(String.class).encode("café");

  /** The lines of the block after this comment: what, and its bytes. */
  private static Map<String, String> block(String name) throws IOException {
    String page = Files.readString(ROOT.resolve("FORMAT.md"));
    Matcher block =
        Pattern.compile("<!-- " + name + " -->\n```\n(.*?)```\n", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).as("FORMAT.md has a block " + name).isTrue();
    Map<String, String> lines = new LinkedHashMap<>();
    block
        .group(1)
        .lines()
        .forEach(
            line -> {
              int equals = line.lastIndexOf(" = ");
              lines.put(
                  line.substring(0, equals).strip(), line.substring(equals + 3).replace(" ", ""));
            });
    return lines;
  }

  @Test
  void rowsAreFoundByTheseKeys() throws IOException {
    long id = LOCATE.functionId();
    int variant = ResultFormat.of(String.class, List.of()).variant();
    byte[] xs = ArgumentsFormat.<Object>ofOne(String.class).encode("x".repeat(60));

    assertThat(block("rows"))
        .containsExactly(
            Map.entry("identity", HEX.formatHex(LOCATE.registered().getBytes(UTF_8))),
            Map.entry("function id", HEX.toHexDigits(id)),
            Map.entry("arguments", HEX.formatHex(CAFE)),
            Map.entry("variant of String", HEX.toHexDigits(variant)),
            Map.entry("key, generation 0", key(CallKey.of(id, CAFE), 0, variant)),
            Map.entry("key, generation 300", key(CallKey.of(id, CAFE), 300, variant)),
            Map.entry(
                "tombstone, generation 0", HEX.formatHex(CallKey.of(id, CAFE).tombstoneKey(0))),
            Map.entry("key, long argument", key(CallKey.of(id, xs), 0, variant)),
            Map.entry("variant of int", variantOf(int.class)),
            Map.entry(
                "variant of Map<String, long[]>",
                variantOf(new TypeRef<Map<String, long[]>>() {}.type())),
            Map.entry("variant of Point", variantOf(Point.class)));
  }

  @Test
  void countersAreLinesOfText(@TempDir Path folder) throws IOException {
    try (Memo memo = Memo.open(folder)) {
      assertThat(memo.function("f", "1", Integer.class, Integer.class, x -> x + 1).call(1))
          .isEqualTo(2);
    }
    long id = new FunctionIdentity("f", "1").functionId();
    byte[] key = ByteBuffer.allocate(17).put("counters/".getBytes(UTF_8)).putLong(id).array();
    try (RocksStore store = RocksStore.open(folder.resolve("data"), Durability.PROCESS_CRASH)) {
      byte[] row = store.get(Family.META, key);
      assertThat(block("counters"))
          .containsExactly(
              Map.entry("key", HEX.formatHex(key)),
              Map.entry("row", row == null ? "none" : HEX.formatHex(row)));
    }
  }

  private static String key(CallKey key, long generation, int variant) {
    return HEX.formatHex(key.entryKey(generation, variant));
  }

  private static String variantOf(Type type) {
    return HEX.toHexDigits(ResultFormat.of(type, List.of()).variant());
  }

  @Test
  void argumentsAreThoseOfTheGoldenFile() throws IOException {
    assertThat(GoldenArguments.lines())
        .containsAll(
            block("arguments").entrySet().stream()
                .map(vector -> vector.getKey() + " = " + vector.getValue())
                .toList());
  }

  @Test
  void argumentsShowEveryTag() throws IOException {
    assertThat(tags(block("arguments").values()))
        .isEqualTo(
            tags(
                GoldenArguments.lines().stream()
                    .map(line -> line.substring(line.lastIndexOf(" = ") + 3))
                    .toList()));
  }

  private static Set<String> tags(Iterable<String> encoded) {
    Set<String> tags = new TreeSet<>();
    encoded.forEach(hex -> tags.add(hex.substring(0, 2)));
    return tags;
  }

  @Test
  void entryIsTheFieldsInTheirOrder() throws IOException {
    byte[] entry =
        Entry.write(
            11,
            Instant.parse("2023-11-14T22:13:20Z").toEpochMilli(),
            33_000_000,
            0,
            new EncodedArguments(CAFE),
            ResultFormat.<String>of(String.class, List.of()).encode("Paris"));

    assertThat(String.join("", block("entry").values())).isEqualTo(HEX.formatHex(entry));
  }

  @Test
  void scalarsAreTheseBytes() throws IOException {
    assertThat(block("values"))
        .containsExactly(
            Map.entry("boolean true", value(boolean.class, true)),
            Map.entry("byte -1", value(byte.class, (byte) -1)),
            Map.entry("char 20ac", value(char.class, '\u20ac')),
            Map.entry("int 300", value(int.class, 300)),
            Map.entry("long -2", value(long.class, -2L)),
            Map.entry("float 1.5", value(float.class, 1.5f)),
            Map.entry("double 1.5", value(double.class, 1.5)),
            Map.entry("String café", value(String.class, "café")),
            Map.entry("String with lone surrogate", value(String.class, "a\ud800")),
            Map.entry("int[] 1 -2", value(int[].class, new int[] {1, -2})),
            Map.entry("double[] 1.5", value(double[].class, new double[] {1.5})),
            Map.entry("boolean[] true false", value(boolean[].class, new boolean[] {true, false})));
  }

  @Test
  void graphsAreTheseBytes() throws IOException {
    Type integers = new TypeRef<List<Integer>>() {}.type();
    Type counts = new TypeRef<Map<String, Long>>() {}.type();
    Type sorted = new TypeRef<TreeSet<String>>() {}.type();
    Type text = new TypeRef<Optional<String>>() {}.type();
    Place place = new Place("café", 1.5, -2);

    assertThat(block("graphs"))
        .containsExactly(
            Map.entry("List.of(1, -2, 300)", value(integers, List.of(1, -2, 300))),
            Map.entry("ArrayList 1 null", value(integers, withNull(1))),
            Map.entry("HashMap a=-1", value(counts, new HashMap<>(Map.of("a", -1L)))),
            Map.entry("TreeSet b", value(sorted, new TreeSet<>(List.of("b")))),
            Map.entry("Optional a", value(text, Optional.of("a"))),
            Map.entry("LocalDate", value(LocalDate.class, LocalDate.of(2024, 2, 29))),
            Map.entry("enum Thread.State.NEW", value(Thread.State.class, Thread.State.NEW)),
            Map.entry("Place", value(Place.class, place)),
            Map.entry("shapes of Place", shapes(Place.class, place)));
  }

  private static List<@Nullable Integer> withNull(int first) {
    List<@Nullable Integer> list = new ArrayList<>();
    list.add(first);
    list.add(null);
    return list;
  }

  private static String value(Type type, Object value) {
    return HEX.formatHex(encoded(type, value).bytes());
  }

  private static String shapes(Type type, Object value) {
    return Arrays.stream(encoded(type, value).shapes())
        .mapToObj(HEX::toHexDigits)
        .collect(Collectors.joining());
  }

  private static EncodedValue encoded(Type type, Object value) {
    return ResultFormat.<Object>of(type, List.of()).encode(value);
  }
}
