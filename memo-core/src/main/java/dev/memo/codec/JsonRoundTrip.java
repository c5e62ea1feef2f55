package dev.memo.codec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.memo.codec.type.Records;
import dev.memo.codec.type.Shapes;
import dev.memo.codec.type.ShownClasses;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares a value with what came back from JSON. Where the type is open, JSON tells little of what
 * was there, and a reader makes something else of it without a word; and of a user's class it holds
 * what its getters tell. So objects are compared field by field: an {@code equals} of the user's
 * may look at less, and only the JDK's are asked, of values of one class. Lists, sets and maps of
 * the JDK may come back as others, but none of another make: it may hold more than its elements, or
 * find them in a way of its own.
 *
 * <p>An object is refused too if the result type does not show its class: entries would stay after
 * the class has changed. Thread-safe.
 */
final class JsonRoundTrip {
  private static final String DECLARE =
      "; declare a type that tells JSON what it is, or return text";

  private final ShownClasses shown;

  /** Of the users' classes that occurred, by class. */
  private final Map<Class<?>, List<Field>> fields = new ConcurrentHashMap<>();

  JsonRoundTrip(ShownClasses shown) {
    this.shown = shown;
  }

  /** Where and how the two differ, as in {@code .a[1]: a java.util.Date came back ...}; or null. */
  @Nullable String difference(@Nullable Object value, @Nullable Object copy) {
    if (value == null || copy == null) {
      return value == copy ? null : changed(value, copy);
    } else if (value instanceof JsonNode node && copy instanceof JsonNode other) {
      return isAlike(node, other) ? null : changed(value, copy);
    } else if (value instanceof Enum<?>) {
      return value == copy ? null : changed(value, copy);
    } else if (value.getClass().isArray()) {
      return value.getClass() == copy.getClass() ? ofArrays(value, copy) : changed(value, copy);
    }
    boolean isOfJdk = Shapes.isOfJdk(value.getClass());
    boolean isOfOneClass = value.getClass() == copy.getClass();
    if (isContainer(value)) {
      if (!isOfJdk && !isOfOneClass) {
        return came(value, copy) + "; declare its class, or return one of the JDK";
      }
      String inside = ofContainers(value, copy);
      return inside == null && !isOfJdk ? ofFields(value, copy) : inside;
    } else if (!isOfOneClass) {
      return changed(value, copy);
    } else if (isOfJdk) {
      return value.equals(copy) ? null : changed(value, copy);
    }
    return ofFields(value, copy);
  }

  /** Whether the content of a value can be had without its fields. */
  private static boolean isContainer(Object value) {
    return value instanceof Map
        || value instanceof List
        || value instanceof Set
        || value instanceof Map.Entry
        || value instanceof Optional;
  }

  private @Nullable String ofContainers(Object value, Object copy) {
    if (!Objects.equals(comparator(value), comparator(copy)) && comparator(value) != null) {
      return ": the comparator of a " + name(value) + " would be lost; return one that has none";
    } else if (value instanceof Map<?, ?> map && copy instanceof Map<?, ?> other) {
      return ofMaps(map, other);
    } else if (value instanceof List<?> list && copy instanceof List<?> other) {
      return ofElements(list, other);
    } else if (value instanceof Set<?> set && copy instanceof Set<?> other) {
      return ofSets(set, other);
    } else if (value instanceof Map.Entry<?, ?> pair && copy instanceof Map.Entry<?, ?> other) {
      return ofElements(
          Arrays.asList(pair.getKey(), pair.getValue()),
          Arrays.asList(other.getKey(), other.getValue()));
    } else if (value instanceof Optional<?> optional && copy instanceof Optional<?> other) {
      return difference(optional.orElse(null), other.orElse(null));
    }
    return changed(value, copy);
  }

  private static @Nullable Comparator<?> comparator(Object value) {
    return value instanceof SortedMap<?, ?> map
        ? map.comparator()
        : value instanceof SortedSet<?> set ? set.comparator() : null;
  }

