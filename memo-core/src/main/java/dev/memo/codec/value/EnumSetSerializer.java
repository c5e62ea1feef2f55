package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.type.Refusal;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Class of the enum, since the set may be empty; number of constants, constants. */
@SuppressWarnings({"unchecked", "rawtypes"}) // E is known at run time only
final class EnumSetSerializer extends Serializer<EnumSet> {
  @Override
  public void write(Kryo kryo, Output out, EnumSet set) {
    EnumSet<?> copy = set.clone();
    kryo.writeClass(out, elementType(copy));
    Elements.writeAll(kryo, out, copy.toArray());
  }

  private static Class<?> elementType(EnumSet set) {
    EnumSet witness = set.isEmpty() ? EnumSet.complementOf(set) : set;
    if (witness.isEmpty()) {
      throw new Refusal("a set of an enum without constants does not tell its type");
    }
    return ((Enum<?>) witness.iterator().next()).getDeclaringClass();
  }

  @Override
  public EnumSet read(Kryo kryo, Input in, Class<? extends EnumSet> any) {
    EnumSet set = EnumSet.noneOf((Class) requireEnum(kryo.readClass(in)));
    List<@Nullable Object> constants = Elements.read(kryo, in);
    set.addAll(constants);
    Lengths.requireAll(constants.size(), set.size());
    return set;
  }

  static Class<?> requireEnum(@Nullable Registration registration) {
    if (registration == null || !registration.getType().isEnum()) {
      throw new IllegalArgumentException("the class of an enum is missing");
    }
    return registration.getType();
  }
}
