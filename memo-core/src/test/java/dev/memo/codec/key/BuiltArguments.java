package dev.memo.codec.key;

import dev.memo.codec.key.ArgumentTree.ArrayOf;
import dev.memo.codec.key.ArgumentTree.DescribedOf;
import dev.memo.codec.key.ArgumentTree.Leaf;
import dev.memo.codec.key.ArgumentTree.ListOf;
import dev.memo.codec.key.ArgumentTree.MapOf;
import dev.memo.codec.key.ArgumentTree.OptionalOf;
import dev.memo.codec.key.ArgumentTree.RecordOf;
import dev.memo.codec.key.ArgumentTree.SetOf;
import dev.memo.codec.type.Records;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/**
 * Builds real arguments from trees, in one of the many ways that lead to equal ones: collections of
 * any class, order and capacity, copies and views, parts that are shared or not. Not thread-safe.
 */
@SuppressWarnings({"JdkObsolete", "IdentityHashMapUsage"}) // callers may use such classes
final class BuiltArguments {
  private static final ClassValue<MethodHandle> CONSTRUCTORS =
      new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> record) {
          return Records.constructor(record);
        }
      };

  /** In natural order, equals of some maps and sets would throw at elements of other classes. */
  private static final Comparator<Object> BY_CLASS_AND_TEXT =
      Comparator.comparing((Object key) -> key.getClass().getName()).thenComparing(String::valueOf);

  private final Random random;
  private final Map<ArgumentTree, Object> built = new IdentityHashMap<>();

  private BuiltArguments(Random random) {
    this.random = random;
  }

  static @Nullable Object of(ArgumentTree tree, Random random) {
    return new BuiltArguments(random).build(tree);
  }

  private @Nullable Object build(ArgumentTree tree) {
    if (tree instanceof Leaf leaf) {
      return leaf.value() instanceof String text && random.nextBoolean()
          ? copy(text)
          : leaf.value();
    }
    Object before = built.get(tree);
    if (before != null && random.nextBoolean()) {
      return before;
    }
    Object now = buildAnew(tree);
    built.put(tree, now);
    return now;
  }

  private static String copy(String text) {
    return String.valueOf(text.toCharArray());
  }

  private Object buildAnew(ArgumentTree tree) {
    List<@Nullable Object> parts = new ArrayList<>(tree.children().size());
    tree.children().forEach(child -> parts.add(build(child)));
    if (tree instanceof ListOf) {
      return list(parts);
    } else if (tree instanceof SetOf) {
      return set(parts);
    } else if (tree instanceof MapOf) {
      return map(parts);
    } else if (tree instanceof ArrayOf array) {
      Object result = Array.newInstance(array.component(), parts.size());
      for (int i = 0; i < parts.size(); i++) {
        Array.set(result, i, parts.get(i));
      }
      return result;
    } else if (tree instanceof RecordOf of) {
      return record(of.type(), parts);
    } else if (tree instanceof DescribedOf described) {
      return described.type() == Parcel.class ? new Parcel(parts) : new Parcel.Packet(parts);
    }
    return ((OptionalOf) tree).children().isEmpty() ? Optional.empty() : Optional.of(parts.get(0));
  }

  private static Object record(Class<?> type, List<@Nullable Object> parts) {
    try {
      return (Object) CONSTRUCTORS.get(type).invokeExact(parts.toArray());
    } catch (Throwable e) {
      throw new AssertionError("cannot make a " + type, e);
    }
  }

  private Object list(List<@Nullable Object> parts) {
    int from = random.nextInt(3);
    List<@Nullable Object> longer = new ArrayList<>(Collections.nCopies(from, "before"));
    longer.addAll(parts);
    longer.add("after");
    return switch (random.nextInt(11)) {
      case 0 -> parts;
      case 1 -> new LinkedList<>(parts);
      case 2 -> Arrays.asList(parts.toArray());
      case 3 -> parts.contains(null) ? new Vector<>(parts) : List.copyOf(parts);
      case 4 -> Collections.unmodifiableList(parts);
      case 5 -> Collections.synchronizedList(parts);
      case 6 -> new CopyOnWriteArrayList<>(parts);
      case 7 -> longer.subList(from, from + parts.size());
      case 8 -> parts.stream().toList();
      case 9 -> parts.size() == 1 ? Collections.singletonList(parts.get(0)) : new Vector<>(parts);
      default -> withCapacity(new ArrayList<>(1 + random.nextInt(100)), parts);
    };
  }

  private static <C extends Collection<@Nullable Object>> C withCapacity(
      C collection, List<@Nullable Object> parts) {
    collection.addAll(parts);
    return collection;
  }

  private Object set(List<@Nullable Object> written) {
    List<@Nullable Object> parts = new ArrayList<>(written);
    if (random.nextBoolean()) {
      Collections.shuffle(parts, random);
    }
    boolean nulls = parts.contains(null);
    Class<?> common = commonClass(parts);
    return switch (random.nextInt(10)) {
      case 0 -> withCapacity(new HashSet<>(1 + random.nextInt(200), 0.5f), parts);
      case 1 -> new LinkedHashSet<>(parts);
      case 2 -> nulls ? new HashSet<>(parts) : Set.of(parts.toArray());
      case 3 -> new CopyOnWriteArraySet<>(parts);
      case 4 -> Collections.unmodifiableSet(new HashSet<>(parts));
      case 5 -> keyed(parts).keySet();
      case 6 -> withCapacity(Collections.newSetFromMap(new LinkedHashMap<>()), parts);
      case 7 ->
          nulls
              ? Collections.synchronizedSet(new HashSet<>(parts))
              : withCapacity(ConcurrentHashMap.newKeySet(), parts);
      case 8 -> common == null ? new HashSet<>(parts) : sorted(common, parts);
      default -> new HashSet<>(parts);
    };
  }

  private static Map<@Nullable Object, String> keyed(List<@Nullable Object> keys) {
    Map<@Nullable Object, String> map = new HashMap<>();
    keys.forEach(key -> map.put(key, "value"));
    return map;
  }

  /** The one class of all parts, if it is sorted as it is equal. */
  private static @Nullable Class<?> commonClass(List<@Nullable Object> parts) {
    if (parts.isEmpty() || parts.get(0) == null) {
      return null;
    }
    Object first = Objects.requireNonNull(parts.get(0));
    Class<?> type = first instanceof Enum<?> e ? e.getDeclaringClass() : first.getClass();
    boolean sorted = type == String.class || type == Integer.class || type == Long.class;
    return (sorted || type.isEnum()) && parts.stream().allMatch(type::isInstance) ? type : null;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the class is known at run time only
  private Object sorted(Class<?> type, List<@Nullable Object> parts) {
    if (type.isEnum()) {
      return EnumSet.copyOf((Collection) parts);
    }
    TreeSet<Object> forward = new TreeSet<>(BY_CLASS_AND_TEXT);
    forward.addAll(parts);
    return switch (random.nextInt(3)) {
      case 0 -> forward;
      case 1 -> forward.descendingSet();
      default -> new ConcurrentSkipListSet<>(forward);
    };
  }

  private Object map(List<@Nullable Object> keysAndValues) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    List<@Nullable Object> keys = new ArrayList<>();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      map.put(keysAndValues.get(i), keysAndValues.get(i + 1));
      keys.add(keysAndValues.get(i));
    }
    boolean nulls = map.containsKey(null) || map.containsValue(null);
    Class<?> common = commonClass(keys);
    return switch (random.nextInt(8)) {
      case 0 -> new HashMap<>(map);
      case 1 -> nulls ? Collections.unmodifiableMap(map) : Map.copyOf(map);
      case 2 -> nulls ? Collections.synchronizedMap(map) : new ConcurrentHashMap<>(map);
      case 3 -> common == null ? map : sorted(common, map);
      case 4 -> backwards(keys, map);
      case 5 -> new IdentityHashMap<>(map);
      case 6 -> new HashMap<>(backwards(keys, map));
      default -> map;
    };
  }

  private static Map<@Nullable Object, @Nullable Object> backwards(
      List<@Nullable Object> keys, Map<@Nullable Object, @Nullable Object> map) {
    Map<@Nullable Object, @Nullable Object> backwards = new LinkedHashMap<>(500);
    for (int i = keys.size() - 1; i >= 0; i--) {
      backwards.put(keys.get(i), map.get(keys.get(i)));
    }
    return backwards;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the class is known at run time only
  private static Object sorted(Class<?> type, Map<@Nullable Object, @Nullable Object> map) {
    if (type.isEnum()) {
      return new EnumMap((Map) map);
    }
    Map<Object, Object> sorted = new TreeMap<>(BY_CLASS_AND_TEXT);
    sorted.putAll((Map) map);
    return sorted;
  }
}