  private @Nullable String ofFields(Object value, Object copy) {
    Class<?> type = value.getClass();
    if (!shown.contains(type)) {
      return ": the result type does not show "
          + type.getName()
          + ", so that memo would not see it change; declare that class, or seal its supertype";
    }
    for (Field field : fields.computeIfAbsent(type, Shapes::fields)) {
      if (!Shapes.isOfJdk(field.getDeclaringClass())) {
        String inside = difference(get(field, value), get(field, copy));
        if (inside != null) {
          return "." + field.getName() + inside;
        }
      } else if (!isContainer(value)) {
        return ": memo cannot see what " + field.getDeclaringClass().getName() + " holds; wrap it";
      }
    }
    return null;
  }

  private static @Nullable Object get(Field field, Object owner) {
    Records.open(field);
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new AssertionError("opened before: " + field, e);
    }
  }

  private @Nullable String ofMaps(Map<?, ?> map, Map<?, ?> other) {
    Map<@Nullable Object, Map.Entry<?, ?>> copies = new HashMap<>();
    other.entrySet().forEach(entry -> copies.put(entry.getKey(), entry));
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object key = entry.getKey();
      Map.Entry<?, ?> copy = copies.get(key);
      String inKey = copy == null ? notFound("key", key) : difference(key, copy.getKey());
      if (inKey != null) {
        return inKey;
      }
      String inside = difference(entry.getValue(), Objects.requireNonNull(copy).getValue());
      if (inside != null) {
        return "." + key + inside;
      }
    }
    return map.size() == other.size() ? null : ": two keys have the same text";
  }

  private @Nullable String ofSets(Set<?> set, Set<?> other) {
    Map<@Nullable Object, @Nullable Object> copies = new HashMap<>();
    other.forEach(element -> copies.put(element, element));
    for (Object element : set) {
      String inside =
          copies.containsKey(element)
              ? difference(element, copies.get(element))
              : notFound("element", element);
      if (inside != null) {
        return inside;
      }
    }
    return set.size() == other.size() ? null : ": two elements are equal to each other";
  }

  /** What has no equals is found by nobody; what has one came back as something else. */
  private static String notFound(String what, @Nullable Object part) {
    return ": no "
        + what
        + " came back that equals the "
        + name(part)
        + "; give its class equals and hashCode, declare a type that tells JSON what it is, or"
        + " return a List";
  }

  private @Nullable String ofElements(List<?> list, List<?> other) {
    Iterator<?> copies = other.iterator();
    int i = 0;
    for (Object element : list) {
      String inside =
          copies.hasNext() ? difference(element, copies.next()) : ": did not come back" + DECLARE;
      if (inside != null) {
        return "[" + i + "]" + inside;
      }
      i++;
    }
    return copies.hasNext() ? ": has more elements than before" + DECLARE : null;
  }

  private @Nullable String ofArrays(Object array, Object other) {
    if (array instanceof Object[] objects) {
      return ofElements(Arrays.asList(objects), Arrays.asList((Object[]) other));
    }
    int length = Array.getLength(array);
    if (length != Array.getLength(other)) {
      return changed(array, other);
    }
    for (int i = 0; i < length; i++) {
      if (!Array.get(array, i).equals(Array.get(other, i))) {
        return "[" + i + "]" + changed(Array.get(array, i), Array.get(other, i));
      }
    }
    return null;
  }

  /** A node stands for JSON: of a number only the value counts. */
  private static boolean isAlike(JsonNode node, JsonNode other) {
    return node.equals(
        (one, two) ->
            one.equals(two)
                    || (one.isNumber()
                        && two.isNumber()
                        && !isNotFinite(one)
                        && !isNotFinite(two)
                        && one.decimalValue().compareTo(two.decimalValue()) == 0)
                ? 0
                : 1,
        other);
  }

  private static boolean isNotFinite(JsonNode number) {
    return (number.isDouble() || number.isFloat()) && !Double.isFinite(number.doubleValue());
  }

  private static String changed(@Nullable Object value, @Nullable Object copy) {
    return name(value).equals(name(copy))
        ? ": a "
            + name(value)
            + " came back as another; let JSON hold it, return a type with equals, or make"
            + " transient what is no part of the value"
        : came(value, copy) + DECLARE;
  }

  private static String came(@Nullable Object value, @Nullable Object copy) {
    return ": a " + name(value) + " came back as a " + name(copy);
  }

  private static String name(@Nullable Object value) {
    return value == null ? "null" : value.getClass().getName();
  }
}
