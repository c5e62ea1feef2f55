package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Serializer;
import dev.memo.codec.type.Shapes;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the JDK that results may contain, each with its fixed id. The ids are part of the
 * format: new ones are added at the end, none is ever used again. Up to 63 they take one byte.
 *
 * <p>What comes back is of the same class, with these exceptions, which come back equal:
 *
 * <ul>
 *   <li>unmodifiable, empty and singleton lists, sets and maps of any make, {@code List.of}, {@code
 *       Stream.toList} and {@code nCopies}: an unmodifiable one;
 *   <li>other lists that are not public classes, like {@code Arrays.asList} or a sub-list: {@link
 *       ArrayList};
 *   <li>views of maps, {@code keySet} for instance: {@link LinkedHashSet}, {@link TreeSet}, {@link
 *       LinkedHashMap} or {@link TreeMap}; {@code values()}: an unmodifiable collection.
 * </ul>
 */
@SuppressWarnings("JdkObsolete") // what users return is not for us to choose
final class JdkForms {
  private static final int MAX_ID = 127;

  private static final JdkForm[] BY_ID = new JdkForm[MAX_ID + 1];
  private static final StoredClass[] CLASSES = new StoredClass[MAX_ID + 1];
  private static final Map<Class<?>, JdkForm> BY_CLASS = new HashMap<>();

  /** Interfaces that a result may declare: all that could come is in the table. */
  private static final Set<Class<?>> INTERFACES =
      Set.of(
          Collection.class,
          List.class,
          Set.class,
          SortedSet.class,
          NavigableSet.class,
          Queue.class,
          Deque.class,
          Map.class,
          SortedMap.class,
          NavigableMap.class,
          ConcurrentMap.class,
          ConcurrentNavigableMap.class,
          Map.Entry.class,
          EnumSet.class,
          Path.class,
          ZoneId.class,
          Void.class);

  private static final JdkForm UNMODIFIABLE_COLLECTION;
  private static final JdkForm UNMODIFIABLE_LIST;
  private static final JdkForm UNMODIFIABLE_SET;
  private static final JdkForm UNMODIFIABLE_SORTED_SET;
  private static final JdkForm UNMODIFIABLE_MAP;
  private static final JdkForm UNMODIFIABLE_SORTED_MAP;
  private static final JdkForm ENUM_SET;
  private static final JdkForm PATH;

