package dev.memo.codec;

import dev.memo.codec.EntryRejectedException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A stored result with its header; a view of bytes whose checksum holds. Immutable.
 *
 * <p>The layout, format version 1; numbers are big-endian, <i>n</i> is a varint (seven bits a byte,
 * lowest first, the highest bit set on all but the last):
 *
 * <pre>
 *  0   1  format version: 1
 *  1   1  flags: 1 = the result is null; 2 = the encoded arguments are copied; others are 0
 *  2   8  start: last sequence that was assigned when the computation began
 * 10   8  created: wall clock at the start of the computation, milliseconds since 1970
 * 18   8  duration of the computation, nanoseconds
 * 26   8  fingerprint of the code; 0 = unknown
 * 34  32  SHA-256 of the encoded arguments
 * 66   n  number of bytes of the encoded arguments
 *      .  the encoded arguments, if flag 2 is set (up to 1,024 bytes)
 *      n  number of shapes
 *      .  for each shape 8 bytes of SHA-256 of the class name, 8 bytes of SHA-256 of the shape
 *      .  the value, up to the checksum
 * end-4 4 CRC32C of all bytes before
 * </pre>
 */
public final class Entry {
  /** Encoded arguments up to this length are copied into the entry. */
  public static final int MAX_COPIED_ARGUMENTS = 1024;

  private static final byte VERSION = 1;
  private static final int IS_NULL = 1;
  private static final int HAS_ARGUMENTS = 2;

  private static final int START = 2;
  private static final int CREATED = 10;
  private static final int DURATION = 18;
  private static final int CODE = 26;
  private static final int DIGEST = 34;
  private static final int DIGEST_BYTES = 32;
  private static final int ARGUMENTS = DIGEST + DIGEST_BYTES;

  private static final int SHAPE_BYTES = 2 * Long.BYTES;
  private static final int CRC_BYTES = Integer.BYTES;
  private static final int MIN_BYTES = ARGUMENTS + 1 + 1 + CRC_BYTES;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int offset;
  private final int argumentsLength;
  private final int argumentsOffset;
  private final int shapesOffset;
  private final int valueOffset;

  private Entry(
      byte[] bytes,
      int offset,
      int argumentsLength,
      int argumentsOffset,
      int shapesOffset,
      int valueOffset) {
    this.bytes = bytes;
    this.offset = offset;
    this.argumentsLength = argumentsLength;
    this.argumentsOffset = argumentsOffset;
    this.shapesOffset = shapesOffset;
    this.valueOffset = valueOffset;
  }

  /** Reads the bytes from {@code offset} to the end of the array, which is not copied. */
  public static Entry parse(byte[] bytes, int offset) throws EntryRejectedException {
    return parse(bytes, offset, true);
  }

  /** With or without a look at the checksum, for tests of what it is good for. */
  static Entry parse(byte[] bytes, int offset, boolean checksum) throws EntryRejectedException {
    int length = bytes.length - offset;
    if (length < MIN_BYTES) {
      throw new EntryRejectedException(Reason.DAMAGED, "only " + length + " bytes");
    }
    if (bytes[offset] != VERSION) {
      throw new EntryRejectedException(Reason.FORMAT, "format version " + bytes[offset]);
    }
    int end = bytes.length - CRC_BYTES;
    if (checksum && crc(bytes, offset, end) != (int) INT.get(bytes, end)) {
      throw new EntryRejectedException(Reason.DAMAGED, "checksum does not hold");
    }
    if ((bytes[offset + 1] & ~(IS_NULL | HAS_ARGUMENTS)) != 0) {
      throw new EntryRejectedException(Reason.FORMAT, "flags " + bytes[offset + 1]);
    }
    Cursor cursor = new Cursor(bytes, offset + ARGUMENTS, end);
    int argumentsLength = cursor.length();
    int argumentsOffset = cursor.at;
    if ((bytes[offset + 1] & HAS_ARGUMENTS) != 0) {
      cursor.skip(argumentsLength);
    }
    int shapes = cursor.length();
    int shapesOffset = cursor.at;
    cursor.skip((long) shapes * SHAPE_BYTES);
    return new Entry(bytes, offset, argumentsLength, argumentsOffset, shapesOffset, cursor.at);
  }

  /** Reads lengths that may be damaged. */
  private static final class Cursor {
    private final byte[] bytes;
    private final int end;
    private int at;

    Cursor(byte[] bytes, int at, int end) {
      this.bytes = bytes;
      this.at = at;
      this.end = end;
    }

