package dev.memo.call;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a call: nothing, or a value, which may be null.
 *
 * @param <R> what the function returns
 */
public sealed interface Lookup<R extends @Nullable Object> {

  /** Whether a value is stored. */
  boolean isPresent();

  /**
   * The stored value.
   *
   * @throws NoSuchElementException if there is none
   */
  R value();

  /** A stored value. */
  record Present<R extends @Nullable Object>(R value) implements Lookup<R> {
    @Override
    public boolean isPresent() {
      return true;
    }
  }

  /** Nothing is stored that this program can use. */
  record Absent<R extends @Nullable Object>() implements Lookup<R> {
    @Override
    public boolean isPresent() {
      return false;
    }

    @Override
    public R value() {
      throw new NoSuchElementException("nothing is stored for this call");
    }
  }
}
