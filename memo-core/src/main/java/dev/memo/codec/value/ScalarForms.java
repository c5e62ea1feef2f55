package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.type.Refusal;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
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
import java.util.BitSet;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The classes of the JDK that hold one thing, and how they are written. */
@SuppressWarnings("JavaUtilDate") // what users return is not for us to choose
final class ScalarForms {
  private ScalarForms() {}

  /** Takes the lines of the table. */
  interface Table {
    JdkForm add(int id, Class<?> type, Serializer<?> serializer);
  }

  static void addTo(Table table) {
    add(table, 0, Boolean.class, Output::writeBoolean, Input::readBoolean);
    add(table, 1, Byte.class, (out, v) -> out.writeByte(v.byteValue()), Input::readByte);
    add(table, 2, Short.class, (out, v) -> out.writeShort(v), Input::readShort);
    add(table, 3, Character.class, Output::writeChar, Input::readChar);
    add(table, 4, Integer.class, (out, v) -> out.writeVarInt(v, false), in -> in.readVarInt(false));
    add(table, 5, Long.class, (out, v) -> out.writeVarLong(v, false), in -> in.readVarLong(false));
    add(
        table,
        6,
        Float.class,
        (out, v) -> out.writeInt(Float.floatToRawIntBits(v)),
        in -> Float.intBitsToFloat(in.readInt()));
    add(
        table,
        7,
        Double.class,
        (out, v) -> out.writeLong(Double.doubleToRawLongBits(v)),
        in -> Double.longBitsToDouble(in.readLong()));
    add(table, 8, String.class, ValueText::write, ValueText::read);
    add(table, 9, BigInteger.class, ScalarForms::writeBig, ScalarForms::readBig);
    add(
        table,
        10,
        BigDecimal.class,
        (out, v) -> {
          out.writeVarInt(v.scale(), false);
          writeBig(out, v.unscaledValue());
        },
        in -> {
          int scale = in.readVarInt(false);
          return new BigDecimal(readBig(in), scale);
        });
    add(
        table,
        11,
        UUID.class,
        (out, v) -> {
          out.writeLong(v.getMostSignificantBits());
          out.writeLong(v.getLeastSignificantBits());
        },
        in -> new UUID(in.readLong(), in.readLong()));
    addText(table, 12, URI.class, URI::toString, URI::create);
    add(
        table,
        13,
        Instant.class,
        (out, v) -> {
          out.writeVarLong(v.getEpochSecond(), false);
          out.writeVarInt(v.getNano(), true);
        },
        in -> {
          long seconds = in.readVarLong(false);
          return Instant.ofEpochSecond(seconds, nano(in));
        });
    add(table, 14, LocalDate.class, ScalarForms::writeDate, ScalarForms::readDate);
    add(
        table,
        15,
        LocalTime.class,
        (out, v) -> out.writeVarLong(v.toNanoOfDay(), true),
        ScalarForms::readTime);
    add(table, 16, LocalDateTime.class, ScalarForms::writeDateTime, ScalarForms::readDateTime);
    add(table, 17, ZoneOffset.class, ScalarForms::writeOffset, ScalarForms::readOffset);
    addText(table, 18, ZoneId.class, ZoneId::getId, ZoneId::of);
    add(
        table,
        19,
        OffsetTime.class,
        (out, v) -> {
          out.writeVarLong(v.toLocalTime().toNanoOfDay(), true);
          writeOffset(out, v.getOffset());
        },
        in -> OffsetTime.of(readTime(in), readOffset(in)));
    add(
        table,
        20,
        OffsetDateTime.class,
        (out, v) -> {
          writeDateTime(out, v.toLocalDateTime());
          writeOffset(out, v.getOffset());
        },
        in -> OffsetDateTime.of(readDateTime(in), readOffset(in)));
    add(
        table,
        21,
        ZonedDateTime.class,
        (out, v) -> {
          writeDateTime(out, v.toLocalDateTime());
          writeOffset(out, v.getOffset());
          ValueText.write(out, v.getZone().getId());
        },
        in -> {
          LocalDateTime time = readDateTime(in);
          ZoneOffset offset = readOffset(in);
          // rules of zones change; the instant stays as it was
          return ZonedDateTime.ofInstant(time, offset, ZoneId.of(ValueText.read(in)));
        });
    add(
        table,
        22,
        Duration.class,
        (out, v) -> {
          out.writeVarLong(v.getSeconds(), false);
          out.writeVarInt(v.getNano(), true);
        },
        in -> {
          long seconds = in.readVarLong(false);
          return Duration.ofSeconds(seconds, nano(in));
        });
    add(
        table,
        23,
        Period.class,
        (out, v) -> {
          out.writeVarInt(v.getYears(), false);
          out.writeVarInt(v.getMonths(), false);
          out.writeVarInt(v.getDays(), false);
        },
        in -> Period.of(in.readVarInt(false), in.readVarInt(false), in.readVarInt(false)));
    add(
        table,
        24,
        Year.class,
        (out, v) -> out.writeVarInt(v.getValue(), false),
        in -> Year.of(in.readVarInt(false)));
    add(
        table,
        25,
        YearMonth.class,
        (out, v) -> {
          out.writeVarInt(v.getYear(), false);
          out.writeByte(v.getMonthValue());
        },
        in -> YearMonth.of(in.readVarInt(false), in.readByte()));
    add(
        table,
        26,
        MonthDay.class,
        (out, v) -> {
          out.writeByte(v.getMonthValue());
          out.writeByte(v.getDayOfMonth());
        },
        in -> MonthDay.of(in.readByte(), in.readByte()));
    addHolder(table, 27, Optional.class, v -> ((Optional<?>) v).orElse(null), Optional::ofNullable);
    add(
        table,
        28,
        OptionalInt.class,
        (out, v) -> {
          out.writeBoolean(v.isPresent());
          out.writeVarInt(v.orElse(0), false);
        },
        in -> {
          boolean present = in.readBoolean();
          int value = in.readVarInt(false);
          return present ? OptionalInt.of(value) : OptionalInt.empty();
        });
    add(
        table,
        29,
        OptionalLong.class,
        (out, v) -> {
          out.writeBoolean(v.isPresent());
          out.writeVarLong(v.orElse(0), false);
        },
        in -> {
          boolean present = in.readBoolean();
          long value = in.readVarLong(false);
          return present ? OptionalLong.of(value) : OptionalLong.empty();
        });
    add(
        table,
        30,
        OptionalDouble.class,
        (out, v) -> {
          out.writeBoolean(v.isPresent());
          out.writeLong(Double.doubleToRawLongBits(v.orElse(0)));
        },
        in -> {
          boolean present = in.readBoolean();
          double value = Double.longBitsToDouble(in.readLong());
          return present ? OptionalDouble.of(value) : OptionalDouble.empty();
        });
    addText(table, 31, Locale.class, Locale::toLanguageTag, Locale::forLanguageTag);
    addText(table, 32, Currency.class, Currency::getCurrencyCode, Currency::getInstance);
    add(
        table,
        33,
        Date.class,
        (out, v) -> out.writeLong(v.getTime()),
        in -> new Date(in.readLong()));
    addText(table, 34, File.class, File::getPath, File::new);
    add(
        table,
        35,
        Pattern.class,
        (out, v) -> {
          out.writeVarInt(withoutCanonicalEquivalence(v.flags()), true);
          ValueText.write(out, v.pattern());
        },
        in -> {
          int flags = withoutCanonicalEquivalence(in.readVarInt(true));
          return Pattern.compile(ValueText.read(in), flags);
        });
    add(
        table,
        36,
        BitSet.class,
        (out, v) -> {
          // the length is 2^31 at most
          Lengths.requireRoom(out, Integer.toUnsignedLong(v.length()) / Byte.SIZE);
          writeBytes(out, v.toByteArray());
        },
        in -> BitSet.valueOf(readBytes(in)));
    add(
        table,
        37,
        AtomicBoolean.class,
        (out, v) -> out.writeBoolean(v.get()),
        in -> new AtomicBoolean(in.readBoolean()));
    add(
        table,
        38,
        AtomicInteger.class,
        (out, v) -> out.writeVarInt(v.get(), false),
        in -> new AtomicInteger(in.readVarInt(false)));
    add(
        table,
        39,
        AtomicLong.class,
        (out, v) -> out.writeVarLong(v.get(), false),
        in -> new AtomicLong(in.readVarLong(false)));
    addHolder(
        table,
        40,
        AtomicReference.class,
        v -> ((AtomicReference<?>) v).get(),
        v -> new AtomicReference<>(v));
    PrimitiveArrays.addTo(table); // 54 to 61
  }