  static {
    ScalarForms.addTo(JdkForms::add); // 0 to 40 and 54 to 61
    PATH = add(41, Path.class, new ScalarForms.OfPath());
    add(42, Class.class, new ClassSerializer());

    collection(44, ArrayList.class, ArrayList::new);
    collection(64, LinkedList.class, LinkedList::new);
    collection(65, CopyOnWriteArrayList.class, CopyOnWriteArrayList::new);
    collection(66, Vector.class, Vector::new);
    collection(
        67,
        Stack.class,
        elements -> {
          Stack<@Nullable Object> stack = new Stack<>();
          stack.addAll(elements);
          return stack;
        });
    collection(46, HashSet.class, HashSet::new);
    collection(47, LinkedHashSet.class, LinkedHashSet::new);
    collection(68, CopyOnWriteArraySet.class, CopyOnWriteArraySet::new);
    collection(69, ArrayDeque.class, ArrayDeque::new);
    collection(70, ConcurrentLinkedQueue.class, ConcurrentLinkedQueue::new);
    collection(71, ConcurrentLinkedDeque.class, ConcurrentLinkedDeque::new);
    UNMODIFIABLE_COLLECTION = collection(72, Collection.class, Collections::unmodifiableCollection);
    UNMODIFIABLE_LIST = collection(45, List.class, Collections::unmodifiableList);
    UNMODIFIABLE_SET =
        collection(
            48, Set.class, elements -> Collections.unmodifiableSet(new LinkedHashSet<>(elements)));
    collection(
        73,
        Collections.synchronizedList(new ArrayList<>()).getClass(),
        Collections::synchronizedList);
    collection(
        74,
        Collections.synchronizedList(new LinkedList<>()).getClass(),
        elements -> Collections.synchronizedList(new LinkedList<>(elements)));
    collection(
        75,
        Collections.synchronizedSet(new HashSet<>()).getClass(),
        elements -> Collections.synchronizedSet(new LinkedHashSet<>(elements)));
    collection(
        76,
        Collections.synchronizedCollection(new ArrayList<>()).getClass(),
        Collections::synchronizedCollection);
    sortedSet(53, TreeSet.class, TreeSet::new, set -> set);
    sortedSet(77, ConcurrentSkipListSet.class, ConcurrentSkipListSet::new, set -> set);
    UNMODIFIABLE_SORTED_SET =
        sortedSet(78, NavigableSet.class, TreeSet::new, Collections::unmodifiableNavigableSet);
    ENUM_SET = add(62, EnumSet.class, new EnumSetSerializer());

    map(49, HashMap.class, HashMap::new, map -> map);
    map(50, LinkedHashMap.class, LinkedHashMap::new, map -> map);
    map(79, ConcurrentHashMap.class, ConcurrentHashMap::new, map -> map);
    map(80, Hashtable.class, Hashtable::new, map -> map);
    UNMODIFIABLE_MAP = map(51, Map.class, LinkedHashMap::new, Collections::unmodifiableMap);
    map(
        81,
        Collections.synchronizedMap(new HashMap<>()).getClass(),
        LinkedHashMap::new,
        Collections::synchronizedMap);
    sortedMap(52, TreeMap.class, TreeMap::new, map -> map);
    sortedMap(82, ConcurrentSkipListMap.class, ConcurrentSkipListMap::new, map -> map);
    UNMODIFIABLE_SORTED_MAP =
        sortedMap(83, NavigableMap.class, TreeMap::new, Collections::unmodifiableNavigableMap);
    add(63, EnumMap.class, new EnumMapSerializer());
    JdkForm entry = add(43, AbstractMap.SimpleImmutableEntry.class, new EntrySerializer(false));
    add(84, AbstractMap.SimpleEntry.class, new EntrySerializer(true));
    collection(
        85,
        ConcurrentHashMap.KeySetView.class,
        elements -> {
          Set<@Nullable Object> set = ConcurrentHashMap.newKeySet();
          set.addAll(elements);
          return set;
        });
    BY_CLASS.put(Map.entry(1, 1).getClass(), entry);
  }

  private JdkForms() {}

  private static JdkForm add(int id, Class<?> type, Serializer<?> serializer) {
    JdkForm form = new JdkForm(id, serializer);
    if (BY_ID[id] != null || BY_CLASS.put(type, form) != null) {
      throw new AssertionError("twice in the table: " + id + " " + type);
    }
    BY_ID[id] = form;
    CLASSES[id] = StoredClass.ofJdk(type, form);
    return form;
  }

  private static JdkForm collection(int id, Class<?> type, CollectionSerializer.Factory factory) {
    return add(id, type, new CollectionSerializer(factory));
  }

  private static JdkForm sortedSet(
      int id,
      Class<?> type,
      SortedSetSerializer.Factory factory,
      UnaryOperator<NavigableSet<@Nullable Object>> wrapper) {
    return add(id, type, new SortedSetSerializer(factory, wrapper));
  }

  private static JdkForm map(
      int id,
      Class<?> type,
      Supplier<Map<@Nullable Object, @Nullable Object>> factory,
      UnaryOperator<Map<@Nullable Object, @Nullable Object>> wrapper) {
    return add(id, type, new MapSerializer(factory, wrapper));
  }

  private static JdkForm sortedMap(
      int id,
      Class<?> type,
      SortedMapSerializer.Factory factory,
      UnaryOperator<NavigableMap<@Nullable Object, @Nullable Object>> wrapper) {
    return add(id, type, new SortedMapSerializer(factory, wrapper));
  }

