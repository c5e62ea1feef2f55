package dev.memo.codec.key;

import dev.memo.codec.key.ArgumentTree.ArrayOf;
import dev.memo.codec.key.ArgumentTree.DescribedOf;
import dev.memo.codec.key.ArgumentTree.Leaf;
import dev.memo.codec.key.ArgumentTree.ListOf;
import dev.memo.codec.key.ArgumentTree.MapOf;
import dev.memo.codec.key.ArgumentTree.OptionalOf;
import dev.memo.codec.key.ArgumentTree.RecordOf;
import dev.memo.codec.key.ArgumentTree.SetOf;
import dev.memo.codec.key.SampleTypes.Colour;
import dev.memo.codec.key.SampleTypes.Measure;
import dev.memo.codec.key.SampleTypes.Nothing;
import dev.memo.codec.key.SampleTypes.Pair;
import dev.memo.codec.key.SampleTypes.Sample;
import dev.memo.codec.key.SampleTypes.Signal;
import dev.memo.codec.key.SampleTypes.Span;
import dev.memo.codec.key.SampleTypes.Three;
import dev.memo.codec.key.SampleTypes.Twin;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes random arguments of every type that has an encoding, mostly small and from few values, so
 * that they are alike in parts. Not thread-safe.
 */
final class ArgumentTrees {
  private static final int MAX_DEPTH = 3;

