package dev.memo.processor;

import dev.memo.codec.TypeRef;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Values of any type that {@link SignatureSource} writes; its classes call this. */
public final class Values {
  private Values() {}

  /** The result of a method for its arguments: equal for equal ones. */
  @SuppressWarnings("unchecked") // made for just this type
  public static <T> T of(TypeRef<T> type, Object[] arguments) {
    return (T) random(type.type(), new Random(Arrays.deepToString(arguments).hashCode()));
  }

  /** Whether the method should fail for its arguments. */
  public static boolean areUnlucky(Object[] arguments) {
    return Arrays.deepToString(arguments).hashCode() % 3 == 0;
  }

  static Object random(Type type, Random random) {
    if (type instanceof WildcardType wildcard) {
      return random(
          wildcard.getLowerBounds().length > 0
              ? wildcard.getLowerBounds()[0]
              : wildcard.getUpperBounds()[0],
          random);
    }
    if (type instanceof GenericArrayType array) {
      Type component = array.getGenericComponentType();
      return array((Class<?>) ((ParameterizedType) component).getRawType(), component, random);
    }
    if (type instanceof ParameterizedType parameterized) {
      return ofArguments(parameterized, random);
    }
    Class<?> simple = (Class<?>) type;
    return simple.isArray()
        ? array(simple.getComponentType(), simple.getComponentType(), random)
        : ofClass(simple, random);
  }

  private static Object array(Class<?> component, Type type, Random random) {
    Object array = Array.newInstance(component, random.nextInt(3));
    for (int i = 0; i < Array.getLength(array); i++) {
      Array.set(array, i, random(type, random));
    }
    return array;
  }

  private static Object ofArguments(ParameterizedType type, Random random) {
    Class<?> raw = (Class<?>) type.getRawType();
    Object first = random(type.getActualTypeArguments()[0], random);
    if (raw == List.class || raw == Collection.class) {
      return List.of(first);
    } else if (raw == Set.class) {
      return Set.of(first);
    } else if (raw == Optional.class) {
      return Optional.of(first);
    } else if (raw == Comparable.class) {
      return first;
    }
    Object second = random(type.getActualTypeArguments()[1], random);
    return raw == Map.class ? Map.of(first, second) : newRecord(raw, first, second);
  }

  private static Object ofClass(Class<?> type, Random random) {
    int number = random.nextInt(1000);
    if (type.isEnum()) {
      return type.getEnumConstants()[number % type.getEnumConstants().length];
    } else if (type.isRecord()) {
      return newRecord(
          type,
          Arrays.stream(type.getRecordComponents())
              .map(component -> random(component.getGenericType(), random))
              .toArray());
    }
    return switch (type.getSimpleName()) {
      case "boolean", "Boolean" -> number % 2 == 0;
      case "byte" -> (byte) number;
      case "char", "Character" -> (char) number;
      case "short" -> (short) number;
      case "int", "Integer", "Number" -> number;
      case "long", "Long" -> (long) number;
      case "float" -> (float) number;
      case "double", "Double" -> (double) number;
      case "String", "Object" -> "s" + number;
      case "UUID" -> new UUID(number, number);
      case "LocalDate" -> LocalDate.ofEpochDay(number);
      case "BigDecimal" -> BigDecimal.valueOf(number, 2);
      default -> throw new IllegalArgumentException("no values of " + type);
    };
  }

  private static Object newRecord(Class<?> type, Object... components) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructors()[0];
      constructor.setAccessible(true);
      return constructor.newInstance(components);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
