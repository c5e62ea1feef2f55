package dev.memo.codec;

import dev.memo.codec.key.ArgumentsFormat;
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

  private static final LocalDateTime TIME = LocalDateTime.of(2024, 2, 29, 23, 59, 58, 7);

  private GoldenArguments() {}

  public static void main(String[] args) {
    lines().forEach(line -> System.out.print(line + "\n"));
  }

  @SuppressWarnings("NullAway") // it does not see that the format takes null
  public static List<String> lines() {
    ArgumentsFormat<@Nullable Object> format = ArgumentsFormat.ofOne(Object.class);
    return all().entrySet().stream()
        .map(e -> e.getKey() + " = " + HexFormat.of().formatHex(format.encode(e.getValue())))
        .toList();
  }

  public static Map<String, @Nullable Object> all() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("null", null);
    all.put("true", true);
    all.put("false", false);
    all.put("byte -1", (byte) -1);
    all.put("short 258", (short) 258);
    all.put("char 20ac", '\u20ac');
    all.put("int -2", -2);
    all.put("long 72623859790382856", 0x0102030405060708L);
    all.put("float 1.5", 1.5f);
    all.put("float NaN", Float.NaN);
    all.put("double -0.0", -0.0);
    all.put("double NaN", Double.NaN);
    all.put("empty string", "");
    all.put("string of one to four bytes each", "a\u00e4\u20ac\ud83d\ude00");
    all.put("string with lone surrogate", "a\ud800");
    all.put("string of 200", "x".repeat(200));
    all.put("enum DayOfWeek.MONDAY", DayOfWeek.MONDAY);
    all.put("class int[]", int[].class);
    all.put("uuid", new UUID(0x0102030405060708L, -1));
    all.put("big integer -256", BigInteger.valueOf(-256));
    all.put("big decimal 1.00", new BigDecimal("1.00"));
    all.put("uri", URI.create("HTTP://u@H.example:1/A%2f?q=%ff#F"));
    all.put("path /a/../b", Path.of("/a/../b"));
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
    all.put("list 1 a", List.of(1, "a"));
    all.put("set b a", Set.of("b", "a", "aa"));
    all.put("map b=1 a=2", Map.of("b", 1, "a", 2));
    all.put("optional a", Optional.of("a"));
    all.put("optional empty", Optional.empty());
    all.put("optional int 1", OptionalInt.of(1));
    all.put("optional long 1", OptionalLong.of(1));
    all.put("optional double empty", OptionalDouble.empty());
    all.put("record", new Point(1, List.of()));
    all.put("instant", Instant.ofEpochSecond(-1, 5));
    all.put("local date", TIME.toLocalDate());
    all.put("local date, least", LocalDate.MIN);
    all.put("local time", LocalTime.MIDNIGHT.plusNanos(1));
    all.put("local date time", TIME);
    all.put("zone offset", ZoneOffset.ofHours(-2));
    all.put("zone region", ZoneId.of("Asia/Tokyo"));
    all.put("offset time", OffsetTime.of(TIME.toLocalTime(), ZoneOffset.UTC));
    all.put("offset date time", OffsetDateTime.of(TIME, ZoneOffset.ofHours(1)));
    all.put("zoned date time, region", ZonedDateTime.of(TIME, ZoneId.of("Asia/Tokyo")));
    all.put("zoned date time, offset", ZonedDateTime.of(TIME, ZoneOffset.ofHours(1)));
    all.put("duration", Duration.ofMillis(-1));
    all.put("period", Period.of(1, -2, 3));
    all.put("year", Year.of(-1));
    all.put("year month", YearMonth.of(2024, 2));
    all.put("month day", MonthDay.of(2, 29));
    all.put("described by a KeyEncoder", new Version(1, "x"));
    return all;
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
}
