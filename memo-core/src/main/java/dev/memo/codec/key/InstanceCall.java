package dev.memo.codec.key;

import org.jspecify.annotations.Nullable;

/**
 * A call of an instance method.
 *
 * @param <A> what the method takes
 */
public interface InstanceCall<A extends @Nullable Object> {

  /** The object that it is called on. */
  Object receiver();

  /** What it is called with. */
  A argument();
}
