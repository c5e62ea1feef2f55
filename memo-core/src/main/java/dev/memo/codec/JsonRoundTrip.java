package dev.memo.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a value with what came back from JSON. Where the type is open, JSON tells little of what
 * was there, and a reader makes something else of it without a word.
 */
final class JsonRoundTrip {
  private final ObjectMapper mapper;

  JsonRoundTrip(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /** Where and how the two differ, as in {@code .a[1]: a java.util.Date came back ...}; or null. */
  @Nullable String difference(@Nullable Object value, @Nullable Object copy) {
    if (value instanceof JsonNode node && copy instanceof JsonNode other) {
      return isAlike(node, other) ? null : changed(value, copy);
    } else if (value instanceof Map<?, ?> map && copy instanceof Map<?, ?> other) {
      return ofMaps(map, other);
    } else if (value instanceof List<?> list && copy instanceof List<?> other) {
      return ofElements(list, other);
    } else if (value instanceof Set<?> set && copy instanceof Set<?> other) {
      return set.equals(other) ? null : changed(set, other);
    } else if (value instanceof Object[] array && copy instanceof Object[] other) {
      return ofElements(Arrays.asList(array), Arrays.asList(other));
    } else if (value == null || copy == null) {
      return value == copy ? null : changed(value, copy);
    } else if (value.getClass() != copy.getClass()) {
      return value.equals(copy) ? null : changed(value, copy);
    } else if (value.getClass().isArray()) {
      return ofPrimitives(value, copy);
    } else if (value.getClass().isRecord()) {
      return ofRecords(value, copy);
    } else if (hasEquals(value.getClass())) {
      return value.equals(copy) ? null : changed(value, copy);
    }
    return mapper.valueToTree(value).equals(mapper.valueToTree(copy)) ? null : changed(value, copy);
  }

  private static boolean hasEquals(Class<?> type) {
    try {
      return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
    } catch (NoSuchMethodException e) {
      throw new AssertionError("every object has it", e);
    }
  }

  /** Part by part: an array has no equals. */
  private @Nullable String ofRecords(Object record, Object other) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String inside = difference(get(component, record), get(component, other));
      if (inside != null) {
        return "." + component.getName() + inside;
      }
    }
    return null;
  }

  private static Object get(RecordComponent component, Object record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot read " + component + " of a record", e);
    }
  }

  private @Nullable String ofMaps(Map<?, ?> map, Map<?, ?> other) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object key = entry.getKey();
      if (!other.containsKey(key)) {
        return ": the key " + key + ", a " + name(key) + ", did not come back";
      }
      String inside = difference(entry.getValue(), other.get(key));
      if (inside != null) {
        return "." + key + inside;
      }
    }
    return map.size() == other.size() ? null : ": two keys have the same text";
  }

  private @Nullable String ofElements(List<?> list, List<?> other) {
    Iterator<?> copies = other.iterator();
    int i = 0;
    for (Object element : list) {
      String inside = copies.hasNext() ? difference(element, copies.next()) : ": did not come back";
      if (inside != null) {
        return "[" + i + "]" + inside;
      }
      i++;
    }
    return copies.hasNext() ? ": has more elements than before" : null;
  }

  private static @Nullable String ofPrimitives(Object array, Object other) {
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
        ? ": a " + name(value) + " came back as another"
        : ": a " + name(value) + " came back as a " + name(copy);
  }

  private static String name(@Nullable Object value) {
    return value == null ? "null" : value.getClass().getName();
  }
}
