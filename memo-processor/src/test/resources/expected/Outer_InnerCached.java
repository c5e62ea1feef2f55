package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Outer.Inner}. */
@Generated("dev.memo.processor.CachedProcessor")
public final class Outer_InnerCached {
  /** Handle of {@link Outer.Inner#deep(int)}. */
  public static final CachedFunction<Integer, Integer, RuntimeException> DEEP =
      CachedMethod.in("outer.memo", Outer.Inner.class, "deep", int.class).calls(Outer.Inner::deep);

  private Outer_InnerCached() {}

  /** Cached {@link Outer.Inner#deep(int)}. */
  public static int deep(int x) {
    return DEEP.call(x);
  }
}
