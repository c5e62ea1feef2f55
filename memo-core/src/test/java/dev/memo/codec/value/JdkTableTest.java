package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.util.DefaultInstantiatorStrategy;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.value.JdkTable.Fate;
import dev.memo.codec.value.JdkTable.Row;
import dev.memo.failure.UncacheableResultException;
import java.lang.reflect.Type;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the values of {@link JdkTable}. */
class JdkTableTest {
  record Holder<T extends @Nullable Object>(T content) {}

  private static final String ROWS = "dev.memo.codec.value.JdkTable#";

  @ParameterizedTest
  @MethodSource(ROWS + "stored")
  @DisplayName("P2: what is stored comes back equal, in its order, as changeable as before")
  void storedValueComesBack(Row row) throws Exception {
    requireAlike(row, ResultFormatTest.roundTrip(row.type(), row.value()));
  }

  @ParameterizedTest
  @MethodSource(ROWS + "stored")
  @DisplayName("P2: and so it does from inside a list, a map and a record")
  void storedValueComesBackFromInside(Row row) throws Exception {
    List<?> list =
        ResultFormatTest.roundTrip(
            JdkTable.inside(List.class, row.type()), List.of(row.value(), row.value()));
    requireAlike(row, list.get(1));
    Map<String, ?> map =
        ResultFormatTest.roundTrip(
            JdkTable.inside(Map.class, row.type()), Map.of("k", row.value()));
    requireAlike(row, map.get("k"));
    Holder<?> holder =
        ResultFormatTest.roundTrip(
            JdkTable.inside(Holder.class, row.type()), new Holder<>(row.value()));
    requireAlike(row, holder.content());
  }

  @ParameterizedTest
  @MethodSource(ROWS + "refusedAtCompileTime")
  void typeThatCannotBeStoredIsRefusedBeforeAnyCall(Row row) {
    for (Type type :
        List.of(
            row.type(),
            JdkTable.inside(List.class, row.type()),
            JdkTable.inside(Holder.class, row.type()))) {
      assertThatThrownBy(() -> ResultFormat.of(type, List.of()))
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining(row.value().getClass().getName());
    }
  }

  @ParameterizedTest
  @MethodSource(ROWS + "refusedAtCompileTime")
  @DisplayName("P2: a value that no declared type allows is refused where it occurs")
  void valueOfSuchATypeInsideOfAnotherIsRefused(Row row) {
    ResultFormat<List<Object>> format = ResultFormat.of(JdkTable.OPEN, List.of(DayOfWeek.class));
    assertThat(format.encode(List.of(DayOfWeek.FRIDAY)).bytes()).isNotEmpty();
    assertThatThrownBy(() -> format.encode(List.of(DayOfWeek.FRIDAY, row.value())))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageStartingWith("result[1]: " + row.value().getClass().getName());
  }

  @ParameterizedTest
  @MethodSource(ROWS + "refusedAtPut")
  @DisplayName("P2: a value that would not come back is refused, with the path to it")
  void valueThatWouldNotComeBackIsRefused(Row row) {
    assertThatThrownBy(() -> ResultFormat.of(row.type(), List.of()).encode(row.value()))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageStartingWith("result");
    assertThatThrownBy(
            () ->
                ResultFormat.of(JdkTable.inside(List.class, row.type()), List.of())
                    .encode(List.of(row.value())))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageStartingWith("result[0]");
  }

  @Test
  @DisplayName(
      "P2: what is shared inside a value becomes two equal parts; what contains itself is refused")
  void sharedPartsAreDoubledAndCyclesRefused() throws Exception {
    Type lists = JdkTable.inside(List.class, JdkTable.inside(List.class, String.class));
    List<String> shared = new ArrayList<>(List.of("a"));
    List<List<String>> back = ResultFormatTest.roundTrip(lists, List.of(shared, shared));
    assertThat(back).containsExactly(shared, shared);
    assertThat(back.get(0)).isNotSameAs(back.get(1));

    for (Object cyclic : cycles()) {
      ResultFormat<Object> format =
          ResultFormat.of(JdkTable.OPEN, List.of(Object[].class, Node.class));
      assertThatThrownBy(() -> format.encode(Collections.singletonList(cyclic)))
          .as(cyclic.getClass().getName())
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining("contains itself");
    }
  }

  static final class Node {
    @Nullable Node next;
    @Nullable Link link;
  }

  record Link(Node node) {}

