package dev.memo.codec.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.memo.codec.key.ArgumentTree.ArrayOf;
import dev.memo.codec.key.ArgumentTree.DescribedOf;
import dev.memo.codec.key.ArgumentTree.Leaf;
import dev.memo.codec.key.ArgumentTree.ListOf;
import dev.memo.codec.key.ArgumentTree.MapOf;
import dev.memo.codec.key.ArgumentTree.OptionalOf;
import dev.memo.codec.key.ArgumentTree.RecordOf;
import dev.memo.codec.key.ArgumentTree.SetOf;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.text.Normalizer;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * The bytes of an argument as the Javadoc of {@link KeyTag} has them, written down a second time,
 * slowly and from trees. Can be made to be wrong in single ways.
 */
final class SpecifiedEncoding {

  /** One way of being wrong. */
  enum Fault {
    TEXT_WITHOUT_LENGTH,
    NO_COUNT,
    NO_TAG_OF_LEAVES,
    ONE_TAG_OF_CONTAINERS,
    SET_AS_WRITTEN,
    MAP_AS_WRITTEN,
    MAP_SORTED_APART,
    LIST_SORTED,
    CONTAINER_FLATTENED,
    RECORD_WITHOUT_CLASS,
    RECORD_WITHOUT_NAMES,
    RECORD_WITHOUT_TYPES,
    RECORD_SORTED_BY_VALUE,
    ARRAY_WITHOUT_COMPONENT,
    DESCRIBED_WITHOUT_CLASS,
    DESCRIBED_WITHOUT_END,
    ENUM_WITHOUT_CLASS,
    ENUM_BY_TO_STRING,
    ZEROS_ALIKE,
    NAN_AS_WRITTEN,
    INTEGERS_OF_ANY_WIDTH,
    SCALE_STRIPPED,
    CHAR_AS_TEXT,
    SURROGATES_REPLACED,
    TEXT_COMPOSED,
    NULL_AS_TEXT,
    EMPTY_AS_NULL,
    ONLY_ELEMENT_AS_ITSELF,
    OFFSET_FOR_ZONE,
    MOMENT_ONLY,
    URI_AS_WRITTEN,
    PATH_AS_WRITTEN,
    PATH_NORMALISED
  }

  private static final List<Class<?>> REFERENCE_COMPONENTS =
      List.of(
          Object.class,
          String.class,
          Boolean.class,
          Byte.class,
          Short.class,
          Character.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          BigInteger.class,
          BigDecimal.class);

  private static final List<Class<?>> PRIMITIVE_COMPONENTS =
      List.of(
          boolean.class,
          byte.class,
          short.class,
          char.class,
          int.class,
          long.class,
          float.class,
          double.class);

