package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.KryoBufferOverflowException;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.type.Refusal;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Values of any other type, written by Kryo with serializers of our own. */
final class GraphCodec implements ValueCodec {
  private final ClosedSet closedSet;
  private final Class<?> type;
  private final boolean readsBack;

  /** How many values were read back, for tests. */
  final LongAdder readBack = new LongAdder();

  GraphCodec(ClosedSet closedSet, Class<?> type) {
    this(closedSet, type, true);
  }

  /** With or without reading back, for tests of what that is good for. */
  GraphCodec(ClosedSet closedSet, Class<?> type, boolean readsBack) {
    this.closedSet = closedSet;
    this.type = type;
    this.readsBack = readsBack;
  }

  @Override
  public EncodedValue encode(Object value, int maxBytes) {
    GraphEngine engine = GraphEngine.take(closedSet);
    byte[] bytes;
    try {
      bytes = engine.write(value, maxBytes);
    } catch (RuntimeException e) {
      throw passOn(e);
    }
    long[] shapes = engine.shapes();
    List<StoredClass> unverified = engine.unverified();
    boolean doubtful = engine.isDoubtful() || !unverified.isEmpty();
    engine.giveBack();
    if (readsBack && doubtful) {
      requireReadable(value, bytes, shapes);
      unverified.forEach(StoredClass::setVerified);
    }
    return new EncodedValue(bytes, false, shapes);
  }

  /** Reads the bytes back, because no value that was read before vouches for this one. */
  private void requireReadable(Object value, byte[] bytes, long[] shapes) {
    Object copy;
    readBack.increment();
    try {
      copy = decode(bytes, 0, bytes.length, shapes);
    } catch (EntryRejectedException | RuntimeException | StackOverflowError e) {
      throw new Refusal("it was written, but cannot be read back: " + e.getMessage(), e);
    }
    try {
      new RoundTrip(closedSet).requireAlike(value, copy);
    } catch (RuntimeException e) {
      throw Refusal.of(e);
    }
  }

  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, long[] shapes)
      throws EntryRejectedException {
    StoredClass[] classes = new StoredClass[shapes.length / 2];
    for (int i = 0; i < classes.length; i++) {
      StoredClass found = closedSet.find(shapes[2 * i], shapes[2 * i + 1]);
      if (found == null) {
        throw new EntryRejectedException(
            Reason.SHAPES, "a class of the value has another shape, or is not expected here");
      }
      classes[i] = found;
    }
    GraphEngine engine = GraphEngine.take(closedSet);
    Object value;
    try {
      value = engine.read(bytes, offset, length, classes);
    } catch (EnumSerializer.UnknownConstantException e) {
      throw new EntryRejectedException(Reason.SHAPES, String.valueOf(e.getMessage()));
    }
    engine.giveBack();
    return type.cast(value);
  }

  /** A failure, one step further out. */
  static RuntimeException stepOut(String step, Throwable failure) {
    RuntimeException passed = passOn(failure);
    return passed instanceof Refusal ? Refusal.at(step, passed) : passed;
  }

  private static RuntimeException passOn(Throwable failure) {
    if (failure instanceof KryoBufferOverflowException
        || failure instanceof GraphEngine.ValueTooLargeException) {
      return new GraphEngine.ValueTooLargeException();
    } else if (failure instanceof KryoException && failure.getCause() == null) {
      return new Refusal(
          "nested more than "
              + GraphEngine.MAX_DEPTH
              + " levels deep, or contains itself; return a flatter value, or use a codec",
          failure);
    }
    return Refusal.of(failure);
  }
}
