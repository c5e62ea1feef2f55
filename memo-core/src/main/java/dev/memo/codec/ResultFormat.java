package dev.memo.codec;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the results of one function become bytes and come back. Immutable and thread-safe.
 *
 * @param <R> what the function returns
 */
public final class ResultFormat<R extends @Nullable Object> {

  private ResultFormat() {}

  /**
   * The format of results of this declared type.
   *
   * @param types classes that may occur in a result beside those that the type names
   * @throws dev.memo.failure.UncacheableResultException if the type cannot be stored
   */
  public static <R extends @Nullable Object> ResultFormat<R> of(Type type, List<Class<?>> types) {
    throw new UnsupportedOperationException();
  }

  /** The format of results that a codec writes. */
  public static <R extends @Nullable Object> ResultFormat<R> of(Type type, Codec<?> codec) {
    throw new UnsupportedOperationException();
  }

  /** What must agree for bytes to be readable: the slot that a look-up tries first. */
  public int variant() {
    throw new UnsupportedOperationException();
  }

  /** The slot for entries beside one that was rejected for its shapes. */
  public int secondVariant() {
    throw new UnsupportedOperationException();
  }

  /** Whether values of the declared type can never change, so that callers may share them. */
  public boolean isImmutable() {
    throw new UnsupportedOperationException();
  }

  /**
   * Encodes a value, null included.
   *
   * @throws dev.memo.failure.UncacheableResultException naming the path to what cannot be stored
   */
  public EncodedValue encode(R value) {
    throw new UnsupportedOperationException();
  }

  /** Decodes the value of an entry. */
  public R decode(Entry entry) throws EntryRejectedException {
    throw new UnsupportedOperationException();
  }
}