  /** Every tag of an argument without parts. */
  static final List<Integer> LEAF_TAGS = leafTags();

  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "b",
          "ab",
          "bc",
          "abc",
          "null",
          "1",
          "0",
          "?",
          "RED",
          "\u00e9",
          "e\u0301",
          "\u0130",
          "i",
          "I",
          "\ud800",
          "\udc00",
          "\ud83d\ude00",
          "\ufffd",
          "a\u0000",
          "a\nb",
          "\na",
          "b\n",
          "x".repeat(130));

  private static final List<Class<?>> COMPONENTS =
      List.of(
          Object.class,
          Object.class,
          String.class,
          Integer.class,
          Long.class,
          Number.class,
          boolean.class,
          byte.class,
          short.class,
          char.class,
          int.class,
          long.class,
          float.class,
          double.class,
          Boolean.class,
          Byte.class,
          Short.class,
          Character.class,
          Float.class,
          Double.class,
          BigInteger.class,
          BigDecimal.class,
          UUID.class,
          int[].class);

  private static final List<Class<?>> RECORDS =
      List.of(
          Nothing.class,
          Pair.class,
          Pair.class,
          Twin.class,
          Three.class,
          Span.class,
          Sample.class,
          Measure.class,
          SampleTypes.MEASURE_RENAMED,
          SampleTypes.MEASURE_RETYPED);

  private final Random random;

  ArgumentTrees(Random random) {
    this.random = random;
  }

  private static List<Integer> leafTags() {
    List<Integer> tags = new ArrayList<>();
    for (int tag = KeyTag.NULL; tag <= KeyTag.PATH; tag++) {
      tags.add(tag);
    }
    tags.addAll(List.of(KeyTag.OPTIONAL_INT, KeyTag.OPTIONAL_LONG, KeyTag.OPTIONAL_DOUBLE));
    for (int tag = KeyTag.INSTANT; tag <= KeyTag.MONTH_DAY; tag++) {
      tags.add(tag);
    }
    return List.copyOf(tags);
  }

  /** Three arguments, as the components of a {@link Three}. */
  RecordOf three() {
    return new RecordOf(Three.class, List.of(any(), any(), any()));
  }

  ArgumentTree any() {
    return any(MAX_DEPTH);
  }

  private ArgumentTree any(int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return random.nextBoolean() ? common() : leaf(oneOf(LEAF_TAGS));
    }
    return switch (random.nextInt(8)) {
      case 0, 1 -> new ListOf(parts(depth, random.nextInt(4)));
      case 2 -> SetOf.of(parts(depth, random.nextInt(4)));
      case 3 -> MapOf.of(parts(depth, 2 * random.nextInt(4)));
      case 4 -> array(depth);
      case 5 -> record(depth);
      case 6 ->
          random.nextInt(4) == 0
              ? new OptionalOf(List.of())
              : new OptionalOf(List.of(untilFits(() -> any(depth - 1), Leaf.NULL)));
      default ->
          new DescribedOf(
              random.nextBoolean() ? Parcel.class : Parcel.Packet.class,
              parts(depth, random.nextInt(3)));
    };
  }

  private static ArgumentTree untilFits(Supplier<ArgumentTree> draw, ArgumentTree unfit) {
    ArgumentTree drawn = draw.get();
    while (drawn == unfit) {
      drawn = draw.get();
    }
    return drawn;
  }

  private List<ArgumentTree> parts(int depth, int count) {
    List<ArgumentTree> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(i > 0 && random.nextInt(8) == 0 ? parts.get(i - 1) : any(depth - 1));
    }
    return parts;
  }

  private ArgumentTree array(int depth) {
    Class<?> component = oneOf(COMPONENTS);
    List<ArgumentTree> elements = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(fitting(component, depth));
    }
    return new ArrayOf(component, elements);
  }

  private ArgumentTree record(int depth) {
    Class<?> type = oneOf(RECORDS);
    return new RecordOf(
        type, RecordOf.types(type).stream().map(component -> fitting(component, depth)).toList());
  }

  /** A value that a component of this type can hold. */
  ArgumentTree fitting(Class<?> type, int depth) {
    if (type == Object.class) {
      return any(depth - 1);
    } else if (type == int[].class) {
      return new ArrayOf(int.class, List.of(leaf(KeyTag.INT)));
    } else if (!type.isPrimitive() && random.nextInt(5) == 0) {
      return Leaf.NULL;
    }
    while (true) {
      ArgumentTree leaf = leaf(oneOf(LEAF_TAGS));
      if (leaf != Leaf.NULL && ArgumentTree.fits(type, leaf)) {
        return leaf;
      }
    }
  }

  /** One of the few that most arguments consist of. */
  private ArgumentTree common() {
    return random.nextInt(3) == 0 ? leaf(KeyTag.STRING) : leaf(KeyTag.INT);
  }

  <T> T oneOf(List<? extends T> all) {
    return all.get(random.nextInt(all.size()));
  }

  @SafeVarargs
  private <T> T one(T... all) {
    return all[random.nextInt(all.length)];
  }

  private int number() {
    return one(0, 0, 1, 1, -1, 2, 127, 128, 255, 256, random.nextInt());
  }

  /** A leaf that has this tag, or that of the other boolean. */
  Leaf leaf(int tag) {
    return switch (tag) {
      case KeyTag.NULL -> Leaf.NULL;
      case KeyTag.FALSE -> Leaf.of(KeyTag.FALSE, false);
      case KeyTag.TRUE -> Leaf.of(KeyTag.TRUE, true);
      case KeyTag.BYTE -> Leaf.of(tag, (byte) number());
      case KeyTag.SHORT -> Leaf.of(tag, (short) number());
      case KeyTag.CHAR -> Leaf.of(tag, one('a', '1', '\0', '\ud800', '\uffff'));
      case KeyTag.INT -> Leaf.of(tag, number());
      case KeyTag.LONG -> Leaf.of(tag, one((long) number(), random.nextLong()));
      case KeyTag.FLOAT ->
          Leaf.of(
              tag,
              one(0f, -0f, 1f, (float) number(), Float.intBitsToFloat(random.nextInt()), nan32()));
      case KeyTag.DOUBLE ->
          Leaf.of(
              tag,
              one(
                  0.0,
                  -0.0,
                  1.0,
                  (double) number(),
                  Double.longBitsToDouble(random.nextLong()),
                  nan64()));
      case KeyTag.STRING -> Leaf.text(oneOf(TEXTS));
      case KeyTag.ENUM ->
          Leaf.of(
              tag,
              one(
                  Colour.RED,
                  Colour.GREEN,
                  Signal.RED,
                  Signal.GREEN,
                  TimeUnit.SECONDS,
                  ChronoUnit.SECONDS));
      case KeyTag.CLASS ->
          Leaf.of(tag, one(int.class, Integer.class, int[].class, Object.class, Colour.class));
      case KeyTag.UUID -> Leaf.of(tag, new UUID(number(), number()));
      case KeyTag.BIG_INTEGER ->
          Leaf.of(tag, BigInteger.valueOf(number()).shiftLeft(one(0, 0, 8, 64)));
      case KeyTag.BIG_DECIMAL ->
          Leaf.of(tag, new BigDecimal(BigInteger.valueOf(number()), one(0, 1, -1, 8)));
      case KeyTag.URI ->
          uri(
              one("http", "file", "x") + "://",
              one("", "u@"),
              one("host", "h.example"),
              one("", ":80"),
              one("", "/", "/a", "/a%2Fb", "/A", "/%C3%A9"),
              one("", "?", "?q=%0A"),
              one("", "#", "#F"));
      case KeyTag.PATH -> path(one("a", "./a", "b/../a", "a/b", "ab", "/a", "/a/b", "/b/../a"));
      case KeyTag.OPTIONAL_INT -> Leaf.of(tag, one(OptionalInt.empty(), OptionalInt.of(number())));
      case KeyTag.OPTIONAL_LONG ->
          Leaf.of(tag, one(OptionalLong.empty(), OptionalLong.of(number())));
      case KeyTag.OPTIONAL_DOUBLE ->
          Leaf.of(
              tag,
              one(OptionalDouble.empty(), OptionalDouble.of(number()), OptionalDouble.of(-0.0)));
      default -> Leaf.of(tag, time(tag));
    };
  }

  private Object time(int tag) {
    LocalDate date =
        one(
            LocalDate.EPOCH,
            LocalDate.of(one(2024, -1, 12024), 1 + random.nextInt(12), 1 + random.nextInt(28)));
    LocalTime time =
        one(
            LocalTime.MIDNIGHT,
            LocalTime.of(random.nextInt(24), 0),
            LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000_000L)));
    LocalDateTime both = date.atTime(time);
    ZoneOffset offset =
        one(
            ZoneOffset.UTC,
            ZoneOffset.ofHours(1),
            ZoneOffset.ofHours(9),
            ZoneOffset.ofTotalSeconds(-1));
    ZoneId region = ZoneId.of(one("UTC", "GMT", "UTC+01:00", "Asia/Tokyo", "Europe/Paris"));
    return switch (tag) {
      case KeyTag.INSTANT -> Instant.ofEpochSecond(number(), random.nextInt(3));
      case KeyTag.LOCAL_DATE -> date;
      case KeyTag.LOCAL_TIME -> time;
      case KeyTag.LOCAL_DATE_TIME -> both;
      case KeyTag.ZONE_OFFSET -> offset;
      case KeyTag.ZONE_REGION -> region;
      case KeyTag.OFFSET_TIME -> time.atOffset(offset);
      case KeyTag.OFFSET_DATE_TIME -> both.atOffset(offset);
      case KeyTag.ZONED_DATE_TIME -> both.atZone(one(offset, region));
      case KeyTag.DURATION -> Duration.ofSeconds(number(), random.nextInt(3));
      case KeyTag.PERIOD -> Period.of(one(0, number()), one(0, number()), one(0, number()));
      case KeyTag.YEAR -> Year.of(one(1, 2024, -1, 0));
      case KeyTag.YEAR_MONTH -> YearMonth.from(date);
      case KeyTag.MONTH_DAY -> MonthDay.from(date);
      default -> throw new AssertionError("no tag of a leaf: " + tag);
    };
  }

  private float nan32() {
    return Float.intBitsToFloat(0x7fc00000 | random.nextInt(0x400000));
  }

  private double nan64() {
    return Double.longBitsToDouble(0x7ff8000000000000L | random.nextLong(0x8000000000000L));
  }

  private Leaf uri(String... canonicalParts) {
    String canonical = String.join("", canonicalParts);
    return new Leaf(KeyTag.URI, canonical, URI.create(spelledAnew(canonical)));
  }

  /** Scheme and host, and the digits of escapes, in letters of either case. */
  private String spelledAnew(String uri) {
    StringBuilder out = new StringBuilder(uri);
    int host = uri.indexOf('@') < 0 ? uri.indexOf("//") + 2 : uri.indexOf('@') + 1;
    int path = host;
    while (path < uri.length() && "/?#".indexOf(uri.charAt(path)) < 0) {
      path++;
    }
    for (int i = 0; i < uri.length(); i++) {
      boolean free =
          i < uri.indexOf(':')
              || (i >= host && i < path)
              || (i > 0 && uri.charAt(i - 1) == '%')
              || (i > 1 && uri.charAt(i - 2) == '%');
      if (free && random.nextBoolean()) {
        String letter = uri.substring(i, i + 1);
        String upper = letter.toUpperCase(Locale.ROOT);
        out.replace(i, i + 1, letter.equals(upper) ? letter.toLowerCase(Locale.ROOT) : upper);
      }
    }
    return out.toString();
  }

  private static Leaf path(String written) {
    String absolute =
        written.startsWith("/") ? written : System.getProperty("user.dir") + "/" + written;
    return new Leaf(KeyTag.PATH, absolute, Path.of(written));
  }

  /** The same argument, written otherwise. */
  ArgumentTree respelled(ArgumentTree tree) {
    if (tree instanceof Leaf leaf) {
      return respelledLeaf(leaf);
    }
    List<ArgumentTree> children = new ArrayList<>();
    tree.children().forEach(child -> children.add(respelled(child)));
    if (tree instanceof SetOf) {
      Collections.shuffle(children, random);
    } else if (tree instanceof MapOf) {
      int pairs = children.size() / 2;
      for (int i = pairs; i > 1; i--) {
        int j = random.nextInt(i);
        Collections.swap(children, 2 * (i - 1), 2 * j);
        Collections.swap(children, 2 * (i - 1) + 1, 2 * j + 1);
      }
    }
    return Objects.requireNonNull(tree.with(children));
  }

  private Leaf respelledLeaf(Leaf leaf) {
    if (leaf.tag() == KeyTag.URI) {
      return uri((String) leaf.identity());
    } else if (leaf.tag() == KeyTag.PATH) {
      Path path = Path.of((String) leaf.identity());
      Path folder = Path.of("").toAbsolutePath();
      boolean relative = path.startsWith(folder) && random.nextBoolean();
      return new Leaf(
          KeyTag.PATH,
          leaf.identity(),
          relative ? path.subpath(folder.getNameCount(), path.getNameCount()) : path);
    } else if (leaf.value() instanceof Double number && Double.isNaN(number)) {
      return Leaf.of(KeyTag.DOUBLE, nan64());
    } else if (leaf.value() instanceof Float number && Float.isNaN(number)) {
      return Leaf.of(KeyTag.FLOAT, nan32());
    }
    return leaf;
  }
}
