package dev.memo.codec.key;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The canonical forms of arrays: see {@link KeyTag#ARRAY}. The component type counts, since an
 * array knows it.
 */
final class ArrayForms {
  static final Map<Class<?>, Integer> COMPONENT_CODES =
      Map.ofEntries(
          Map.entry(Object.class, 0x01),
          Map.entry(String.class, 0x02),
          Map.entry(Boolean.class, 0x03),
          Map.entry(Byte.class, 0x04),
          Map.entry(Short.class, 0x05),
          Map.entry(Character.class, 0x06),
          Map.entry(Integer.class, 0x07),
          Map.entry(Long.class, 0x08),
          Map.entry(Float.class, 0x09),
          Map.entry(Double.class, 0x0a),
          Map.entry(BigInteger.class, 0x0b),
          Map.entry(BigDecimal.class, 0x0c),
          Map.entry(boolean.class, 0x20),
          Map.entry(byte.class, 0x21),
          Map.entry(short.class, 0x22),
          Map.entry(char.class, 0x23),
          Map.entry(int.class, 0x24),
          Map.entry(long.class, 0x25),
          Map.entry(float.class, 0x26),
          Map.entry(double.class, 0x27));

  private ArrayForms() {}

  static KeyForm of(Class<?> component) {
    if (component == byte.class) {
      return (out, value) -> {
        byte[] array = (byte[]) value;
        begin(out, component, array.length).putBytes(array);
      };
    } else if (component == int.class) {
      return (out, value) -> {
        int[] array = (int[]) value;
        KeyBuffer buffer = begin(out, component, array.length);
        for (int element : array) {
          buffer.putInt(element);
        }
      };
    } else if (component == long.class) {
      return (out, value) -> {
        long[] array = (long[]) value;
        KeyBuffer buffer = begin(out, component, array.length);
        for (long element : array) {
          buffer.putLong(element);
        }
      };
    } else if (component == double.class) {
      return (out, value) -> {
        double[] array = (double[]) value;
        KeyBuffer buffer = begin(out, component, array.length);
        for (double element : array) {
          buffer.putDouble(element);
        }
      };
    } else if (component == float.class) {
      return (out, value) -> {
        float[] array = (float[]) value;
        KeyBuffer buffer = begin(out, component, array.length);
        for (float element : array) {
          buffer.putFloat(element);
        }
      };
    } else if (component == char.class) {
      return (out, value) -> {
        char[] array = (char[]) value;
        KeyBuffer buffer = begin(out, component, array.length);
        for (char element : array) {
          buffer.putShort(element);
        }
      };
    } else if (component == short.class) {
      return (out, value) -> {
        short[] array = (short[]) value;
        KeyBuffer buffer = begin(out, component, array.length);
        for (short element : array) {
          buffer.putShort(element);
        }
      };
    } else if (component == boolean.class) {
      return (out, value) -> {
        boolean[] array = (boolean[]) value;
        KeyBuffer buffer = begin(out, component, array.length);
        for (boolean element : array) {
          buffer.putByte(element ? 1 : 0);
        }
      };
    }
    return (out, value) -> {
      @Nullable Object[] array = (Object[]) value;
      begin(out, component, array.length);
      for (int i = 0; i < array.length; i++) {
        out.writeStep("[", i, "]", array[i]);
      }
    };
  }

  private static KeyBuffer begin(CanonicalEncoder out, Class<?> component, int length) {
    KeyBuffer buffer = out.buffer.putByte(KeyTag.ARRAY);
    Integer code = COMPONENT_CODES.get(component);
    if (code != null) {
      buffer.putByte(code);
    } else {
      buffer.putByte(0).putString(component.getName());
    }
    return buffer.putVarint(length);
  }
}
