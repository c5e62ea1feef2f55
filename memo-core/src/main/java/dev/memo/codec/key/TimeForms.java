package dev.memo.codec.key;

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
import java.util.Map;
import java.util.function.BiConsumer;

/** The canonical forms of {@code java.time}. */
final class TimeForms {
  private TimeForms() {}

  static void addTo(Map<Class<?>, KeyForm> forms) {
    add(forms, Instant.class, KeyTag.INSTANT, TimeForms::putInstant);
    add(forms, LocalDate.class, KeyTag.LOCAL_DATE, TimeForms::putDate);
    add(forms, LocalTime.class, KeyTag.LOCAL_TIME, TimeForms::putTime);
    add(forms, LocalDateTime.class, KeyTag.LOCAL_DATE_TIME, TimeForms::putDateTime);
    add(forms, ZoneOffset.class, KeyTag.ZONE_OFFSET, TimeForms::putOffset);
    Class<?> region = ZoneId.of("Europe/Paris").getClass(); // not public
    forms.put(region, (out, v) -> writeZone(out, (ZoneId) v));
    add(
        forms,
        OffsetTime.class,
        KeyTag.OFFSET_TIME,
        (out, v) -> {
          putTime(out, v.toLocalTime());
          putOffset(out, v.getOffset());
        });
    add(
        forms,
        OffsetDateTime.class,
        KeyTag.OFFSET_DATE_TIME,
        (out, v) -> {
          putDateTime(out, v.toLocalDateTime());
          putOffset(out, v.getOffset());
        });
    forms.put(
        ZonedDateTime.class,
        (out, v) -> {
          ZonedDateTime time = (ZonedDateTime) v;
          out.buffer.putByte(KeyTag.ZONED_DATE_TIME);
          putDateTime(out.buffer, time.toLocalDateTime());
          putOffset(out.buffer, time.getOffset());
          writeZone(out, time.getZone());
        });
    add(
        forms,
        Duration.class,
        KeyTag.DURATION,
        (out, v) -> out.putLong(v.getSeconds()).putInt(v.getNano()));
    add(
        forms,
        Period.class,
        KeyTag.PERIOD,
        (out, v) -> out.putInt(v.getYears()).putInt(v.getMonths()).putInt(v.getDays()));
    add(forms, Year.class, KeyTag.YEAR, (out, v) -> out.putInt(v.getValue()));
    add(
        forms,
        YearMonth.class,
        KeyTag.YEAR_MONTH,
        (out, v) -> out.putInt(v.getYear()).putByte(v.getMonthValue()));
    add(
        forms,
        MonthDay.class,
        KeyTag.MONTH_DAY,
        (out, v) -> out.putByte(v.getMonthValue()).putByte(v.getDayOfMonth()));
  }

  private static <T> void add(
      Map<Class<?>, KeyForm> forms, Class<T> type, int tag, BiConsumer<KeyBuffer, T> content) {
    forms.put(
        type,
        (out, value) -> {
          out.buffer.putByte(tag);
          content.accept(out.buffer, type.cast(value));
        });
  }

  private static void putInstant(KeyBuffer out, Instant instant) {
    out.putLong(instant.getEpochSecond()).putInt(instant.getNano());
  }

  private static void putDate(KeyBuffer out, LocalDate date) {
    out.putInt(date.getYear()).putByte(date.getMonthValue()).putByte(date.getDayOfMonth());
  }

  private static void putTime(KeyBuffer out, LocalTime time) {
    out.putLong(time.toNanoOfDay());
  }

  private static void putDateTime(KeyBuffer out, LocalDateTime dateTime) {
    putDate(out, dateTime.toLocalDate());
    putTime(out, dateTime.toLocalTime());
  }

  private static void putOffset(KeyBuffer out, ZoneOffset offset) {
    out.putInt(offset.getTotalSeconds());
  }

  private static void writeZone(CanonicalEncoder out, ZoneId zone) {
    if (zone instanceof ZoneOffset offset) {
      putOffset(out.buffer.putByte(KeyTag.ZONE_OFFSET), offset);
    } else {
      out.buffer.putByte(KeyTag.ZONE_REGION).putString(zone.getId());
    }
  }
}