  /** The class of an id in value bytes. */
  static StoredClass byId(int id) {
    if (id > MAX_ID || CLASSES[id] == null) {
      throw new IllegalArgumentException("no class has the id " + id);
    }
    return CLASSES[id];
  }

  /** Whether a type may declare this class or interface of the JDK. */
  static boolean isDeclarable(Class<?> type) {
    return INTERFACES.contains(type) || BY_CLASS.containsKey(type);
  }

  /** How values of this class are written, or null. */
  static @Nullable JdkForm of(Class<?> type) {
    JdkForm exact = BY_CLASS.get(type);
    if (exact != null && !type.isInterface()) {
      return exact;
    } else if (!Shapes.isOfJdk(type)) {
      return null;
    } else if (Path.class.isAssignableFrom(type)) {
      return PATH;
    } else if (ZoneId.class.isAssignableFrom(type)) {
      return BY_CLASS.get(ZoneId.class);
    } else if (EnumSet.class.isAssignableFrom(type)) {
      return ENUM_SET;
    } else if (Modifier.isPublic(type.getModifiers())) {
      return null;
    }
    return ofView(type, isUnmodifiable(type));
  }

  /** Views and wrappers, of which the JDK has many classes, none of them public. */
  private static @Nullable JdkForm ofView(Class<?> type, boolean unmodifiable) {
    if (type.getName().startsWith("java.util.Collections$Synchronized")) {
      return null; // those that are not in the table: sorted ones
    } else if (List.class.isAssignableFrom(type)) {
      return unmodifiable ? UNMODIFIABLE_LIST : BY_CLASS.get(ArrayList.class);
    } else if (SortedSet.class.isAssignableFrom(type)) {
      return unmodifiable ? UNMODIFIABLE_SORTED_SET : BY_CLASS.get(TreeSet.class);
    } else if (Set.class.isAssignableFrom(type)) {
      return unmodifiable ? UNMODIFIABLE_SET : BY_CLASS.get(LinkedHashSet.class);
    } else if (SortedMap.class.isAssignableFrom(type)) {
      return unmodifiable ? UNMODIFIABLE_SORTED_MAP : BY_CLASS.get(TreeMap.class);
    } else if (Map.class.isAssignableFrom(type)) {
      return unmodifiable ? UNMODIFIABLE_MAP : BY_CLASS.get(LinkedHashMap.class);
    } else if (Map.Entry.class.isAssignableFrom(type)) {
      return BY_CLASS.get(AbstractMap.SimpleEntry.class);
    } else if (Collection.class.isAssignableFrom(type) && !Queue.class.isAssignableFrom(type)) {
      return UNMODIFIABLE_COLLECTION;
    }
    return null;
  }

  private static boolean isUnmodifiable(Class<?> type) {
    return isImmutable(type)
        || type.getName().startsWith("java.util.Collections$Unmodifiable")
        || type.getName().startsWith("java.util.Collections$CopiesList");
  }

  private static boolean isImmutable(Class<?> type) {
    String name = type.getName();
    return name.startsWith("java.util.ImmutableCollections$")
        || name.startsWith("java.util.Collections$Empty")
        || name.startsWith("java.util.Collections$Singleton");
  }

  /**
   * Whether values of the class are views of a set or map that may find its elements in a way of
   * its own, by identity or by a comparator, and does not tell.
   */
  static boolean hidesItsEquality(Class<?> type) {
    return (Set.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type))
        && Shapes.isOfJdk(type)
        && !Modifier.isPublic(type.getModifiers())
        && !SortedSet.class.isAssignableFrom(type)
        && !SortedMap.class.isAssignableFrom(type)
        && !EnumSet.class.isAssignableFrom(type)
        && !isImmutable(type);
  }
}
