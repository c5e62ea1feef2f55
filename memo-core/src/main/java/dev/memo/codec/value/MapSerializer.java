package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Number of pairs; keys and values in turn, in the order of iteration. */
final class MapSerializer extends Serializer<Map<@Nullable Object, @Nullable Object>> {
  private final Supplier<Map<@Nullable Object, @Nullable Object>> factory;
  private final UnaryOperator<Map<@Nullable Object, @Nullable Object>> wrapper;

  MapSerializer(
      Supplier<Map<@Nullable Object, @Nullable Object>> factory,
      UnaryOperator<Map<@Nullable Object, @Nullable Object>> wrapper) {
    this.factory = factory;
    this.wrapper = wrapper;
  }

  @Override
  public void write(Kryo kryo, Output out, Map<@Nullable Object, @Nullable Object> map) {
    writePairs(kryo, out, map);
  }

  @Override
  public Map<@Nullable Object, @Nullable Object> read(
      Kryo kryo, Input in, Class<? extends Map<@Nullable Object, @Nullable Object>> type) {
    Map<@Nullable Object, @Nullable Object> map = factory.get();
    readPairs(kryo, in, map);
    return wrapper.apply(map);
  }

  /** Writes a copy, since the map may be changed meanwhile. */
  static void writePairs(Kryo kryo, Output out, Map<?, ?> map) {
    Lengths.requireRoom(out, 2L * map.size());
    List<@Nullable Object> keysAndValues = new ArrayList<>(2 * map.size());
    map.forEach(
        (key, value) -> {
          keysAndValues.add(key);
          keysAndValues.add(value);
        });
    int count = keysAndValues.size() / 2;
    Lengths.write(out, count);
    for (int i = 0; i < count; i++) {
      String step = ".keys[";
      try {
        GraphEngine.writeKey(kryo, out, keysAndValues.get(2 * i));
        step = ".values[";
        kryo.writeClassAndObject(out, keysAndValues.get(2 * i + 1));
      } catch (RuntimeException e) {
        throw GraphCodec.stepOut(step + i + "]", e);
      }
    }
  }

  static void readPairs(Kryo kryo, Input in, Map<@Nullable Object, @Nullable Object> to) {
    int count = Lengths.read(in);
    for (int i = 0; i < count; i++) {
      Object key = kryo.readClassAndObject(in);
      to.put(key, kryo.readClassAndObject(in));
    }
    Lengths.requireAll(count, to.size());
  }
}
