package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.AbstractMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Key and value of a pair that belongs to no map. */
final class EntrySerializer extends Serializer<Map.Entry<@Nullable Object, @Nullable Object>> {
  private final boolean modifiable;

  EntrySerializer(boolean modifiable) {
    this.modifiable = modifiable;
  }

  @Override
  public void write(Kryo kryo, Output out, Map.Entry<@Nullable Object, @Nullable Object> entry) {
    write(kryo, out, ".getKey()", entry.getKey());
    write(kryo, out, ".getValue()", entry.getValue());
  }

  private static void write(Kryo kryo, Output out, String step, @Nullable Object part) {
    try {
      kryo.writeClassAndObject(out, part);
    } catch (RuntimeException e) {
      throw GraphCodec.stepOut(step, e);
    }
  }

  @Override
  public Map.Entry<@Nullable Object, @Nullable Object> read(
      Kryo kryo, Input in, Class<? extends Map.Entry<@Nullable Object, @Nullable Object>> type) {
    Object key = kryo.readClassAndObject(in);
    Object value = kryo.readClassAndObject(in);
    return modifiable
        ? new AbstractMap.SimpleEntry<>(key, value)
        : new AbstractMap.SimpleImmutableEntry<>(key, value);
  }
}
