package dev.memo.codec.value;

import dev.memo.codec.Codec;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.type.Refusal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Values that a codec of the user's writes. The first of each class is read back before it is
 * stored: else a codec that cannot read what it writes would be noticed by nothing but misses.
 */
final class ForeignCodec implements ValueCodec {
  private static final long[] NO_SHAPES = {};

  private final Codec<Object> codec;

  /** Classes of which a value was read back. */
  private final Set<Class<?>> verified = ConcurrentHashMap.newKeySet();

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
    if (!verified.contains(value.getClass())) {
      requireReadable(bytes);
      verified.add(value.getClass());
    }
    return new EncodedValue(bytes, false, NO_SHAPES);
  }

  private void requireReadable(byte[] bytes) {
    try {
      decode(bytes, 0, bytes.length, NO_SHAPES);
    } catch (RuntimeException e) {
      throw new Refusal(
          "the codec "
              + codec.getClass().getName()
              + " cannot read back what it wrote: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public Object decode(byte[] bytes, int offset, int length, long[] shapes) {
    byte[] own = new byte[length];
    System.arraycopy(bytes, offset, own, 0, length);
    Object value;
    try {
      value = codec.decode(own);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new IllegalArgumentException("the codec failed: " + e, e);
    }
    if (value == null) {
      throw new IllegalArgumentException("the codec returned null");
    }
    return value;
  }
}