  private static final ClassValue<RecordComponent[]> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> record) {
          return record.getRecordComponents();
        }
      };

  private final Set<Fault> faults;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  private SpecifiedEncoding(Set<Fault> faults) {
    this.faults = faults;
  }

  static byte[] of(ArgumentTree tree) {
    return of(tree, EnumSet.noneOf(Fault.class));
  }

  static byte[] of(ArgumentTree tree, Set<Fault> faults) {
    SpecifiedEncoding encoding = new SpecifiedEncoding(faults);
    try {
      encoding.value(tree);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return encoding.bytes.toByteArray();
  }

  private boolean is(Fault fault) {
    return faults.contains(fault);
  }

  private void value(ArgumentTree tree) throws IOException {
    List<ArgumentTree> children = tree.children();
    if (is(Fault.ONLY_ELEMENT_AS_ITSELF) && children.size() == 1) {
      value(children.get(0));
    } else if (tree instanceof Leaf leaf) {
      leaf(leaf);
    } else if (tree instanceof ListOf) {
      container(KeyTag.LIST);
      elements(children, is(Fault.LIST_SORTED));
    } else if (tree instanceof SetOf) {
      container(KeyTag.SET);
      elements(children, !is(Fault.SET_AS_WRITTEN));
    } else if (tree instanceof MapOf map) {
      container(KeyTag.MAP);
      pairs(map);
    } else if (tree instanceof ArrayOf array) {
      array(array);
    } else if (tree instanceof RecordOf of) {
      record(of);
    } else if (tree instanceof DescribedOf described) {
      out.write(KeyTag.ENCODED);
      text(is(Fault.DESCRIBED_WITHOUT_CLASS) ? "" : described.type().getName());
      sorted(children, false);
      if (!is(Fault.DESCRIBED_WITHOUT_END)) {
        out.write(KeyTag.END);
      }
    } else if (tree instanceof OptionalOf) {
      if (!children.isEmpty() || !is(Fault.EMPTY_AS_NULL)) {
        out.write(KeyTag.OPTIONAL);
      }
      value(children.isEmpty() ? Leaf.NULL : children.get(0));
    }
  }

  private void container(int tag) throws IOException {
    if (!is(Fault.CONTAINER_FLATTENED)) {
      out.write(is(Fault.ONE_TAG_OF_CONTAINERS) ? KeyTag.LIST : tag);
    }
  }

  private void count(int count) throws IOException {
    if (!is(Fault.NO_COUNT) && !is(Fault.CONTAINER_FLATTENED)) {
      varint(count);
    }
  }

  private void elements(List<ArgumentTree> elements, boolean sorted) throws IOException {
    count(elements.size());
    sorted(elements, sorted);
  }

  private void sorted(List<ArgumentTree> elements, boolean sorted) throws IOException {
    List<byte[]> encoded = new ArrayList<>();
    elements.forEach(element -> encoded.add(of(element, faults)));
    write(encoded, sorted);
  }

  private void write(List<byte[]> encoded, boolean sorted) throws IOException {
    if (sorted) {
      encoded.sort(Arrays::compareUnsigned);
    }
    for (byte[] each : encoded) {
      out.write(each);
    }
  }

  private void pairs(MapOf map) throws IOException {
    count(map.pairs().size());
    if (is(Fault.MAP_SORTED_APART)) {
      sorted(List.copyOf(map.pairs().keySet()), true);
      sorted(List.copyOf(map.pairs().values()), true);
      return;
    }
    List<byte[]> encoded = new ArrayList<>();
    for (Map.Entry<ArgumentTree, ArgumentTree> pair : map.pairs().entrySet()) {
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.write(of(pair.getKey(), faults));
      both.write(of(pair.getValue(), faults));
      encoded.add(both.toByteArray());
    }
    write(encoded, !is(Fault.MAP_AS_WRITTEN));
  }

  private void array(ArrayOf array) throws IOException {
    out.write(KeyTag.ARRAY);
    Class<?> component = array.component();
    if (is(Fault.ARRAY_WITHOUT_COMPONENT)) {
      out.write(1);
    } else if (component.isPrimitive()) {
      out.write(0x20 + PRIMITIVE_COMPONENTS.indexOf(component));
    } else if (REFERENCE_COMPONENTS.contains(component)) {
      out.write(0x01 + REFERENCE_COMPONENTS.indexOf(component));
    } else {
      out.write(0);
      text(component.getName());
    }
    count(array.children().size());
    for (ArgumentTree element : array.children()) {
      if (component == boolean.class) {
        out.writeBoolean(element.equals(Leaf.of(KeyTag.TRUE, true)));
      } else if (component.isPrimitive()) {
        content((Leaf) element);
      } else {
        value(element);
      }
    }
  }

  private void record(RecordOf of) throws IOException {
    out.write(KeyTag.RECORD);
    text(is(Fault.RECORD_WITHOUT_CLASS) ? "" : of.type().getName());
    varint(of.children().size());
    for (RecordComponent component : COMPONENTS.get(of.type())) {
      text(is(Fault.RECORD_WITHOUT_NAMES) ? "" : component.getName());
      text(is(Fault.RECORD_WITHOUT_TYPES) ? "" : component.getType().getName());
    }
    sorted(of.children(), is(Fault.RECORD_SORTED_BY_VALUE));
  }

  private void leaf(Leaf leaf) throws IOException {
    if (leaf.tag() == KeyTag.NULL && is(Fault.NULL_AS_TEXT)) {
      leaf(Leaf.text("null"));
    } else if (leaf.tag() == KeyTag.CHAR && is(Fault.CHAR_AS_TEXT)) {
      leaf(Leaf.text(String.valueOf(leaf.value())));
    } else if (isInteger(leaf) && is(Fault.INTEGERS_OF_ANY_WIDTH)) {
      out.write(KeyTag.LONG);
      out.writeLong(((Number) leaf.identity()).longValue());
    } else if (leaf.value() instanceof OffsetDateTime time && is(Fault.MOMENT_ONLY)) {
      leaf(Leaf.of(KeyTag.INSTANT, time.toInstant()));
    } else {
      if (!is(Fault.NO_TAG_OF_LEAVES)) {
        out.write(leaf.tag());
      }
      content(leaf);
    }
  }

  private static boolean isInteger(Leaf leaf) {
    return leaf.tag() == KeyTag.BYTE
        || leaf.tag() == KeyTag.SHORT
        || leaf.tag() == KeyTag.INT
        || leaf.tag() == KeyTag.LONG;
  }

  private void content(Leaf leaf) throws IOException {
    Object value = leaf.identity();
    switch (leaf.tag()) {
      case KeyTag.NULL -> {}
      case KeyTag.FALSE, KeyTag.TRUE -> {} // the tag says it
      case KeyTag.BYTE -> out.writeByte((Byte) value);
      case KeyTag.SHORT -> out.writeShort((Short) value);
      case KeyTag.CHAR -> out.writeChar((Character) value);
      case KeyTag.INT -> out.writeInt((Integer) value);
      case KeyTag.LONG -> out.writeLong((Long) value);
      case KeyTag.FLOAT -> number32((Float) value);
      case KeyTag.DOUBLE -> number64((Double) value);
      case KeyTag.STRING -> text((String) value);
      case KeyTag.ENUM -> constant((Enum<?>) value);
      case KeyTag.CLASS -> text(((Class<?>) value).getName());
      case KeyTag.UUID -> {
        out.writeLong(((UUID) value).getMostSignificantBits());
        out.writeLong(((UUID) value).getLeastSignificantBits());
      }
      case KeyTag.BIG_INTEGER -> integer((BigInteger) value);
      case KeyTag.BIG_DECIMAL -> {
        BigDecimal number = (BigDecimal) value;
        number = is(Fault.SCALE_STRIPPED) ? number.stripTrailingZeros() : number;
        out.writeInt(number.scale());
        integer(number.unscaledValue());
      }
      case KeyTag.URI ->
          text(is(Fault.URI_AS_WRITTEN) ? String.valueOf(leaf.value()) : (String) value);
      case KeyTag.PATH -> path(leaf);
      case KeyTag.OPTIONAL_INT -> {
        OptionalInt number = (OptionalInt) value;
        leaf(number.isPresent() ? Leaf.of(KeyTag.INT, number.getAsInt()) : Leaf.NULL);
      }
      case KeyTag.OPTIONAL_LONG -> {
        OptionalLong number = (OptionalLong) value;
        leaf(number.isPresent() ? Leaf.of(KeyTag.LONG, number.getAsLong()) : Leaf.NULL);
      }
      case KeyTag.OPTIONAL_DOUBLE -> {
        OptionalDouble number = (OptionalDouble) value;
        leaf(number.isPresent() ? Leaf.of(KeyTag.DOUBLE, number.getAsDouble()) : Leaf.NULL);
      }
      default -> time(leaf.tag(), value);
    }
  }

  private void number32(float number) throws IOException {
    out.writeInt(
        is(Fault.NAN_AS_WRITTEN)
            ? Float.floatToRawIntBits(number)
            : Float.isNaN(number)
                ? 0x7fc00000
                : Float.floatToRawIntBits(number + (is(Fault.ZEROS_ALIKE) ? 0f : -0f)));
  }

  private void number64(double number) throws IOException {
    out.writeLong(
        is(Fault.NAN_AS_WRITTEN)
            ? Double.doubleToRawLongBits(number)
            : Double.isNaN(number)
                ? 0x7ff8000000000000L
                : Double.doubleToRawLongBits(number + (is(Fault.ZEROS_ALIKE) ? 0.0 : -0.0)));
  }

  private void constant(Enum<?> constant) throws IOException {
    text(is(Fault.ENUM_WITHOUT_CLASS) ? "" : constant.getDeclaringClass().getName());
    text(is(Fault.ENUM_BY_TO_STRING) ? constant.toString() : constant.name());
  }

  private void integer(BigInteger number) throws IOException {
    varint(number.bitLength() / 8 + 1);
    out.write(number.toByteArray());
  }

  private void path(Leaf leaf) throws IOException {
    String text =
        is(Fault.PATH_AS_WRITTEN) ? String.valueOf(leaf.value()) : (String) leaf.identity();
    text(is(Fault.PATH_NORMALISED) ? Path.of(text).normalize().toString() : text);
  }

  private void time(int tag, Object value) throws IOException {
    switch (tag) {
      case KeyTag.INSTANT -> {
        Instant instant = (Instant) value;
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
      }
      case KeyTag.LOCAL_DATE -> date((LocalDate) value);
      case KeyTag.LOCAL_TIME -> out.writeLong(((LocalTime) value).toNanoOfDay());
      case KeyTag.LOCAL_DATE_TIME -> dateTime((LocalDateTime) value);
      case KeyTag.ZONE_OFFSET -> out.writeInt(((ZoneOffset) value).getTotalSeconds());
      case KeyTag.ZONE_REGION -> text(((ZoneId) value).getId());
      case KeyTag.OFFSET_TIME -> {
        out.writeLong(((OffsetTime) value).toLocalTime().toNanoOfDay());
        out.writeInt(((OffsetTime) value).getOffset().getTotalSeconds());
      }
      case KeyTag.OFFSET_DATE_TIME -> {
        dateTime(((OffsetDateTime) value).toLocalDateTime());
        out.writeInt(((OffsetDateTime) value).getOffset().getTotalSeconds());
      }
      case KeyTag.ZONED_DATE_TIME -> {
        ZonedDateTime time = (ZonedDateTime) value;
        dateTime(time.toLocalDateTime());
        out.writeInt(time.getOffset().getTotalSeconds());
        ZoneId zone = is(Fault.OFFSET_FOR_ZONE) ? time.getOffset() : time.getZone();
        leaf(Leaf.of(zone instanceof ZoneOffset ? KeyTag.ZONE_OFFSET : KeyTag.ZONE_REGION, zone));
      }
      case KeyTag.DURATION -> {
        Duration duration = (Duration) value;
        out.writeLong(duration.getSeconds());
        out.writeInt(duration.getNano());
      }
      case KeyTag.PERIOD -> {
        Period period = (Period) value;
        out.writeInt(period.getYears());
        out.writeInt(period.getMonths());
        out.writeInt(period.getDays());
      }
      case KeyTag.YEAR -> out.writeInt(((Year) value).getValue());
      case KeyTag.YEAR_MONTH -> {
        out.writeInt(((YearMonth) value).getYear());
        out.writeByte(((YearMonth) value).getMonthValue());
      }
      case KeyTag.MONTH_DAY -> {
        out.writeByte(((MonthDay) value).getMonthValue());
        out.writeByte(((MonthDay) value).getDayOfMonth());
      }
      default -> throw new AssertionError("no tag of a leaf: " + tag);
    }
  }

  private void date(LocalDate date) throws IOException {
    out.writeInt(date.getYear());
    out.writeByte(date.getMonthValue());
    out.writeByte(date.getDayOfMonth());
  }

  private void dateTime(LocalDateTime time) throws IOException {
    date(time.toLocalDate());
    out.writeLong(time.toLocalTime().toNanoOfDay());
  }

  private void text(String text) throws IOException {
    String written =
        is(Fault.TEXT_COMPOSED) ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
    byte[] utf8 = is(Fault.SURROGATES_REPLACED) ? written.getBytes(UTF_8) : utf8(written);
    if (!is(Fault.TEXT_WITHOUT_LENGTH)) {
      varint(utf8.length);
    }
    out.write(utf8);
  }

  private static byte[] utf8(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    text.codePoints().forEach(point -> putUtf8(bytes, point));
    return bytes.toByteArray();
  }

  private static void putUtf8(ByteArrayOutputStream bytes, int point) {
    int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    int mark = more == 0 ? 0 : 0xF00 >> (more + 1) & 0xFF; // as many ones as bytes
    bytes.write(mark | point >> (6 * more));
    for (int i = more - 1; i >= 0; i--) {
      bytes.write(0x80 | (point >> (6 * i) & 0x3F));
    }
  }

  private void varint(int value) throws IOException {
    int rest = value;
    for (; rest > 0x7F; rest >>= 7) {
      out.write(0x80 | (rest & 0x7F));
    }
    out.write(rest);
  }
}
