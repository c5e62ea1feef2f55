package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.lang.reflect.Array;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Number of elements, elements with their classes. */
final class ArraySerializer extends Serializer<Object> {
  private final Class<?> component;

  ArraySerializer(Class<?> component) {
    this.component = component;
  }

  @Override
  public void write(Kryo kryo, Output out, Object array) {
    Elements.writeAll(kryo, out, (Object[]) array);
  }

  @Override
  public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
    List<@Nullable Object> elements = Elements.read(kryo, in);
    @Nullable Object[] array = (Object[]) Array.newInstance(component, elements.size());
    return elements.toArray(array);
  }
}
