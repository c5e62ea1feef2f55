package dev.memo.codec.value;

import dev.memo.codec.type.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
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
      return;
    }
    // first, since a class of the user's may be a collection as well, and hold more than that shows
    Structured structured = closedSet.structured(value.getClass());
    if (structured != null) {
      requireParts(structured, value, copy);
    } else if (value instanceof Enum<?>) {
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
    } else {
      closedSet.of(value.getClass()); // refuses what a field holds that its accessor does not show
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
      step("[", i++, element, copies.next());
    }
  }

  /** An element of a set, or a key with its value. */
  private record Pair(@Nullable Object key, @Nullable Object value) {}

  private void requireSet(Set<?> value, Set<?> copy) {
    require(value.size() == copy.size(), value, copy);
    if (JdkForms.hidesItsEquality(value.getClass())) {
      requireFoundAlike(value.getClass(), value, copy);
    }
    List<Pair> pairs = value.stream().map(element -> new Pair(element, null)).toList();
    List<Pair> copies = copy.stream().map(element -> new Pair(element, null)).toList();
    boolean alike =
        value instanceof SortedSet
            ? areAlikeInOrder("[", pairs, copies)
            : areAlikeInAnyOrder("[", pairs, copies);
    require(alike, value, copy);
  }

  private void requireMap(Map<?, ?> value, Map<?, ?> copy) {
    require(value.size() == copy.size(), value, copy);
    if (JdkForms.hidesItsEquality(value.getClass())) {
      requireFoundAlike(value.getClass(), value.keySet(), copy.keySet());
    }
    List<Pair> pairs = pairs(value);
    List<Pair> copies = pairs(copy);
    boolean alike =
        value instanceof SortedMap
            ? areAlikeInOrder(".keys[", pairs, copies)
            : areAlikeInAnyOrder(".keys[", pairs, copies);
    require(alike, value, copy);
  }

  private static List<Pair> pairs(Map<?, ?> map) {
    List<Pair> pairs = new ArrayList<>();
    map.forEach((key, value) -> pairs.add(new Pair(key, value)));
    return pairs;
  }

  private boolean areAlikeInOrder(String step, List<Pair> value, List<Pair> copy) {
    if (value.size() != copy.size()) {
      return false; // changed since it was asked for its size
    }
    for (int i = 0; i < value.size(); i++) {
      requirePair(step, i, value.get(i), copy.get(i));
    }
    return true;
  }

  /**
   * Keys only find their copies by {@code equals}: it may look at less than there is. Of those that
   * have none, and find nothing, the first that is alike will do.
   */
  private boolean areAlikeInAnyOrder(String step, List<Pair> value, List<Pair> copy) {
    Map<@Nullable Object, Pair> copies = new LinkedHashMap<>();
    Deque<Pair> left = new ArrayDeque<>();
    for (Pair pair : copy) {
      if (copies.putIfAbsent(pair.key(), pair) != null) {
        left.add(pair);
      }
    }
    List<Pair> notFound = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      Pair pair = value.get(i);
      Pair found = copies.remove(pair.key());
      if (found == null) {
        notFound.add(pair);
      } else {
        requirePair(step, i, pair, found);
      }
    }
    left.addAll(copies.values());
    return notFound.stream().allMatch(pair -> removeFirstAlike(pair, left)) && left.isEmpty();
  }

  private void requirePair(String step, int i, Pair value, Pair copy) {
    step(step, i, value.key(), copy.key());
    step(".values[", i, value.value(), copy.value());
  }

  private boolean removeFirstAlike(Pair wanted, Deque<Pair> left) {
    for (Iterator<Pair> candidates = left.iterator(); candidates.hasNext(); ) {
      try {
        requirePair("[", 0, wanted, candidates.next());
        candidates.remove();
        return true;
      } catch (Refusal differs) {
        // the next one then
      }
    }
    return false;
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

  private void step(String step, @Nullable Object value, @Nullable Object copy) {
    try {
      requireAlike(value, copy);
    } catch (RuntimeException e) {
      throw Refusal.at(step, e);
    }
  }

  /** As {@link #step}, of many of which only the one that differs needs a name. */
  private void step(String before, int i, @Nullable Object value, @Nullable Object copy) {
    try {
      requireAlike(value, copy);
    } catch (RuntimeException e) {
      throw Refusal.at(before + i + "]", e);
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
