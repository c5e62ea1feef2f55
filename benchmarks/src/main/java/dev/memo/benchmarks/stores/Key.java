package dev.memo.benchmarks.stores;

import java.io.Serializable;
import java.nio.ByteBuffer;

/** A key of 16 bytes. */
public record Key(long high, long low) implements Serializable {
  static final int BYTES = 2 * Long.BYTES;

  /** The key of a number: as a fingerprint would be, all bits seem to be random. */
  public static Key of(long number) {
    return new Key(mixed(number), mixed(~number));
  }

  private static long mixed(long number) {
    long mixed = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    writeTo(ByteBuffer.wrap(bytes));
    return bytes;
  }

  void writeTo(ByteBuffer buffer) {
    buffer.putLong(high).putLong(low);
  }

  static Key readFrom(ByteBuffer buffer) {
    return new Key(buffer.getLong(), buffer.getLong());
  }
}