    int length() throws EntryRejectedException {
      int value = 0;
      for (int shift = 0; at < end && shift < Integer.SIZE; shift += 7) {
        byte next = bytes[at++];
        value |= (next & 0x7F) << shift;
        if (next >= 0) {
          if (value < 0) {
            break;
          }
          return value;
        }
      }
      throw new EntryRejectedException(Reason.DAMAGED, "a length is damaged");
    }

    void skip(long count) throws EntryRejectedException {
      if (count > end - at) {
        throw new EntryRejectedException(
            Reason.DAMAGED, count + " bytes expected, " + (end - at) + " left");
      }
      at += (int) count;
    }
  }

  /**
   * Writes an entry.
   *
   * @param start the last sequence that was assigned when the computation began
   * @param createdMillis wall clock at the start of the computation, since 1970
   * @param durationNanos how long the computation took
   * @param codeFingerprint of the function; 0 if unknown
   * @param arguments for the header's length, digest and copy
   */
  public static byte[] write(
      long start,
      long createdMillis,
      long durationNanos,
      long codeFingerprint,
      EncodedArguments arguments,
      EncodedValue value) {
    boolean copied = arguments.length() <= MAX_COPIED_ARGUMENTS;
    long[] shapes = value.shapes();
    int length =
        ARGUMENTS
            + Varint.length(arguments.length())
            + (copied ? arguments.length() : 0)
            + Varint.length(shapes.length / 2)
            + shapes.length * Long.BYTES
            + value.bytes().length
            + CRC_BYTES;
    byte[] out = new byte[length];
    out[0] = VERSION;
    out[1] = (byte) ((value.isNull() ? IS_NULL : 0) | (copied ? HAS_ARGUMENTS : 0));
    LONG.set(out, START, start);
    LONG.set(out, CREATED, createdMillis);
    LONG.set(out, DURATION, durationNanos);
    LONG.set(out, CODE, codeFingerprint);
    System.arraycopy(arguments.digest(), 0, out, DIGEST, DIGEST_BYTES);
    int at = Varint.write(arguments.length(), out, ARGUMENTS);
    if (copied) {
      System.arraycopy(arguments.bytes(), 0, out, at, arguments.length());
      at += arguments.length();
    }
    at = Varint.write(shapes.length / 2, out, at);
    for (long hash : shapes) {
      LONG.set(out, at, hash);
      at += Long.BYTES;
    }
    System.arraycopy(value.bytes(), 0, out, at, value.bytes().length);
    sign(out, 0);
    return out;
  }

  /** Writes the checksum of an entry at its end. */
  static void sign(byte[] bytes, int offset) {
    int end = bytes.length - CRC_BYTES;
    INT.set(bytes, end, crc(bytes, offset, end));
  }

  private static int crc(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  /**
   * Rejects the entry if it does not belong to these arguments. The copy is compared where there is
   * one, else the digest.
   */
  public void requireArguments(EncodedArguments arguments) throws EntryRejectedException {
    if (arguments.length() != argumentsLength
        || !(hasCopy() ? isCopy(arguments.bytes()) : isDigest(arguments.digest()))) {
      throw new EntryRejectedException(Reason.COLLISION, "stored for other arguments");
    }
  }

  private boolean hasCopy() {
    return (bytes[offset + 1] & HAS_ARGUMENTS) != 0;
  }

  private boolean isCopy(byte[] arguments) {
    return Arrays.equals(
        bytes, argumentsOffset, argumentsOffset + argumentsLength, arguments, 0, arguments.length);
  }

  private boolean isDigest(byte[] digest) {
    int at = offset + DIGEST;
    return Arrays.equals(bytes, at, at + DIGEST_BYTES, digest, 0, DIGEST_BYTES);
  }

  /** Length of the entry in bytes. */
  public int size() {
    return bytes.length - offset;
  }

  public long start() {
    return (long) LONG.get(bytes, offset + START);
  }

  public long createdMillis() {
    return (long) LONG.get(bytes, offset + CREATED);
  }

  public long durationNanos() {
    return (long) LONG.get(bytes, offset + DURATION);
  }

  public long codeFingerprint() {
    return (long) LONG.get(bytes, offset + CODE);
  }

  public boolean isNull() {
    return (bytes[offset + 1] & IS_NULL) != 0;
  }

  /** As in {@link EncodedValue}. */
  public long[] shapes() {
    long[] shapes = new long[(valueOffset - shapesOffset) / Long.BYTES];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = (long) LONG.get(bytes, shapesOffset + i * Long.BYTES);
    }
    return shapes;
  }

  /** The array that the entry is a view of. */
  public byte[] bytes() {
    return bytes;
  }

  public int valueOffset() {
    return valueOffset;
  }

  public int valueLength() {
    return bytes.length - CRC_BYTES - valueOffset;
  }
}
