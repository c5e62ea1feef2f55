package dev.memo.codec.value;

import dev.memo.codec.EncodedValue;
import dev.memo.codec.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Values whose declared type alone says what the bytes are: a string is UTF-8 (see {@link Utf8}),
 * preceded by a byte that is 1 if it has lone surrogates, else 0; a long and a double are 8 bytes,
 * all that is smaller 4, big-endian; an array of primitives is that of {@link PrimitiveArrays}
 * without a length.
 */
final class ScalarCodec implements ValueCodec {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final long[] NO_SHAPES = {};

  private final Class<?> type;

  private ScalarCodec(Class<?> type) {
    this.type = type;
  }

  /** The codec of this class, or null if it is not for it. */
  static @Nullable ScalarCodec of(Class<?> declared) {
    Class<?> type = MethodType.methodType(declared).wrap().returnType();
    boolean number =
        type == Integer.class
            || type == Long.class
            || type == Double.class
            || type == Float.class
            || type == Boolean.class
            || type == Short.class
            || type == Byte.class
            || type == Character.class;
    boolean array = type.isArray() && type.getComponentType().isPrimitive();
    return number || array || type == String.class ? new ScalarCodec(type) : null;
  }

  @Override
  public EncodedValue encode(Object value, int maxBytes) {
    byte[] bytes;
    if (value instanceof String text) {
      bytes = encodeText(text, maxBytes);
    } else if (type.isArray()) {
      if (PrimitiveArrays.size(value) > maxBytes) {
        throw new GraphEngine.ValueTooLargeException();
      }
      byte[] content = PrimitiveArrays.toBytes(value);
      bytes = content == value ? content.clone() : content;
    } else if (value instanceof Long number) {
      bytes = ofLong(number);
    } else if (value instanceof Double number) {
      bytes = ofLong(Double.doubleToRawLongBits(number));
    } else if (value instanceof Float number) {
      bytes = ofInt(Float.floatToRawIntBits(number));
    } else if (value instanceof Boolean truth) {
      bytes = ofInt(truth ? 1 : 0);
    } else if (value instanceof Character character) {
      bytes = ofInt(character);
    } else {
      bytes = ofInt(((Number) value).intValue());
    }
    if (bytes.length > maxBytes) {
      throw new GraphEngine.ValueTooLargeException();
    }
    return new EncodedValue(bytes, false, NO_SHAPES);
  }

  private static byte[] encodeText(String text, int maxBytes) {
    long length = Utf8.length(text);
    if (length >= maxBytes) {
      throw new GraphEngine.ValueTooLargeException();
    }
    byte[] bytes = new byte[(int) length + 1];
    bytes[0] = (byte) (length != text.length() && Utf8.hasLoneSurrogate(text) ? 1 : 0);
    Utf8.write(text, length, bytes, 1);
    return bytes;
  }

  private static byte[] ofInt(int value) {
    byte[] bytes = new byte[Integer.BYTES];
    INT.set(bytes, 0, value);
    return bytes;
  }

  private static byte[] ofLong(long value) {
    byte[] bytes = new byte[Long.BYTES];
    LONG.set(bytes, 0, value);
    return bytes;
  }

  @Override
  public Object decode(byte[] bytes, int offset, int length, long[] shapes) {
    if (type == String.class) {
      return decodeText(bytes, offset, length);
    } else if (type.isArray()) {
      return PrimitiveArrays.fromBytes(type, bytes, offset, length);
    } else if (type == Long.class || type == Double.class) {
      requireLength(length, Long.BYTES);
      long bits = (long) LONG.get(bytes, offset);
      return type == Long.class ? (Object) bits : (Object) Double.longBitsToDouble(bits);
    }
    requireLength(length, Integer.BYTES);
    return ofBits((int) INT.get(bytes, offset));
  }

  private Object ofBits(int bits) {
    if (type == Integer.class) {
      return bits;
    } else if (type == Float.class) {
      return Float.intBitsToFloat(bits);
    } else if (type == Boolean.class) {
      return bits != 0;
    } else if (type == Character.class) {
      return (char) bits;
    } else if (type == Short.class) {
      return (short) bits;
    }
    return (byte) bits;
  }

  private static String decodeText(byte[] bytes, int offset, int length) {
    if (length < 1) {
      throw new IllegalArgumentException("no bytes for a text");
    }
    return bytes[offset] == 0
        ? new String(bytes, offset + 1, length - 1, StandardCharsets.UTF_8)
        : Utf8.readWithLoneSurrogates(bytes, offset + 1, length - 1);
  }

  private static void requireLength(int length, int expected) {
    if (length != expected) {
      throw new IllegalArgumentException("expected " + expected + " bytes, got: " + length);
    }
  }
}
