package dev.memo.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Components in the order of their declaration; read through the canonical constructor. */
final class RecordSerializer extends Serializer<Object> implements Structured {
  private final Slot[] slots;
  private final MethodHandle constructor;

  RecordSerializer(Class<?> type) {
    slots =
        Arrays.stream(type.getRecordComponents())
            .map(c -> new Slot(c.getName(), c.getType(), Records.getter(c)))
            .toArray(Slot[]::new);
    constructor = Records.constructor(type);
  }

  @Override
  public List<Slot> slots() {
    return List.of(slots);
  }

  @Override
  public void write(Kryo kryo, Output out, Object record) {
    for (Slot slot : slots) {
      slot.write(kryo, out, record);
    }
  }

  @Override
  public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
    @Nullable Object[] values = new Object[slots.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = slots[i].read(kryo, in);
    }
    try {
      return (Object) constructor.invokeExact(values);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalArgumentException("the constructor of " + type.getName() + " threw", e);
    }
  }
}
