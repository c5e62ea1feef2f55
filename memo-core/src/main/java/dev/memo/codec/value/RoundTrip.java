package dev.memo.codec.value;

import dev.memo.codec.type.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares a value with what was read back: part by part, since not every class has an {@code
 * equals} to ask, and so that the part that differs can be named.
 */
final class RoundTrip {
  private final ClosedSet closedSet;

  RoundTrip(ClosedSet closedSet) {
    this.closedSet = closedSet;
  }

  /**
   * Returns if both are alike.
   *
   * @throws Refusal with the path to a part that is not
   */
  void requireAlike(@Nullable Object value, @Nullable Object copy) {
    if (value == null || copy == null) {
      require(value == copy, value, copy);
    } else if (value instanceof Object[] array) {
      requireElements(Arrays.asList(array), Arrays.asList((Object[]) copy));
      require(value.getClass() == copy.getClass(), value, copy);
    } else if (value instanceof Map<?, ?> map) {
      requireMap(map, (Map<?, ?>) copy);
    } else if (value instanceof Set<?> set) {
      requireSet(set, (Set<?>) copy);
    } else if (value instanceof Collection<?> collection) {
      requireElements(collection, (Collection<?>) copy);
    } else if (value instanceof Map.Entry<?, ?> entry) {
      step(".getKey()", entry.getKey(), ((Map.Entry<?, ?>) copy).getKey());
      step(".getValue()", entry.getValue(), ((Map.Entry<?, ?>) copy).getValue());
    } else if (value instanceof Optional<?> optional) {
      step(".get()", optional.orElse(null), ((Optional<?>) copy).orElse(null));
    } else if (value instanceof AtomicReference<?> reference) {
      step(".get()", reference.get(), ((AtomicReference<?>) copy).get());
    } else if (closedSet.of(value.getClass()).getSerializer() instanceof Structured structured) {
      requireParts(structured, value, copy);
    } else {
      require(isAlike(value, copy), value, copy);
    }
  }

  private static boolean isAlike(Object value, Object copy) {
    if (value instanceof Pattern pattern) {
      Pattern other = (Pattern) copy;
      return pattern.pattern().equals(other.pattern()) && pattern.flags() == other.flags();
    } else if (value instanceof AtomicBoolean
        || value instanceof AtomicInteger
        || value instanceof AtomicLong) {
      return value.toString().equals(copy.toString());
    }
    return Objects.deepEquals(value, copy);
  }

  private void requireParts(Structured structured, Object value, Object copy) {
    require(value.getClass() == copy.getClass(), value, copy);
    for (Part part : structured.parts()) {
      step("." + part.name(), part.get(value), part.get(copy));
    }
  }

  private void requireElements(Collection<?> value, Collection<?> copy) {
    require(value.size() == copy.size(), value, copy);
    Iterator<?> copies = copy.iterator();
    int i = 0;
    for (Object element : value) {
      step("[" + i++ + "]", element, copies.next());
    }
  }

  /** Elements may come in another order, and may have no equals. */
  private void requireSet(Set<?> value, Set<?> copy) {
    require(value.size() == copy.size(), value, copy);
    if (JdkForms.hidesItsEquality(value.getClass())) {
      requireFoundAlike(value.getClass(), value, copy);
    }
    if (value.equals(copy)) {
      return;
    }
    List<@Nullable Object> left = new ArrayList<>(copy);
    for (Object element : value) {
      require(left.removeIf(new FirstAlike(element)::test), value, copy);
    }
  }

  private void requireMap(Map<?, ?> value, Map<?, ?> copy) {
    require(value.size() == copy.size(), value, copy);
    if (JdkForms.hidesItsEquality(value.getClass())) {
      requireFoundAlike(value.getClass(), value.keySet(), copy.keySet());
    }
    List<Map.Entry<?, ?>> left = new ArrayList<>(copy.entrySet());
    int i = 0;
    for (Map.Entry<?, ?> entry : value.entrySet()) {
      Object key = entry.getKey();
      if (copy.containsKey(key)) {
        step(".values[" + i + "]", entry.getValue(), copy.get(key));
      } else {
        require(left.removeIf(new FirstAlike(entry)::test), value, copy);
      }
      i++;
    }
  }

  /** Views do not tell how they find what they hold, but where the copy finds a text they must. */
  private static void requireFoundAlike(Class<?> view, Set<?> value, Set<?> copy) {
    for (Object key : copy) {
      if (key instanceof String text) {
        for (String asked :
            List.of(text, text.toLowerCase(Locale.ROOT), text.toUpperCase(Locale.ROOT))) {
          if (value.contains(asked) != copy.contains(asked)) {
            throw new Refusal(
                "a "
                    + view.getName()
                    + " compares its texts by identity or a comparator, which would be lost; return"
                    + " the set or map itself, not a view of it");
          }
        }
      }
    }
  }

  /** True once, for the first that is alike. */
  private final class FirstAlike {
    private final @Nullable Object wanted;
    private boolean found;

    FirstAlike(@Nullable Object wanted) {
      this.wanted = wanted;
    }

    boolean test(@Nullable Object candidate) {
      if (found) {
        return false;
      }
      try {
        requireAlike(wanted, candidate);
        found = true;
      } catch (Refusal differs) {
        found = false;
      }
      return found;
    }
  }

  private void step(String step, @Nullable Object value, @Nullable Object copy) {
    try {
      requireAlike(value, copy);
    } catch (RuntimeException e) {
      throw Refusal.at(step, e);
    }
  }

  private static void require(boolean alike, @Nullable Object value, @Nullable Object copy) {
    if (!alike) {
      throw new Refusal(
          "a "
              + name(value)
              + " comes back as another "
              + name(copy)
              + "; let its constructor keep what it is given, or use a codec");
    }
  }

  private static String name(@Nullable Object value) {
    return value == null ? "null" : value.getClass().getName();
  }
}
