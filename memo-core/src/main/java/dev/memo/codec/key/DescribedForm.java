package dev.memo.codec.key;

import dev.memo.codec.KeyEncoder;
import dev.memo.codec.KeyWriter;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link KeyEncoder} says of objects of its class. Encoders are users' code: what they do
 * with their writer after they have returned, or after a part was refused, makes no key.
 */
final class DescribedForm<T> implements KeyForm {
  private final Class<?> type;
  private final KeyEncoder<T> encoder;

  DescribedForm(Class<?> type, KeyEncoder<T> encoder) {
    this.type = type;
    this.encoder = encoder;
  }

  @Override
  @SuppressWarnings("unchecked") // encoder.type() is the class of every value that gets here
  public void write(CanonicalEncoder out, Object value) {
    out.buffer.putByte(KeyTag.ENCODED).putString(type.getName());
    Parts parts = new Parts(out);
    try {
      encoder.encode((T) value, parts);
    } finally {
      parts.open = false;
    }
    parts.requireComplete();
    out.buffer.putByte(KeyTag.END);
  }

  /** Takes the parts of one object. For one thread, so that none can come late. */
  private static final class Parts implements KeyWriter {
    private final Thread owner = Thread.currentThread();
    private final CanonicalEncoder out;
    private boolean open = true; // read and written by the owner only
    private @Nullable Throwable failure;

    Parts(CanonicalEncoder out) {
      this.out = out;
    }

    @Override
    public KeyWriter write(@Nullable Object part) {
      if (Thread.currentThread() != owner || !open) {
        throw new IllegalStateException(
            "Cannot write a part of a key: a KeyWriter is used before encode returns, and in its"
                + " own thread; write all parts there, and keep no writer");
      }
      requireComplete();
      try {
        out.write(part);
      } catch (RuntimeException | Error e) {
        failure = e;
        throw e;
      }
      return this;
    }

    /** Throws once more what ended a part before its end, should the encoder have caught it. */
    void requireComplete() {
      if (failure instanceof Error error) {
        throw error;
      } else if (failure instanceof RuntimeException refusal) {
        throw refusal;
      }
    }
  }
}