  private static <T> void add(
      Table table,
      int id,
      Class<T> type,
      BiConsumer<Output, ? super T> writer,
      Function<Input, ? extends T> reader) {
    table.add(
        id,
        type,
        new Serializer<T>() {
          @Override
          public void write(Kryo kryo, Output out, T value) {
            writer.accept(out, value);
          }

          @Override
          public T read(Kryo kryo, Input in, Class<? extends T> any) {
            return reader.apply(in);
          }
        });
  }

  /** With the flag, a few accents in forged bytes would be compiled in all of their orders. */
  private static int withoutCanonicalEquivalence(int flags) {
    if ((flags & Pattern.CANON_EQ) != 0) {
      throw new Refusal("a Pattern with the flag CANON_EQ is not stored; return its text");
    }
    return flags;
  }

  private static <T> void addText(
      Table table, int id, Class<T> type, Function<T, String> text, Function<String, T> parser) {
    add(
        table,
        id,
        type,
        (out, v) -> {
          String written = text.apply(v);
          if (!parser.apply(written).equals(v)) {
            throw new Refusal("the text " + written + " does not say all of " + v);
          }
          ValueText.write(out, written);
        },
        in -> parser.apply(ValueText.read(in)));
  }

  /** One value of any class, or null. */
  private static <T> void addHolder(
      Table table, int id, Class<T> type, Function<T, Object> content, Function<Object, T> holder) {
    table.add(
        id,
        type,
        new Serializer<T>() {
          @Override
          public void write(Kryo kryo, Output out, T value) {
            try {
              kryo.writeClassAndObject(out, content.apply(value));
            } catch (RuntimeException e) {
              throw GraphCodec.stepOut(".get()", e);
            }
          }

          @Override
          public T read(Kryo kryo, Input in, Class<? extends T> any) {
            return holder.apply(kryo.readClassAndObject(in));
          }
        });
  }

