package dev.memo.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call of a batch took longer than it was allowed to, and was interrupted. The cause is what the
 * function then threw.
 */
public final class InputTimedOutException extends MemoException {
  private static final long serialVersionUID = 1L;

  private final int index;

  public InputTimedOutException(int index, Duration timeout, @Nullable Throwable cause) {
    super("input " + index + " of the batch took longer than " + timeout, cause);
    this.index = index;
  }

  /** Position of the input in the order in which the batch was given, from 0. */
  public int index() {
    return index;
  }
}
