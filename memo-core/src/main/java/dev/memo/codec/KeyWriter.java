package dev.memo.codec;

import org.jspecify.annotations.Nullable;

/**
 * Takes the parts of an argument that a {@link KeyEncoder} describes. Every part is written with
 * its type and length, so that {@code "a", "bc"} and {@code "ab", "c"} differ.
 *
 * <p>Good only until {@link KeyEncoder#encode} returns, and only in the thread that called it.
 */
public interface KeyWriter {

  /**
   * Writes one part, of any type that has a canonical encoding; null included. If it has none, the
   * call fails with {@link dev.memo.failure.UncacheableArgumentException}, even if the exception
   * that ends the encoding is caught.
   *
   * @throws IllegalStateException if {@code encode} has returned, or in another thread
   */
  KeyWriter write(@Nullable Object part);
}
