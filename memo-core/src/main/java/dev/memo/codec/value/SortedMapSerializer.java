package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Comparator, number of pairs, pairs in order. */
final class SortedMapSerializer extends Serializer<SortedMap<@Nullable Object, @Nullable Object>> {
  interface Factory {
    NavigableMap<@Nullable Object, @Nullable Object> of(
        @Nullable Comparator<? super @Nullable Object> comparator);
  }

  private final Factory factory;
  private final UnaryOperator<NavigableMap<@Nullable Object, @Nullable Object>> wrapper;

  SortedMapSerializer(
      Factory factory, UnaryOperator<NavigableMap<@Nullable Object, @Nullable Object>> wrapper) {
    this.factory = factory;
    this.wrapper = wrapper;
  }

  @Override
  public void write(Kryo kryo, Output out, SortedMap<@Nullable Object, @Nullable Object> map) {
    KnownComparators.write(out, map.comparator());
    MapSerializer.writePairs(kryo, out, map);
  }

  @Override
  public SortedMap<@Nullable Object, @Nullable Object> read(
      Kryo kryo, Input in, Class<? extends SortedMap<@Nullable Object, @Nullable Object>> type) {
    NavigableMap<@Nullable Object, @Nullable Object> map = factory.of(KnownComparators.read(in));
    MapSerializer.readPairs(kryo, in, map);
    return wrapper.apply(map);
  }
}
