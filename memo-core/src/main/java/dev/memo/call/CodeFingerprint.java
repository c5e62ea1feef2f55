package dev.memo.call;

/** stub, replaced by the merge. */
public final class CodeFingerprint {
  private CodeFingerprint() {}

  public static long of(Class<?> declaring, String method, Class<?>... parameters) {
    return method.isEmpty() ? 1 : 0;
  }
}
