package dev.memo.codec;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.key.InstanceCall;
import dev.memo.codec.key.ReceiverFormat;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
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
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One argument of every type that has a canonical encoding. Run as a program it prints their bytes,
 * one line each, in the form of the golden file. It stays in this package: its name is in them.
 */
public final class GoldenArguments {
  public record Point(int x, @Nullable Object label) {}

  /** Of a secret component only a hash is written. */
  public record Login(String user, @Secret String password) {}

  /** A constant with a body has a class of its own, which does not count. */
  enum Side {
    LEFT {
      @Override
      public String toString() {
        return "other";
      }
    }
  }

  /** An enum with a {@link KeyEncoder}, which counts for constants with a body too. */
  enum Plan {
    FREE("f"),
    PAID("p") {
      @Override
      public String toString() {
        return "other";
      }
    };

    final String code;

    Plan(String code) {
      this.code = code;
    }
  }

  private static final LocalDateTime TIME = LocalDateTime.of(2024, 2, 29, 23, 59, 58, 7);

  private GoldenArguments() {}

  public static void main(String[] args) {
    lines().forEach(line -> System.out.print(line + "\n"));
  }

  @SuppressWarnings("NullAway") // it does not see that the format takes null
  public static List<String> lines() {
    ArgumentsFormat<@Nullable Object> format = ArgumentsFormat.ofOne(Object.class);
    Map<String, byte[]> encoded = new LinkedHashMap<>();
    all().forEach((name, value) -> encoded.put(name, format.encode(value)));
    addCalls(encoded);
    return encoded.entrySet().stream()
        .map(e -> e.getKey() + " = " + HexFormat.of().formatHex(e.getValue()))
        .toList();
  }

  /** The parameters of a method, some of them marked. */
  record Marked(@Secret String key, int count, @KeyIgnored Object client) {}

  /** What identifies a receiver, in an order that is not that of the names. */
  record Model(String version, int size) {
    String name() {
      return "gpt";
    }
  }

  /** What identifies it of itself, and what nobody may read. */
  record Endpoint(@CacheIdentity String url, @CacheIdentity @Secret String key, int retries) {}

  /** A call of a method of {@link Model} with one argument. */
  record Call(Object receiver, String argument) implements InstanceCall<String> {}

  private static void addCalls(Map<String, byte[]> encoded) {
    Call call = new Call(new Model("v", 7), "a");
    ArgumentsFormat<String> text = ArgumentsFormat.ofOne(String.class);
    ReceiverFormat one = ReceiverFormat.identifiedBy("m", Model.class, List.of("version"));
    ReceiverFormat two =
        ReceiverFormat.identifiedBy("m", Model.class, List.of("version", "name()"));
    encoded.put(
        "parameters: a Secret String a, int 1, a KeyIgnored one",
        ArgumentsFormat.<Marked>ofComponents(Marked.class)
            .encode(new Marked("a", 1, new Object())));
    encoded.put(
        "receiver DayOfWeek.MONDAY by content, String a",
        ArgumentsFormat.<String, Call>ofInstanceCalls(ReceiverFormat.content("m"), text)
            .encode(new Call(DayOfWeek.MONDAY, "a")));
    encoded.put(
        "receiver by one member, String v; String a",
        ArgumentsFormat.<String, Call>ofInstanceCalls(one, text).encode(call));
    encoded.put(
        "receiver by two members, version is String v and name() String gpt; String a",
        ArgumentsFormat.<String, Call>ofInstanceCalls(two, text).encode(call));
    encoded.put(
        "receiver of class java.lang.Object, else ignored; String a",
        ArgumentsFormat.<String, Call>ofInstanceCalls(ReceiverFormat.ignored("m").withClass(), text)
            .encode(new Call(new Object(), "a")));
    encoded.put(
        "receiver by content, whose class marks url String u and a Secret key String k; String a",
        ArgumentsFormat.<String, Call>ofInstanceCalls(ReceiverFormat.content("m"), text)
            .encode(new Call(new Endpoint("u", "k", 3), "a")));
    encoded.put(
        "receiver ignored, String a",
        ArgumentsFormat.<String, Call>ofInstanceCalls(ReceiverFormat.ignored("m"), text)
            .encode(call));
  }

