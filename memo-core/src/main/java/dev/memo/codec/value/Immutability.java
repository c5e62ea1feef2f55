package dev.memo.codec.value;

import dev.memo.codec.type.Shapes;
import dev.memo.codec.type.TypeBindings;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
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
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Which types have values that can never change, as far as the declared type proves it. */
final class Immutability {
  /** BigInteger and BigDecimal can be extended; values that were decoded never are. */
  private static final Set<Class<?>> IMMUTABLE =
      Set.of(
          Boolean.class,
          Byte.class,
          Short.class,
          Character.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          String.class,
          Void.class,
          Class.class,
          BigInteger.class,
          BigDecimal.class,
          UUID.class,
          URI.class,
          Instant.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          ZoneId.class,
          ZoneOffset.class,
          OffsetTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class,
          Duration.class,
          Period.class,
          Year.class,
          YearMonth.class,
          MonthDay.class,
          OptionalInt.class,
          OptionalLong.class,
          OptionalDouble.class);

  private Immutability() {}

  static boolean of(Type type) {
    return of(type, TypeBindings.NONE, new HashSet<>());
  }

  private static boolean of(Type unbound, TypeBindings bindings, Set<Type> seen) {
    Type type = bindings.resolve(unbound);
    Class<?> raw = Shapes.erase(type);
    if (raw.isPrimitive() || raw.isEnum() || IMMUTABLE.contains(raw)) {
      return true;
    }
    if (raw == Optional.class) {
      return type instanceof ParameterizedType p
          && of(p.getActualTypeArguments()[0], TypeBindings.NONE, seen);
    }
    if (!raw.isRecord()) {
      return false;
    }
    if (!seen.add(type)) {
      return true; // decided further out
    }
    for (RecordComponent component : raw.getRecordComponents()) {
      if (!of(component.getGenericType(), TypeBindings.of(type), seen)) {
        return false;
      }
    }
    return true;
  }
}
