package dev.memo.process.wire;

import dev.memo.claims.CallKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Appends the fields of a message. Not thread-safe. */
final class FieldWriter {
  private byte[] bytes = new byte[64];
  private int size;

  void u8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  void i32(int value) {
    ensure(Integer.BYTES);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  void i64(long value) {
    i32((int) (value >>> 32));
    i32((int) value);
  }

  /** A length in four bytes, and the bytes. */
  void bytes(byte[] value) {
    i32(value.length);
    ensure(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  void text(String value) {
    bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  void longs(long[] values) {
    i32(values.length);
    for (long value : values) {
      i64(value);
    }
  }

  /** How many there are (u32), then name and number of each. */
  void counts(Map<String, Long> counts) {
    i32(counts.size());
    counts.forEach(
        (name, count) -> {
          text(name);
          i64(count);
        });
  }

  /** {@code function id | kind | arguments or digest with their length}. */
  void key(CallKey key) {
    i64(key.functionId());
    u8(key.kind());
    bytes(key.id());
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}
