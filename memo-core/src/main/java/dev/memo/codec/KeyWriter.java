package dev.memo.codec;

import org.jspecify.annotations.Nullable;

/**
 * Takes the parts of an argument that a {@link KeyEncoder} describes. Every part is written with
 * its type and length, so that {@code "a", "bc"} and {@code "ab", "c"} differ.
 */
public interface KeyWriter {

  /**
   * Writes one part, of any type that has a canonical encoding; null included.
   *
   * @throws dev.memo.failure.UncacheableArgumentException if it has none
   */
  KeyWriter write(@Nullable Object part);
}
