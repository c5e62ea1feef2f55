package dev.memo.parallel;

import java.util.function.Predicate;

/**
 * Whether and when an input is tried again.
 *
 * @param times further attempts
 * @param backoffNanos wait before the first of them; doubled for each further one
 */
record RetryPolicy(int times, long backoffNanos, Predicate<? super Exception> retried) {

  static final RetryPolicy NEVER = new RetryPolicy(0, 0, failure -> false);

  private static final int MAX_DOUBLINGS = 20;

  boolean retries(Throwable thrown, int attempt) {
    return attempt < times && thrown instanceof Exception failure && retried.test(failure);
  }

  /** How long to wait after an attempt, counted from 0. */
  long backoffNanos(int attempt) {
    long factor = 1L << Math.min(attempt, MAX_DOUBLINGS);
    return backoffNanos > Long.MAX_VALUE / 2 / factor ? Long.MAX_VALUE / 2 : backoffNanos * factor;
  }
}
