package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A number, and as many values, each with its class. */
final class Elements {
  /**
   * Room made before elements are read. A length in damaged bytes may be as large as they are, at
   * each of many levels.
   */
  private static final int INITIAL_ROOM = 64;

  private Elements() {}

  static void write(Kryo kryo, Output out, @Nullable Object element, int index) {
    try {
      kryo.writeClassAndObject(out, element);
    } catch (RuntimeException e) {
      throw GraphCodec.stepOut("[" + index + "]", e);
    }
  }

  /** Writes a copy, since the collection may be changed meanwhile. */
  static void writeAll(Kryo kryo, Output out, @Nullable Object[] elements) {
    Lengths.write(out, elements.length);
    for (int i = 0; i < elements.length; i++) {
      write(kryo, out, elements[i], i);
    }
  }

  /** For sets, whose elements were written. */
  static void doubt(Kryo kryo, @Nullable Object[] elements) {
    for (Object element : elements) {
      GraphEngine.doubtKeyThatChanges(kryo, element);
    }
  }

  static List<@Nullable Object> read(Kryo kryo, Input in) {
    int count = Lengths.read(in);
    List<@Nullable Object> elements = new ArrayList<>(Math.min(count, INITIAL_ROOM));
    for (int i = 0; i < count; i++) {
      elements.add(kryo.readClassAndObject(in));
    }
    return elements;
  }
}
