package dev.memo.codec;

/**
 * A result as bytes, with the shapes of the classes that occur in it, two longs each: hash of the
 * name, hash of the shape. The arrays are not copied.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; travels from encoder to entry
public record EncodedValue(byte[] bytes, boolean isNull, long[] shapes) {
  /** The null result. */
  public static final EncodedValue NULL = new EncodedValue(new byte[0], true, new long[0]);
}
