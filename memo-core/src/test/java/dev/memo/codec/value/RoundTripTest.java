package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.TypeRef;
import dev.memo.codec.type.Refusal;
import java.lang.reflect.Type;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What counts as the same value. */
class RoundTripTest {
  private static final Type PLAIN = new TypeRef<List<Plain>>() {}.type();

  /** Found by nobody but by its identity. */
  static final class Plain {
    @SuppressWarnings("UnusedVariable") // read by memo
    private final int number;

    Plain(int number) {
      this.number = number;
    }
  }

  /** One of many with its id. */
  record Ranked(String id, int rank) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Ranked that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }
  }

  /** A list that memo does not store, and that {@link Keeper} makes of what it is given. */
  private static final class Own extends AbstractList<Integer> {
    private final List<Integer> numbers;

    Own(List<Integer> numbers) {
      this.numbers = numbers;
    }

    @Override
    public Integer get(int index) {
      return numbers.get(index);
    }

    @Override
    public int size() {
      return numbers.size();
    }
  }

  record Keeper(List<Integer> numbers) {
    Keeper {
      numbers = new Own(numbers);
    }

    @Override
    public List<Integer> numbers() {
      return List.copyOf(numbers);
    }
  }

  /** A pair that does not like to be asked. */
  enum Shy implements Map.Entry<String, Integer> {
    ONE,
    OTHER;

    @Override
    public String getKey() {
      throw new IllegalStateException("asked");
    }

    @Override
    public Integer getValue() {
      throw new IllegalStateException("asked");
    }

    @Override
    public Integer setValue(Integer value) {
      throw new IllegalStateException("asked");
    }
  }

  private static void requireAlike(Type type, Object value, Object copy) {
    new RoundTrip(ClosedSet.of(type, List.of())).requireAlike(value, copy);
  }

  private static void requireDifferent(Type type, Object value, Object copy, String path) {
    assertThatThrownBy(() -> requireAlike(type, value, copy))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.describe("value")).startsWith(path));
  }

  private static Set<Plain> plains(Integer... numbers) {
    Set<Plain> plains = new LinkedHashSet<>();
    Arrays.stream(numbers).map(Plain::new).forEach(plains::add);
    return plains;
  }

  @Test
  void elementsWithoutEqualsMayComeInAnotherOrder() {
    requireAlike(PLAIN, plains(1, 2, 2, 3), plains(2, 3, 1, 2));
    requireDifferent(PLAIN, plains(1, 2, 2, 3), plains(2, 3, 1, 1), "value: ");
    requireDifferent(PLAIN, plains(1, 2), plains(1, 2, 3), "value: ");
  }

  @Test
  void keysWithoutEqualsHaveTheirValues() {
    Map<Plain, String> value = new HashMap<>(Map.of(new Plain(1), "a", new Plain(2), "b"));
    requireAlike(PLAIN, value, Map.of(new Plain(2), "b", new Plain(1), "a"));
    requireDifferent(PLAIN, value, Map.of(new Plain(2), "a", new Plain(1), "b"), "value: ");
  }

  @Test
  void keyThatIsNullHasItsValue() {
    requireAlike(PLAIN, Collections.singletonMap(null, 1), Collections.singletonMap(null, 1));
    requireAlike(PLAIN, Collections.singleton(null), Collections.singleton(null));
    requireDifferent(
        PLAIN,
        Collections.singletonMap(null, 1),
        Collections.singletonMap(null, 2),
        "value.values[0]: ");
    requireDifferent(PLAIN, Collections.singleton(null), Set.of(1), "value: ");
  }

  @Test
  void valueOfAKeyThatIsFoundIsNamedByItsPlace() {
    Map<String, Plain> value = new LinkedHashMap<>();
    value.put("a", new Plain(1));
    value.put("b", new Plain(2));
    requireAlike(PLAIN, value, Map.of("a", new Plain(1), "b", new Plain(2)));
    requireDifferent(
        PLAIN, value, Map.of("a", new Plain(1), "b", new Plain(3)), "value.values[1].number: ");
  }

  @Test
  void sortedElementsThatAreEqualToEachOtherComeBackInTheirOrder() {
    Comparator<Ranked> byRank = Comparator.comparingInt(Ranked::rank);
    TreeSet<Ranked> value = new TreeSet<>(byRank);
    value.addAll(List.of(new Ranked("a", 1), new Ranked("a", 2)));
    TreeSet<Ranked> other = new TreeSet<>(byRank);
    other.addAll(List.of(new Ranked("a", 1), new Ranked("a", 3)));
    requireAlike(Ranked.class, value, new TreeSet<>(value));
    requireDifferent(Ranked.class, value, other, "value[1].rank: ");
    Set<Ranked> view = Collections.unmodifiableSet(value);
    requireAlike(Ranked.class, view, Collections.unmodifiableSet(new TreeSet<>(value)));
    requireDifferent(Ranked.class, view, Collections.unmodifiableSet(other), "value: ");
  }

  @Test
  void listOfAClassThatIsNotStoredIsComparedByItsElements() {
    assertThatCode(() -> ResultFormat.of(Keeper.class, List.of()).encode(keeper(1, 2)))
        .doesNotThrowAnyException();
    requireDifferent(Keeper.class, keeper(1, 2), keeper(1, 3), "value.numbers[1]: ");
  }

  private static Keeper keeper(Integer... numbers) {
    return new Keeper(new ArrayList<>(List.of(numbers)));
  }

  @Test
  void constantIsItselfWhateverElseItIs() {
    requireAlike(Shy.class, Shy.ONE, Shy.ONE);
    requireDifferent(Shy.class, Shy.ONE, Shy.OTHER, "value: a ");
  }
}
