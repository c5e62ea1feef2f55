package dev.memo.process;

/** The rule, but what was swept outdates nothing while a test says so. */
final class ForgetfulOutdating implements Outdating {
  private volatile boolean forgets;

  /** From now on it does not. */
  void forgetSwept() {
    forgets = true;
  }

  @Override
  public boolean isOutdated(long start, long changed) {
    return STARTED_BEFORE.isOutdated(start, changed);
  }

  @Override
  public boolean isOutdatedBySwept(long start, long last) {
    return !forgets && isOutdated(start, last);
  }
}
