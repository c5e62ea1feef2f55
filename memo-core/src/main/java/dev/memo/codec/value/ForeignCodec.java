package dev.memo.codec.value;

import dev.memo.codec.Codec;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.type.Refusal;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Values that a codec of the user's writes. The first of each class is read back before it is
 * stored: else a codec that cannot read what it writes would be noticed by nothing but misses. That
 * it reads the same its author vouches for: what makes two of his values alike only he can tell.
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
  public EncodedValue encode(Object value, int maxBytes) {
    byte[] bytes;
    try {
      bytes = codec.encode(value);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      keepInterrupt(e);
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
    } catch (EntryRejectedException e) {
      throw new Refusal(
          "the codec "
              + codec.getClass().getName()
              + " cannot read back what it wrote: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public Object decode(byte[] bytes, int offset, int length, long[] shapes)
      throws EntryRejectedException {
    byte[] own = new byte[length];
    System.arraycopy(bytes, offset, own, 0, length);
    Object value;
    try {
      value = codec.decode(own);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      keepInterrupt(e);
      Reason reason = isInterruption(e) ? Reason.UNREADABLE : Reason.UNDECODABLE;
      throw new EntryRejectedException(reason, "the codec failed: " + e);
    }
    if (value == null) {
      throw new EntryRejectedException(Reason.UNDECODABLE, "the codec returned null");
    }
    return value;
  }

  /** Says nothing about the bytes; every other exception does, those of input and output too. */
  private static boolean isInterruption(Throwable failure) {
    return failure instanceof InterruptedException
        || failure instanceof InterruptedIOException
        || failure instanceof ClosedByInterruptException;
  }

  @SuppressWarnings("Interruption") // the flag is restored for the caller's own waits
  private static void keepInterrupt(Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
  }
}
