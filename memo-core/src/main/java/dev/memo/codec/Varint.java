package dev.memo.codec;

/** A number in seven bits a byte, the lowest first; the highest bit says that more follow. */
public final class Varint {
  private Varint() {}

  /** How many bytes the number takes, which is read as unsigned. */
  public static int length(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  /** Writes the number, for which there must be room; returns the end. */
  public static int write(long value, byte[] to, int at) {
    for (; (value & ~0x7FL) != 0; value >>>= 7) {
      to[at++] = (byte) (value | 0x80);
    }
    to[at++] = (byte) value;
    return at;
  }
}
