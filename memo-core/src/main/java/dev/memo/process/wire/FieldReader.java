package dev.memo.process.wire;

import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Stored;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the fields of a message, none beyond its end. Not thread-safe. */
final class FieldReader {
  private static final Pattern COUNTER = Pattern.compile("[A-Za-z0-9_.]{1,64}");

  private final byte[] bytes;
  private final int end;
  private int at;

  FieldReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  int u8() throws WireException {
    require(1);
    return bytes[at++] & 0xFF;
  }

  int i32() throws WireException {
    require(Integer.BYTES);
    int value = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      value = value << 8 | (bytes[at++] & 0xFF);
    }
    return value;
  }

  long i64() throws WireException {
    return (long) i32() << 32 | (i32() & 0xFFFF_FFFFL);
  }

  byte[] bytes() throws WireException {
    int length = i32();
    require(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  String text() throws WireException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes())).toString();
    } catch (CharacterCodingException e) {
      throw new WireException("text that is not UTF-8");
    }
  }

  long[] longs() throws WireException {
    int count = i32();
    if (count < 0 || count > (end - at) / Long.BYTES) {
      throw new WireException(count + " numbers in " + (end - at) + " bytes");
    }
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = i64();
    }
    return values;
  }

  /** How many of something follow, of which each takes some bytes. */
  int count(int leastBytes) throws WireException {
    int count = i32();
    if (count < 0 || count > (end - at) / leastBytes) {
      throw new WireException(count + " of something in " + (end - at) + " bytes");
    }
    return count;
  }

  /** Whether a number may have this name. */
  static boolean isCounter(String name) {
    return COUNTER.matcher(name).matches();
  }

  /** Named numbers. */
  Map<String, Long> counts() throws WireException {
    int count = count(Integer.BYTES + 1 + Long.BYTES);
    if (count > Message.Counts.MAX_NAMES) {
      throw new WireException(count + " counters; there may be " + Message.Counts.MAX_NAMES);
    }
    Map<String, Long> counts = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = text();
      if (!isCounter(name)) {
        throw new WireException("a counter whose name is not " + COUNTER);
      }
      counts.put(name, i64());
    }
    return counts;
  }

  CallKey key() throws WireException {
    long functionId = i64();
    int kind = u8();
    byte[] id = bytes();
    if (!CallKey.isPossible(kind, id)) {
      throw new WireException("a call key of kind " + kind + " with " + id.length + " bytes");
    }
    return CallKey.received(functionId, kind, id);
  }

  /** The numbers of a chain and its ancestors. */
  long[] chain() throws WireException {
    long[] chain = longs();
    if (chain.length == 0 || chain.length > Chain.MAX_NUMBERS) {
      throw new WireException("a chain of " + chain.length + " numbers");
    }
    return chain;
  }

  /** A stored entry, which is all that is left. */
  Stored stored() throws WireException {
    return stored(rest());
  }

  /** A stored entry that takes all these bytes. */
  static Stored stored(byte[] bytes) throws WireException {
    if (bytes.length < Stored.ENTRY_OFFSET) {
      throw new WireException("a stored entry of " + bytes.length + " bytes");
    }
    return new Stored(bytes);
  }

  /** All that is left. */
  byte[] rest() {
    byte[] rest = Arrays.copyOfRange(bytes, at, end);
    at = end;
    return rest;
  }

  void requireEnd() throws WireException {
    if (at != end) {
      throw new WireException((end - at) + " bytes too many");
    }
  }

  private void require(int length) throws WireException {
    if (length < 0 || length > end - at) {
      throw new WireException("a field of " + length + " bytes in " + (end - at));
    }
  }
}
