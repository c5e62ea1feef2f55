package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;

/** Lengths in values: no number in damaged bytes may claim more memory than there are bytes. */
final class Lengths {
  private Lengths() {}

  /**
   * To be called before anything is copied that may be large. Every element takes at least a byte,
   * which is that of its class.
   *
   * @throws GraphEngine.ValueTooLargeException if so many bytes would be more than there may be
   */
  static void requireRoom(Output out, long bytes) {
    if (bytes > out.getMaxCapacity() - out.position()) {
      throw new GraphEngine.ValueTooLargeException();
    }
  }

  static void write(Output out, int length) {
    out.writeVarInt(length, true);
  }

  /** The number of elements that follow, of which each takes at least a byte. */
  static int read(Input in) {
    return check(in, in.readVarInt(true));
  }

  /** The length, if as many bytes are left. */
  static int check(Input in, int length) {
    int left = in.limit() - in.position();
    if (length < 0 || length > left) {
      throw new IllegalArgumentException("length " + length + " with " + left + " bytes left");
    }
    return length;
  }

  /** A set or map must not lose what was equal by identity only, or changed after it was added. */
  static void requireAll(int stored, int kept) {
    if (kept != stored) {
      throw new IllegalArgumentException(
          "of " + stored + " elements or keys only " + kept + " are not equal to each other");
    }
  }
}