  public static Map<String, @Nullable Object> all() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("null", null);
    all.put("boolean true", true);
    all.put("boolean false", false);
    all.put("byte -1", (byte) -1);
    all.put("short 258", (short) 258);
    all.put("char U+20AC", '\u20ac');
    all.put("int -2", -2);
    all.put("long 72623859790382856", 0x0102030405060708L);
    all.put("float 1.5", 1.5f);
    all.put("float NaN", Float.NaN);
    all.put("double -0.0", -0.0);
    all.put("double NaN", Double.NaN);
    all.put("String, empty", "");
    all.put("String U+0061 U+00E4 U+20AC U+1F600", "a\u00e4\u20ac\ud83d\ude00");
    all.put("String U+0061 U+D800, a surrogate without its partner", "a\ud800");
    all.put("String of 200 times x", "x".repeat(200));
    all.put("enum java.time.DayOfWeek.MONDAY", DayOfWeek.MONDAY);
    all.put("Class int[]", int[].class);
    all.put("UUID 01020304-0506-0708-ffff-ffffffffffff", new UUID(0x0102030405060708L, -1));
    all.put("BigInteger -256", BigInteger.valueOf(-256));
    all.put("BigDecimal 1.00", new BigDecimal("1.00"));
    all.put(
        "URI HTTP://u@H.example:1/A%2f?q=%ff#F", URI.create("HTTP://u@H.example:1/A%2f?q=%ff#F"));
    all.put("Path /a/../b", Path.of("/a/../b"));
    all.put("int[] 1 2", new int[] {1, 2});
    all.put("byte[] 1 2", new byte[] {1, 2});
    all.put("boolean[] true", new boolean[] {true});
    all.put("short[] 1", new short[] {1});
    all.put("char[] a", new char[] {'a'});
    all.put("long[] 1", new long[] {1});
    all.put("float[] 1", new float[] {1});
    all.put("double[] 1", new double[] {1});
    all.put("String[] a null", new @Nullable String[] {"a", null});
    all.put("Object[] a", new Object[] {"a"});
    all.put("int[][] {1}", new int[][] {{1}});
    all.put("UUID[] empty", new UUID[0]);
    all.put("List of int 1, String a", List.of(1, "a"));
    all.put("Set of Strings b, a, aa", Set.of("b", "a", "aa"));
    all.put("Map of Strings to ints, b to 1, a to 2", Map.of("b", 1, "a", 2));
    all.put("Optional of String a", Optional.of("a"));
    all.put("Optional, empty", Optional.empty());
    all.put("OptionalInt 1", OptionalInt.of(1));
    all.put("OptionalLong 1", OptionalLong.of(1));
    all.put("OptionalDouble, empty", OptionalDouble.empty());
    all.put(
        "record GoldenArguments.Point(int x, Object label) of 1 and an empty List",
        new Point(1, List.of()));
    all.put(
        "record GoldenArguments.Login(String user, Secret String password) of u and p",
        new Login("u", "p"));
    all.put("Instant 1969-12-31T23:59:59.000000005Z", Instant.ofEpochSecond(-1, 5));
    all.put("LocalDate 2024-02-29", TIME.toLocalDate());
    all.put("LocalDate -999999999-01-01", LocalDate.MIN);
    all.put("LocalTime 00:00:00.000000001", LocalTime.MIDNIGHT.plusNanos(1));
    all.put("LocalDateTime 2024-02-29T23:59:58.000000007", TIME);
    all.put("ZoneOffset -02:00", ZoneOffset.ofHours(-2));
    all.put("ZoneId Asia/Tokyo", ZoneId.of("Asia/Tokyo"));
    all.put("OffsetTime 23:59:58.000000007Z", OffsetTime.of(TIME.toLocalTime(), ZoneOffset.UTC));
    all.put(
        "OffsetDateTime 2024-02-29T23:59:58.000000007+01:00",
        OffsetDateTime.of(TIME, ZoneOffset.ofHours(1)));
    all.put(
        "ZonedDateTime 2024-02-29T23:59:58.000000007+09:00[Asia/Tokyo]",
        ZonedDateTime.of(TIME, ZoneId.of("Asia/Tokyo")));
    all.put(
        "ZonedDateTime 2024-02-29T23:59:58.000000007+01:00",
        ZonedDateTime.of(TIME, ZoneOffset.ofHours(1)));
    all.put("Duration of -1 ms", Duration.ofMillis(-1));
    all.put("Period of 1 year, -2 months, 3 days", Period.of(1, -2, 3));
    all.put("Year -1", Year.of(-1));
    all.put("YearMonth 2024-02", YearMonth.of(2024, 2));
    all.put("MonthDay --02-29", MonthDay.of(2, 29));
    all.put(
        "GoldenArguments.Version, whose KeyEncoder writes int 1, String x", new Version(1, "x"));
    addMore(all);
    return all;
  }

  private static void addMore(Map<String, @Nullable Object> all) {
    all.put("enum GoldenArguments.Side.LEFT, a constant with a body", Side.LEFT);
    all.put("Boolean[] true", new Boolean[] {true});
    all.put("Byte[] 1", new Byte[] {1});
    all.put("Short[] 1", new Short[] {1});
    all.put("Character[] a", new Character[] {'a'});
    all.put("Integer[] 1", new Integer[] {1});
    all.put("Long[] 1", new Long[] {1L});
    all.put("Float[] 1", new Float[] {1f});
    all.put("Double[] 1", new Double[] {1.0});
    all.put("BigInteger[] 1", new BigInteger[] {BigInteger.ONE});
    all.put("BigDecimal[] 1", new BigDecimal[] {BigDecimal.ONE});
    all.put("OptionalInt, empty", OptionalInt.empty());
    all.put("OptionalLong, empty", OptionalLong.empty());
    all.put("OptionalDouble -0.0", OptionalDouble.of(-0.0));
    all.put("List, empty", List.of());
    all.put("Set, empty", Set.of());
    all.put("Map, empty", Map.of());
    all.put("Set of a List of int 1, and an empty List", Set.of(List.of(1), List.of()));
    all.put("URI file:////a, a path that begins with two slashes", URI.create("file:////a"));
    all.put("BigInteger 0", BigInteger.ZERO);
    all.put("BigInteger 128", BigInteger.valueOf(128));
    all.put("BigDecimal 1E+3", new BigDecimal("1E+3"));
    all.put("enum GoldenArguments.Plan.FREE, whose KeyEncoder writes String f", Plan.FREE);
    all.put("enum GoldenArguments.Plan.PAID, the same with a body: String p", Plan.PAID);
  }

  /** A class of one's own, neither record nor enum. */
  static final class Version {
    final int major;
    final String suffix;

    Version(int major, String suffix) {
      this.major = major;
      this.suffix = suffix;
    }
  }

  /** The encoder of {@link Version}, registered as a service. */
  public static final class VersionEncoder implements KeyEncoder<Version> {
    @Override
    public Class<Version> type() {
      return Version.class;
    }

    @Override
    public void encode(Version version, KeyWriter out) {
      out.write(version.major).write(version.suffix);
    }
  }

  /** The encoder of {@link Plan}, registered as a service. */
  public static final class PlanEncoder implements KeyEncoder<Plan> {
    @Override
    public Class<Plan> type() {
      return Plan.class;
    }

    @Override
    public void encode(Plan plan, KeyWriter out) {
      out.write(plan.code);
    }
  }
}
