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
   * each of many levels. Only tests of what this is good for change it.
   */
  static volatile int initialRoom = 64;

  private Elements() {}

  /** Writes a copy, since the collection may be changed meanwhile. */
  static void writeAll(Kryo kryo, Output out, @Nullable Object[] elements) {
    Lengths.write(out, elements.length);
    for (int i = 0; i < elements.length; i++) {
      try {
        kryo.writeClassAndObject(out, elements[i]);
      } catch (RuntimeException e) {
        throw GraphCodec.stepOut("[" + i + "]", e);
      }
    }
  }

  /** The same for sets: as {@link GraphEngine#writeKey} says. */
  static void writeKeys(Kryo kryo, Output out, @Nullable Object[] elements) {
    Lengths.write(out, elements.length);
    for (int i = 0; i < elements.length; i++) {
      try {
        GraphEngine.writeKey(kryo, out, elements[i]);
      } catch (RuntimeException e) {
        throw GraphCodec.stepOut("[" + i + "]", e);
      }
    }
  }

  static List<@Nullable Object> read(Kryo kryo, Input in) {
    int count = Lengths.read(in);
    List<@Nullable Object> elements = new ArrayList<>(Math.min(count, initialRoom));
    for (int i = 0; i < count; i++) {
      elements.add(kryo.readClassAndObject(in));
    }
    return elements;
  }
}
