package dev.memo.codec.value;

import dev.memo.codec.EncodedValue;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.type.Refusal;
import org.jspecify.annotations.Nullable;

/** Turns the values of one declared type, null excepted, into bytes and back. */
sealed interface ValueCodec permits ScalarCodec, GraphCodec, ForeignCodec {

  /**
   * Encodes a value.
   *
   * @throws Refusal with the path to what cannot be stored
   * @throws GraphEngine.ValueTooLargeException if it takes too many bytes
   */
  EncodedValue encode(Object value, int maxBytes);

  /**
   * Decodes a value. Everything thrown means that the bytes are damaged, except for the one
   * declared and errors of the virtual machine.
   *
   * @param shapes as in {@link EncodedValue}
   */
  @Nullable Object decode(byte[] bytes, int offset, int length, long[] shapes)
      throws EntryRejectedException;
}
