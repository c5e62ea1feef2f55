package dev.memo.benchmarks;

/** Numbers at random, without a state that threads would share. */
final class Uniform {
  private Uniform() {}

  /**
   * A number below the limit, the same for the same measurement, thread and {@code i}: no
   * measurement reads what the last one has read, and no thread what another has.
   */
  static long below(long limit, long measurement, int thread, long i) {
    long mixed = ((measurement << 8 | thread) << 40) + i;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return Long.remainderUnsigned(mixed ^ (mixed >>> 31), limit);
  }
}
