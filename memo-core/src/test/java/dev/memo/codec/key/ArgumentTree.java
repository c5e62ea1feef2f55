package dev.memo.codec.key;

import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an argument is, and how it happens to be written. Two trees are equal if the arguments are
 * one argument to memo: by content and type, whatever the order of a set, the payload of a NaN, or
 * the spelling of a URI or path. Knows nothing of bytes.
 */
sealed interface ArgumentTree {

  List<ArgumentTree> children();

  /** The same kind of node with other children; null if it cannot have these. */
  @Nullable ArgumentTree with(List<ArgumentTree> children);

  /**
   * Without parts of its own.
   *
   * @param identity what makes it equal to others of its tag
   * @param value the argument itself, one of those with this identity
   */
  record Leaf(int tag, Object identity, @Nullable Object value) implements ArgumentTree {
    static final Leaf NULL = new Leaf(KeyTag.NULL, "", null);

    static Leaf of(int tag, Object value) {
      return new Leaf(tag, value, value);
    }

    static Leaf text(String text) {
      return of(KeyTag.STRING, text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Leaf that && tag == that.tag && identity.equals(that.identity);
    }

    @Override
    public int hashCode() {
      return 31 * tag + identity.hashCode();
    }

    @Override
    public List<ArgumentTree> children() {
      return List.of();
    }

    @Override
    public ArgumentTree with(List<ArgumentTree> none) {
      return this;
    }
  }

  /** Optional. */
  record OptionalOf(List<ArgumentTree> children) implements ArgumentTree {
    @Override
    public @Nullable ArgumentTree with(List<ArgumentTree> parts) {
      boolean fits = parts.isEmpty() || (parts.size() == 1 && parts.get(0) != Leaf.NULL);
      return fits ? new OptionalOf(parts) : null;
    }
  }

  record ListOf(List<ArgumentTree> children) implements ArgumentTree {
    static ListOf of(ArgumentTree... elements) {
      return new ListOf(List.of(elements));
    }

    @Override
    public ArgumentTree with(List<ArgumentTree> elements) {
      return new ListOf(elements);
    }
  }

  /** Iterates in the order in which it is written. */
  record SetOf(Set<ArgumentTree> elements) implements ArgumentTree {
    static SetOf of(List<ArgumentTree> elements) {
      return new SetOf(new LinkedHashSet<>(elements));
    }

    @Override
    public List<ArgumentTree> children() {
      return List.copyOf(elements);
    }

    @Override
    public ArgumentTree with(List<ArgumentTree> others) {
      return of(others);
    }
  }

  /** Iterates in the order in which it is written; children are key, value, key, value. */
  record MapOf(Map<ArgumentTree, ArgumentTree> pairs) implements ArgumentTree {
    static MapOf of(List<ArgumentTree> keysAndValues) {
      Map<ArgumentTree, ArgumentTree> pairs = new LinkedHashMap<>();
      for (int i = 0; i + 1 < keysAndValues.size(); i += 2) {
        pairs.put(keysAndValues.get(i), keysAndValues.get(i + 1));
      }
      return new MapOf(pairs);
    }

    @Override
    public List<ArgumentTree> children() {
      return pairs.entrySet().stream()
          .flatMap(pair -> Stream.of(pair.getKey(), pair.getValue()))
          .toList();
    }

    @Override
    public @Nullable ArgumentTree with(List<ArgumentTree> keysAndValues) {
      return keysAndValues.size() % 2 == 0 ? of(keysAndValues) : null;
    }
  }

  record ArrayOf(Class<?> component, List<ArgumentTree> children) implements ArgumentTree {
    @Override
    public @Nullable ArgumentTree with(List<ArgumentTree> elements) {
      boolean fits = elements.stream().allMatch(element -> fits(component, element));
      return fits ? new ArrayOf(component, elements) : null;
    }
  }

  record RecordOf(Class<?> type, List<ArgumentTree> children) implements ArgumentTree {
    private static final ClassValue<List<Class<?>>> TYPES =
        new ClassValue<>() {
          @Override
          protected List<Class<?>> computeValue(Class<?> record) {
            List<Class<?>> types = new ArrayList<>();
            Arrays.stream(record.getRecordComponents()).forEach(c -> types.add(c.getType()));
            return types;
          }
        };

    @Override
    public @Nullable ArgumentTree with(List<ArgumentTree> values) {
      List<Class<?>> types = types(type);
      boolean fits = types.size() == values.size();
      for (int i = 0; fits && i < values.size(); i++) {
        fits = fits(types.get(i), values.get(i));
      }
      return fits ? new RecordOf(type, values) : null;
    }

    static List<Class<?>> types(Class<?> record) {
      return TYPES.get(record);
    }
  }

  /** Of a class that a KeyEncoder describes. */
  record DescribedOf(Class<? extends Parcel> type, List<ArgumentTree> children)
      implements ArgumentTree {
    @Override
    public ArgumentTree with(List<ArgumentTree> parts) {
      return new DescribedOf(type, parts);
    }
  }

  /** Whether a component of this type can hold the argument. */
  static boolean fits(Class<?> type, ArgumentTree tree) {
    if (type == Object.class) {
      return true;
    } else if (tree instanceof Leaf leaf) {
      return leaf.value == null ? !type.isPrimitive() : boxed(type).isInstance(leaf.value);
    }
    return tree instanceof ArrayOf array && type == array.component.arrayType();
  }

  private static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
