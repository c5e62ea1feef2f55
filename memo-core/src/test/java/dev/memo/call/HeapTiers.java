package dev.memo.call;

/** Heap tiers for tests of other packages. */
public final class HeapTiers {
  private HeapTiers() {}

  /** One that keeps nothing. */
  public static HeapTier keepingNothing() {
    return new HeapTier(0);
  }
}
