package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.type.Refusal;

/** A class as a value: like the class of a value, so only one that the type or the user named. */
final class ClassSerializer extends Serializer<Class<?>> {
  @Override
  public void write(Kryo kryo, Output out, Class<?> type) {
    if (read(GraphEngine.writeAsValue(kryo, out, type)) != type) {
      throw new Refusal(
          type.getName() + " as a value cannot be told from its kind; return its name");
    }
  }

  @Override
  public Class<?> read(Kryo kryo, Input in, Class<? extends Class<?>> any) {
    Registration registration = kryo.readClass(in);
    if (registration == null) {
      throw new IllegalArgumentException("null is no class");
    }
    return read((StoredClass) registration);
  }

  private static Class<?> read(StoredClass stored) {
    return stored.isMember() ? stored.getType() : JdkForms.byId(stored.getId()).getType();
  }
}
