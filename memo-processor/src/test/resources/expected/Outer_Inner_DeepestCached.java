package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Outer.Inner.Deepest}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Outer_Inner_DeepestCached {
  /** Handle of {@link Outer.Inner.Deepest#deepest()}. */
  public static final CachedFunction<DeepestArgs, Outer.Inner.Deepest, RuntimeException> DEEPEST =
      CachedMethod.in("outer.memo", Outer.Inner.Deepest.class, "deepest")
          .calls(DeepestArgs.class, args -> Outer.Inner.Deepest.deepest());

  private Outer_Inner_DeepestCached() {}

  /** Cached {@link Outer.Inner.Deepest#deepest()}. */
  public static Outer.Inner.Deepest deepest() {
    return DEEPEST.call(new DeepestArgs());
  }

  /** Arguments of {@link #deepest}. */
  public record DeepestArgs() {}
}
