package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Comparator, number of elements, elements in order. */
final class SortedSetSerializer extends Serializer<SortedSet<@Nullable Object>> {
  interface Factory {
    NavigableSet<@Nullable Object> of(@Nullable Comparator<? super @Nullable Object> comparator);
  }

  private final Factory factory;
  private final UnaryOperator<NavigableSet<@Nullable Object>> wrapper;

  SortedSetSerializer(Factory factory, UnaryOperator<NavigableSet<@Nullable Object>> wrapper) {
    this.factory = factory;
    this.wrapper = wrapper;
  }

  @Override
  public void write(Kryo kryo, Output out, SortedSet<@Nullable Object> set) {
    KnownComparators.write(out, set.comparator());
    Lengths.requireRoom(out, set.size());
    Elements.writeKeys(kryo, out, set.toArray());
  }

  @Override
  public SortedSet<@Nullable Object> read(
      Kryo kryo, Input in, Class<? extends SortedSet<@Nullable Object>> type) {
    NavigableSet<@Nullable Object> set = factory.of(KnownComparators.read(in));
    List<@Nullable Object> elements = Elements.read(kryo, in);
    set.addAll(elements);
    Lengths.requireAll(elements.size(), set.size());
    return wrapper.apply(set);
  }
}
