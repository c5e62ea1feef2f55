package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Inherited.WithoutWrapper}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Inherited_WithoutWrapperCached {
  /** Handle of {@link Inherited.WithoutWrapper#size(int)}. */
  public static final CachedFunction<Integer, Integer, RuntimeException> SIZE =
      CachedMethod.in("bad.memo", Inherited.WithoutWrapper.class, "size", int.class)
          .calls(Inherited.WithoutWrapper::size);

  private Inherited_WithoutWrapperCached() {}

  /** Cached {@link Inherited.WithoutWrapper#size(int)}. */
  public static int size(int x) {
    return SIZE.call(x);
  }
}
