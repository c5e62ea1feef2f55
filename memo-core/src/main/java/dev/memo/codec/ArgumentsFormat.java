package dev.memo.codec;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * How the arguments of one function become bytes: canonical, type-tagged and length-prefixed, the
 * same in every JVM, for equal arguments only. Immutable and thread-safe.
 *
 * @param <A> what the function takes
 */
public final class ArgumentsFormat<A extends @Nullable Object> {

  private ArgumentsFormat() {}

  /** The format of a function of one argument of this type. */
  public static <A extends @Nullable Object> ArgumentsFormat<A> ofOne(Type type) {
    throw new UnsupportedOperationException();
  }

  /**
   * The format of a function whose parameters are the components of a record, in the order of their
   * declaration; neither the record's name nor theirs is part of the bytes.
   */
  public static <A> ArgumentsFormat<A> ofComponents(Class<A> record) {
    throw new UnsupportedOperationException();
  }

  /**
   * Encodes the arguments.
   *
   * @throws dev.memo.failure.UncacheableArgumentException naming the path to what cannot be encoded
   */
  public byte[] encode(A arguments) {
    throw new UnsupportedOperationException();
  }

  /**
   * Whether two arguments are {@code equals} if and only if their bytes are equal, and neither ever
   * changes: then a map may be keyed by the arguments themselves.
   */
  public boolean equalsLikeBytes() {
    throw new UnsupportedOperationException();
  }
}
