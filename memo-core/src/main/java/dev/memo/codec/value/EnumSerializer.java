package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.HashMap;
import java.util.Map;

/** The name of a constant: its ordinal changes when another is added before it. */
final class EnumSerializer extends Serializer<Object> {
  private final Map<String, Object> constants = new HashMap<>();

  EnumSerializer(Class<?> type) {
    for (Object constant : type.getEnumConstants()) {
      constants.put(((Enum<?>) constant).name(), constant);
    }
  }

  @Override
  public void write(Kryo kryo, Output out, Object constant) {
    ValueText.write(out, ((Enum<?>) constant).name());
  }

  @Override
  public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
    String name = ValueText.read(in);
    Object constant = constants.get(name);
    if (constant == null) {
      throw new UnknownConstantException(type.getName() + " has no such constant any more");
    }
    return constant;
  }

  /** The constant was removed, or belongs to a newer version of the enum. */
  static final class UnknownConstantException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownConstantException(String message) {
      super(message, null, false, false);
    }
  }
}
