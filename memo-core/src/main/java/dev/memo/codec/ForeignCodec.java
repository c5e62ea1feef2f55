package dev.memo.codec;

import org.jspecify.annotations.Nullable;

/** Values that a codec of the user's writes. */
final class ForeignCodec implements ValueCodec {
  private static final long[] NO_SHAPES = {};

  private final Codec<Object> codec;

  @SuppressWarnings("unchecked") // made for the type of the results, as the caller says
  ForeignCodec(Codec<?> codec) {
    this.codec = (Codec<Object>) codec;
  }

  @Override
  @SuppressWarnings("Interruption") // the flag is restored for the caller's own waits
  public EncodedValue encode(Object value, int maxBytes) {
    byte[] bytes;
    try {
      bytes = codec.encode(value);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new Refusal("the codec " + codec.getClass().getName() + " failed: " + e, e);
    }
    if (bytes == null) {
      throw new Refusal("the codec " + codec.getClass().getName() + " returned null");
    }
    if (bytes.length > maxBytes) {
      throw new GraphEngine.ValueTooLargeException();
    }
    return new EncodedValue(bytes, false, NO_SHAPES);
  }

  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, long[] shapes) {
    byte[] own = new byte[length];
    System.arraycopy(bytes, offset, own, 0, length);
    try {
      return codec.decode(own);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new IllegalArgumentException("the codec failed: " + e, e);
    }
  }
}
