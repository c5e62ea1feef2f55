package dev.memo.failure;

/**
 * Says which input of a batch failed; attached to the function's own exception as suppressed. The
 * input itself is not kept: it may be secret.
 */
public final class FailedInput extends Exception {
  private static final long serialVersionUID = 1L;

  private final int index;

  public FailedInput(int index) {
    super("input " + index + " of the batch failed", null, false, false);
    this.index = index;
  }

  /** Position of the input in the order in which the batch was given, from 0. */
  public int index() {
    return index;
  }
}
