package dev.memo.benchmarks;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Function;

/**
 * What is called: functions by what they cost and by what they return. Texts are kept in the heap
 * tier, arrays are not, because they can change: a hit of an array always reads the store.
 *
 * <p>Costs are arithmetic, not waiting: a timer is late by more than what is to be measured.
 */
@SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing that changes
enum Work {
  /** Returns at once. */
  NOTHING(Long.class, key -> key, 0),
  /** About 20 us of arithmetic. */
  SHORT(Long.class, key -> burn(key, 8_000), 0),
  /** About 200 us of arithmetic. */
  LONG(Long.class, key -> burn(key, 80_000), 0),
  TEXT_100(String.class, key -> text(key, 100), 1_000),
  TEXT_64K(String.class, key -> text(key, 65_536), 64),
  BYTES_100(byte[].class, key -> bytes(key, 100), 1_000),
  BYTES_1K(byte[].class, key -> bytes(key, 1_024), 0),
  BYTES_64K(byte[].class, key -> bytes(key, 65_536), 64);

  private final ThrowingFunction<Long, ?, RuntimeException> plain;
  private final Function<Memo, CachedFunction<Long, ?, RuntimeException>> cached;
  private final int storedKeys;

  <R> Work(Class<R> result, ThrowingFunction<Long, R, RuntimeException> function, int storedKeys) {
    this.plain = function;
    this.cached = memo -> memo.function(name(), "1", Long.class, result, function);
    this.storedKeys = storedKeys;
  }

  /** The function itself. */
  ThrowingFunction<Long, ?, RuntimeException> plain() {
    return plain;
  }

  /** The same, cached. */
  CachedFunction<Long, ?, RuntimeException> in(Memo memo) {
    return cached.apply(memo);
  }

  /** Where hits are measured, the keys are 0 to this. */
  int storedKeys() {
    return storedKeys;
  }

  private static long burn(long key, int steps) {
    long state = key + 1;
    for (int i = 0; i < steps; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
    }
    return state;
  }

  static byte[] bytes(long key, int length) {
    byte[] bytes = new byte[length];
    new Random(key).nextBytes(bytes);
    return bytes;
  }

  private static String text(long key, int length) {
    byte[] bytes = bytes(key, length);
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (' ' + (bytes[i] & 63));
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
