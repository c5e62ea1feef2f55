package dev.memo.codec;

import org.jspecify.annotations.Nullable;

/**
 * Takes the parts of an argument that a {@link KeyEncoder} describes. Every part is written with
 * its type and length, so that {@code "a", "bc"} and {@code "ab", "c"} differ.
 */
public interface KeyWriter {

  /**
   * Writes one part, of any type that has a canonical encoding; null included. If it has none, an
   * exception ends the encoding, which must not be caught: the call then fails with {@link
   * dev.memo.failure.UncacheableArgumentException}.
   */
  KeyWriter write(@Nullable Object part);
}
