package dev.memo.parallel;

/**
 * How many inputs of a batch may fail before it ends.
 *
 * <p>Whatever the policy, the batch ends when the JVM is out of memory.
 *
 * @param tolerated so many failures are {@link Outcome}s; one more ends the batch
 */
public record FailurePolicy(long tolerated) {

  /** The first failure stops new starts, and is thrown when what is under way has finished. */
  public static final FailurePolicy FAIL_FAST = new FailurePolicy(0);

  /** No failure ends the batch: each is an {@link Outcome.Failure}. */
  public static final FailurePolicy COLLECT = new FailurePolicy(Long.MAX_VALUE);

  public FailurePolicy {
    if (tolerated < 0) {
      throw new IllegalArgumentException("tolerated must be >= 0, got: " + tolerated);
    }
  }

  /**
   * So many failures are {@link Outcome.Failure}s; one more is thrown, as by FAIL_FAST, and the
   * first hundred of those that were tolerated are suppressed in it.
   */
  public static FailurePolicy tolerate(long failures) {
    return new FailurePolicy(failures);
  }

  boolean tolerates(Throwable thrown, long failures) {
    return failures <= tolerated
        && (!(thrown instanceof VirtualMachineError) || thrown instanceof StackOverflowError);
  }
}
