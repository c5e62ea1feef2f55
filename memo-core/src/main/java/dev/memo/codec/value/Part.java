package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.type.Refusal;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * A component of a record or a field of an object. Primitives are written without a class: int and
 * long as zigzag varints, the others in their width; all else with its class.
 */
final class Part {
  private enum Kind {
    BOOLEAN,
    BYTE,
    SHORT,
    CHAR,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    OBJECT
  }

  private final String name;
  private final Class<?> type;
  private final Kind kind;

  /** {@code (Object) -> type}, where types that are not primitive are Object. */
  private final MethodHandle getter;

  Part(String name, Class<?> type, MethodHandle getter) {
    this.name = name;
    this.type = type;
    this.kind = kind(type);
    this.getter =
        getter.asType(getter.type().changeReturnType(type.isPrimitive() ? type : Object.class));
  }

  private static Kind kind(Class<?> type) {
    if (type == int.class) {
      return Kind.INT;
    } else if (type == long.class) {
      return Kind.LONG;
    } else if (type == double.class) {
      return Kind.DOUBLE;
    } else if (type == boolean.class) {
      return Kind.BOOLEAN;
    } else if (type == float.class) {
      return Kind.FLOAT;
    } else if (type == char.class) {
      return Kind.CHAR;
    } else if (type == short.class) {
      return Kind.SHORT;
    } else if (type == byte.class) {
      return Kind.BYTE;
    }
    return Kind.OBJECT;
  }

  void write(Kryo kryo, Output out, Object owner) {
    try {
      switch (kind) {
        case BOOLEAN -> out.writeBoolean((boolean) getter.invokeExact(owner));
        case BYTE -> out.writeByte((byte) getter.invokeExact(owner));
        case SHORT -> out.writeShort((short) getter.invokeExact(owner));
        case CHAR -> out.writeChar((char) getter.invokeExact(owner));
        case INT -> out.writeVarInt((int) getter.invokeExact(owner), false);
        case LONG -> out.writeVarLong((long) getter.invokeExact(owner), false);
        case FLOAT -> out.writeInt(Float.floatToRawIntBits((float) getter.invokeExact(owner)));
        case DOUBLE ->
            out.writeLong(Double.doubleToRawLongBits((double) getter.invokeExact(owner)));
        case OBJECT -> kryo.writeClassAndObject(out, (Object) getter.invokeExact(owner));
      }
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw GraphCodec.stepOut("." + name, e);
    }
  }

  @Nullable Object read(Kryo kryo, Input in) {
    return switch (kind) {
      case BOOLEAN -> in.readBoolean();
      case BYTE -> in.readByte();
      case SHORT -> in.readShort();
      case CHAR -> in.readChar();
      case INT -> in.readVarInt(false);
      case LONG -> in.readVarLong(false);
      case FLOAT -> Float.intBitsToFloat(in.readInt());
      case DOUBLE -> Double.longBitsToDouble(in.readLong());
      case OBJECT -> type.cast(kryo.readClassAndObject(in));
    };
  }

  String name() {
    return name;
  }

  @Nullable Object get(Object owner) {
    try {
      return getter.invoke(owner);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw Refusal.at("." + name, e);
    }
  }
}
