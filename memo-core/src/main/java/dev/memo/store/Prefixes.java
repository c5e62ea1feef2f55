package dev.memo.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Arithmetic on key prefixes. */
final class Prefixes {

  private Prefixes() {}

  /** The first key after all keys that begin with the prefix; null if there is none. */
  static byte @Nullable [] end(byte[] prefix) {
    for (int last = prefix.length - 1; last >= 0; last--) {
      if (prefix[last] != (byte) 0xFF) {
        byte[] end = Arrays.copyOf(prefix, last + 1);
        end[last]++;
        return end;
      }
    }
    return null;
  }
}
