package dev.memo.call;

import org.jspecify.annotations.Nullable;

/**
 * One run of the function that returned.
 *
 * @param createdMillis when it began
 * @param nanos how long it took
 * @param codeFingerprint of the function that ran; 0 of what was put by hand
 */
record Run<R extends @Nullable Object>(
    R value, long createdMillis, long nanos, long codeFingerprint) {

  /** Takes note that the function is about to run. */
  static Begun begin(FunctionParts<?, ?, ?> parts) {
    return new Begun(parts, parts.context.clock().millis(), System.nanoTime());
  }

  /** A run under way, which ends in one of two ways. */
  record Begun(FunctionParts<?, ?, ?> parts, long createdMillis, long beginNanos) {

    <R extends @Nullable Object> Run<R> returned(R value) {
      return new Run<>(value, createdMillis, returned(), parts.spec.codeFingerprint());
    }

    /** Without a value; says how long it took. */
    long returned() {
      long nanos = System.nanoTime() - beginNanos;
      parts.counters.computations.increment();
      parts.took(nanos);
      return nanos;
    }

    void threw() {
      parts.counters.failures.increment();
    }
  }
}
