package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arrays of primitives: their elements, little-endian, so that they are copied in one piece. */
final class PrimitiveArrays {
  private PrimitiveArrays() {}

  static void addTo(ScalarForms.Table table) {
    table.add(54, boolean[].class, new OfArray());
    table.add(55, byte[].class, new OfArray());
    table.add(56, short[].class, new OfArray());
    table.add(57, char[].class, new OfArray());
    table.add(58, int[].class, new OfArray());
    table.add(59, long[].class, new OfArray());
    table.add(60, float[].class, new OfArray());
    table.add(61, double[].class, new OfArray());
  }

  /** Number of elements; elements. */
  private static final class OfArray extends Serializer<Object> {
    @Override
    public void write(Kryo kryo, Output out, Object array) {
      Lengths.requireRoom(out, size(array));
      Lengths.write(out, Array.getLength(array));
      out.writeBytes(toBytes(array));
    }

    @Override
    public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
      long bytes = (long) in.readVarInt(true) * width(type);
      int length = Lengths.check(in, (int) Math.min(bytes, Integer.MAX_VALUE));
      int start = in.position();
      in.setPosition(start + length);
      return fromBytes(type, in.getBuffer(), start, length);
    }
  }

  private static int width(Class<?> array) {
    if (array == byte[].class || array == boolean[].class) {
      return 1;
    } else if (array == short[].class || array == char[].class) {
      return 2;
    } else if (array == int[].class || array == float[].class) {
      return 4;
    }
    return 8;
  }

  /** How many bytes the elements take. */
  static long size(Object array) {
    return (long) Array.getLength(array) * width(array.getClass());
  }

  /** The elements, if their {@link #size} is that of an array; of bytes the array itself. */
  static byte[] toBytes(Object array) {
    if (array instanceof byte[] bytes) {
      return bytes;
    }
    int size = Math.toIntExact(size(array));
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    if (array instanceof int[] ints) {
      out.asIntBuffer().put(ints);
    } else if (array instanceof long[] longs) {
      out.asLongBuffer().put(longs);
    } else if (array instanceof double[] doubles) {
      out.asDoubleBuffer().put(doubles);
    } else if (array instanceof float[] floats) {
      out.asFloatBuffer().put(floats);
    } else if (array instanceof short[] shorts) {
      out.asShortBuffer().put(shorts);
    } else if (array instanceof char[] chars) {
      out.asCharBuffer().put(chars);
    } else {
      for (boolean element : (boolean[]) array) {
        out.put((byte) (element ? 1 : 0));
      }
    }
    return out.array();
  }

  static Object fromBytes(Class<?> type, byte[] bytes, int offset, int length) {
    int count = length / width(type);
    if (count * width(type) != length) {
      throw new IllegalArgumentException(length + " bytes are no " + type.getSimpleName());
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    Object array = Array.newInstance(type.getComponentType(), count);
    if (array instanceof byte[] to) {
      in.get(to);
    } else if (array instanceof int[] to) {
      in.asIntBuffer().get(to);
    } else if (array instanceof long[] to) {
      in.asLongBuffer().get(to);
    } else if (array instanceof double[] to) {
      in.asDoubleBuffer().get(to);
    } else if (array instanceof float[] to) {
      in.asFloatBuffer().get(to);
    } else if (array instanceof short[] to) {
      in.asShortBuffer().get(to);
    } else if (array instanceof char[] to) {
      in.asCharBuffer().get(to);
    } else {
      boolean[] to = (boolean[]) array;
      for (int i = 0; i < count; i++) {
        to[i] = in.get() != 0;
      }
    }
    return array;
  }
}
