package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.type.Records;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Components in the order of their declaration; read through the canonical constructor. */
final class RecordSerializer extends Serializer<Object> implements Structured {
  private final Part[] parts;
  private final MethodHandle constructor;

  RecordSerializer(Class<?> type) {
    parts =
        Arrays.stream(type.getRecordComponents())
            .map(c -> new Part(c.getName(), c.getType(), Records.getter(c)))
            .toArray(Part[]::new);
    constructor = Records.constructor(type);
  }

  @Override
  public List<Part> parts() {
    return List.of(parts);
  }

  @Override
  public void write(Kryo kryo, Output out, Object record) {
    for (Part part : parts) {
      part.write(kryo, out, record);
    }
  }

  @Override
  public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
    @Nullable Object[] values = new Object[parts.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = parts[i].read(kryo, in);
    }
    try {
      return (Object) constructor.invokeExact(values);
    } catch (RuntimeException | VirtualMachineError e) {
      throw e;
    } catch (Throwable e) { // a failed assertion is a refusal as well
      throw new IllegalArgumentException("the constructor of " + type.getName() + " threw", e);
    }
  }
}
