package dev.memo.codec.key;

import dev.memo.codec.Sha256;
import dev.memo.codec.Utf8;
import dev.memo.codec.Varint;
import dev.memo.codec.type.Refusal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing array of bytes; numbers are big-endian. */
final class KeyBuffer {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private static final int INITIAL_BYTES = 128;
  private static final int KEPT_BYTES = 64 << 10;

  private final int maxBytes;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int size;

  KeyBuffer(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
  }

  int size() {
    return size;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Forgets its content, and room that is rarely needed. */
  void clear() {
    size = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
  }

  KeyBuffer putByte(int value) {
    require(1);
    bytes[size++] = (byte) value;
    return this;
  }

  KeyBuffer putShort(int value) {
    require(Short.BYTES);
    SHORT.set(bytes, size, (short) value);
    size += Short.BYTES;
    return this;
  }

  KeyBuffer putInt(int value) {
    require(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
    return this;
  }

  KeyBuffer putLong(long value) {
    require(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
    return this;
  }

  /** NaN in one pattern only; -0.0 stays distinct from 0.0. */
  KeyBuffer putFloat(float value) {
    return putInt(Float.floatToIntBits(value));
  }

  /** NaN in one pattern only; -0.0 stays distinct from 0.0. */
  KeyBuffer putDouble(double value) {
    return putLong(Double.doubleToLongBits(value));
  }

  /** As {@link Varint}. */
  KeyBuffer putVarint(long value) {
    require(Varint.length(value));
    size = Varint.write(value, bytes, size);
    return this;
  }

  /** Without a length. */
  KeyBuffer putBytes(byte[] value) {
    require(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
    return this;
  }

  /** Puts the SHA-256 of all bytes from there on in their place. */
  KeyBuffer hashFrom(int start) {
    byte[] hash = Sha256.of(Arrays.copyOfRange(bytes, start, size));
    Arrays.fill(bytes, start, size, (byte) 0); // the buffer is used again, and shall not keep them
    size = start;
    return putBytes(hash);
  }

  /** Length in bytes, then UTF-8. */
  KeyBuffer putString(String value) {
    long length = Utf8.length(value);
    putVarint(length);
    require(length);
    size = Utf8.write(value, length, bytes, size);
    return this;
  }

  /** Makes room for as many bytes more. */
  void require(long more) {
    long needed = size + more;
    if (needed > bytes.length) {
      if (needed > maxBytes) {
        throw new Refusal(
            "the arguments take more than "
                + maxBytes
                + " bytes; pass something smaller that identifies them, like a Path or a digest");
      }
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, maxBytes)));
    }
  }

  /**
   * Sorts consecutive parts of the buffer by their bytes, unsigned.
   *
   * @param starts where each part begins, in order, and at the end where the last one ends
   */
  void sort(int[] starts) {
    Part[] parts = new Part[starts.length - 1];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new Part(starts[i], starts[i + 1]);
    }
    byte[] unsorted = Arrays.copyOfRange(bytes, starts[0], size);
    int base = starts[0];
    Arrays.sort(
        parts,
        (a, b) ->
            Arrays.compareUnsigned(
                unsorted, a.start - base, a.end - base, unsorted, b.start - base, b.end - base));
    int at = base;
    for (Part part : parts) {
      System.arraycopy(unsorted, part.start - base, bytes, at, part.end - part.start);
      at += part.end - part.start;
    }
  }

  private record Part(int start, int end) {}
}