  private static List<Object> cycles() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    Map<String, Object> map = new HashMap<>();
    map.put("a", map);
    @Nullable Object[] array = new Object[1];
    array[0] = array;
    Node node = new Node();
    node.next = node;
    Node indirect = new Node();
    indirect.link = new Link(indirect);
    AtomicReference<Object> reference = new AtomicReference<>();
    reference.set(List.of(reference));
    return List.of(list, map, array, node, indirect, reference);
  }

  @Test
  @DisplayName("P8: a value that is nested deeper than the limit is refused, on any stack")
  void nestingBeyondTheLimitIsRefused() throws Exception {
    Node deep = new Node();
    for (int i = 0; i < 100_000; i++) {
      Node outer = new Node();
      outer.next = deep;
      deep = outer;
    }
    Node deepest = deep;
    ResultFormat<Node> format = ResultFormat.of(Node.class, List.of());
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    for (long stack : new long[] {0, 160 << 10}) {
      Thread thread =
          new Thread(
              null,
              () -> {
                try {
                  EncodedValue unexpected = format.encode(deepest);
                  thrown.set(new AssertionError(unexpected.bytes().length + " bytes"));
                } catch (Throwable e) {
                  thrown.set(e);
                }
              },
              "stack of " + stack,
              stack);
      thread.start();
      thread.join();
      assertThat(thrown.get()).isInstanceOf(UncacheableResultException.class);
    }
  }

  private static void requireAlike(Row row, @Nullable Object back) {
    requireAlike(row, row.value(), back);
  }

  /** Rows are made anew each time, and not all values have an equals. */
  static void requireAlike(Row row, Object value, @Nullable Object found) {
    Object back = Objects.requireNonNull(found, row::toString);
    if (value instanceof Pattern pattern) {
      assertThat(back).hasToString(pattern.toString());
      assertThat(((Pattern) back).flags()).isEqualTo(pattern.flags());
    } else if (value instanceof AtomicReference<?> reference) {
      assertThat(((AtomicReference<?>) back).get()).isEqualTo(reference.get());
    } else if (value instanceof AtomicBoolean
        || value instanceof AtomicInteger
        || value instanceof AtomicLong) {
      assertThat(back).hasToString(value.toString());
    } else if (value instanceof Collection<?> collection && !hasEquals(value)) {
      assertThat(new ArrayList<>((Collection<?>) back)).isEqualTo(new ArrayList<>(collection));
    } else {
      assertThat(back).isEqualTo(value);
      assertThat(value).isEqualTo(back);
    }
    requireSameOrder(value, back);
    requireFate(row.fate(), value, back);
  }

  private static boolean hasEquals(Object value) {
    return value instanceof List || value instanceof Set;
  }

  private static void requireSameOrder(Object value, Object back) {
    if (value instanceof Map<?, ?> map && !isByHash(value)) {
      assertThat(new ArrayList<>(((Map<?, ?>) back).entrySet()))
          .isEqualTo(new ArrayList<>(map.entrySet()));
    } else if (value instanceof Collection<?> collection && !isByHash(value)) {
      assertThat(new ArrayList<>((Collection<?>) back)).isEqualTo(new ArrayList<>(collection));
    }
    if (value instanceof SortedMap<?, ?> map) {
      assertThat(((SortedMap<?, ?>) back).comparator()).isSameAs(map.comparator());
    } else if (value instanceof SortedSet<?> set) {
      assertThat(((SortedSet<?>) back).comparator()).isSameAs(set.comparator());
    } else if (value instanceof EnumMap) {
      assertThat(putFriday(back)).containsEntry(DayOfWeek.FRIDAY, 6);
    }
  }

  /** Iterates in an order that depends on its capacity, which nobody may rely on. */
  private static boolean isByHash(Object value) {
    return value.getClass() == HashMap.class
        || value.getClass() == HashSet.class
        || value.getClass() == ConcurrentHashMap.class;
  }

  @SuppressWarnings("unchecked") // the maps of the table are by day
  private static Map<DayOfWeek, Integer> putFriday(Object back) {
    EnumMap<DayOfWeek, Integer> copy = ((EnumMap<DayOfWeek, Integer>) back).clone();
    copy.put(DayOfWeek.FRIDAY, 6);
    return copy;
  }

  private static void requireFate(Fate fate, Object value, Object back) {
    switch (fate) {
      case SAME_CLASS -> assertThat(back).hasSameClassAs(value);
      case ARRAY_LIST -> assertThat(back).isExactlyInstanceOf(ArrayList.class);
      case LINKED_SET -> assertThat(back).isExactlyInstanceOf(LinkedHashSet.class);
      case TREE_SET -> assertThat(back).isExactlyInstanceOf(TreeSet.class);
      case TREE_MAP -> assertThat(back).isExactlyInstanceOf(TreeMap.class);
      case UNMODIFIABLE ->
          assertThatThrownBy(() -> change(back)).isInstanceOf(UnsupportedOperationException.class);
      default -> throw new AssertionError(fate + " does not come back");
    }
  }

  @SuppressWarnings("unchecked") // refused before the class of the element matters
  private static void change(Object unmodifiable) {
    if (unmodifiable instanceof Map<?, ?> map) {
      ((Map<String, Integer>) map).put("new", 1);
    } else if (unmodifiable instanceof Map.Entry<?, ?> entry) {
      ((Map.Entry<String, Integer>) entry).setValue(1);
    } else {
      ((Collection<Object>) unmodifiable).add("new");
    }
  }

  @Test
  @DisplayName("P2, twin: a serializer that is not told of them loses half of the table")
  void usualSerializerLosesMuchOfTheTable() {
    Map<String, String> lost = new TreeMap<>();
    JdkTable.stored()
        .forEach(
            row -> {
              Kryo kryo = new Kryo();
              kryo.setRegistrationRequired(false);
              kryo.setInstantiatorStrategy(
                  new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
              Output out = new Output(100, 1 << 20);
              try {
                kryo.writeClassAndObject(out, row.value());
              } catch (RuntimeException e) {
                lost.put(row.made(), "cannot be written");
                return;
              }
              try {
                requireAlike(row, kryo.readClassAndObject(new Input(out.toBytes())));
              } catch (RuntimeException | AssertionError e) {
                lost.put(row.made(), "was written, and cannot be read");
              }
            });
    assertThat(lost)
        .containsEntry("new EnumMap", "was written, and cannot be read")
        .containsEntry("Collections.nCopies", "was written, and cannot be read")
        .containsEntry("Map.entry", "cannot be written")
        .hasSizeGreaterThan(20);
  }
}