  /** A path of the default file system, as it is. */
  static final class OfPath extends Serializer<Path> {
    @Override
    public void write(Kryo kryo, Output out, Path path) {
      if (path.getFileSystem() != FileSystems.getDefault()) {
        throw new Refusal(
            path.getFileSystem().provider().getScheme()
                + ": a path outside the default file system cannot be stored");
      }
      String text = path.toString();
      if (!Path.of(text).equals(path)) {
        throw new Refusal(
            text + " has a character that cannot be read in this JVM's encoding of file names");
      }
      ValueText.write(out, text);
    }

    @Override
    public Path read(Kryo kryo, Input in, Class<? extends Path> any) {
      return Path.of(ValueText.read(in));
    }
  }

  static void writeBytes(Output out, byte[] bytes) {
    Lengths.write(out, bytes.length);
    out.writeBytes(bytes);
  }

  static byte[] readBytes(Input in) {
    return in.readBytes(Lengths.read(in));
  }

  private static void writeBig(Output out, BigInteger value) {
    Lengths.requireRoom(out, value.bitLength() / Byte.SIZE);
    writeBytes(out, value.toByteArray());
  }

  private static BigInteger readBig(Input in) {
    return new BigInteger(readBytes(in));
  }

  private static int nano(Input in) {
    int nano = in.readVarInt(true);
    if (nano < 0 || nano > 999_999_999) {
      throw new IllegalArgumentException("nanosecond " + nano);
    }
    return nano;
  }

  private static void writeDate(Output out, LocalDate date) {
    out.writeVarInt(date.getYear(), false);
    out.writeByte(date.getMonthValue());
    out.writeByte(date.getDayOfMonth());
  }

  private static LocalDate readDate(Input in) {
    return LocalDate.of(in.readVarInt(false), in.readByte(), in.readByte());
  }

  private static LocalTime readTime(Input in) {
    return LocalTime.ofNanoOfDay(in.readVarLong(true));
  }

  private static void writeDateTime(Output out, LocalDateTime dateTime) {
    writeDate(out, dateTime.toLocalDate());
    out.writeVarLong(dateTime.toLocalTime().toNanoOfDay(), true);
  }

  private static LocalDateTime readDateTime(Input in) {
    return LocalDateTime.of(readDate(in), readTime(in));
  }

  private static void writeOffset(Output out, ZoneOffset offset) {
    out.writeVarInt(offset.getTotalSeconds(), false);
  }

  private static ZoneOffset readOffset(Input in) {
    return ZoneOffset.ofTotalSeconds(in.readVarInt(false));
  }
}
