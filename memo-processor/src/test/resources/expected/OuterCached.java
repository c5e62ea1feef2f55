package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Outer}. */
@Generated("dev.memo.processor.CachedProcessor")
final class OuterCached {
  /** Handle of {@link Outer#generic(int)}. */
  static final CachedFunction<Integer, Integer, RuntimeException> GENERIC =
      CachedMethod.in("outer.memo", Outer.class, "generic", int.class)
          .calls(x -> Outer.generic((int) x));

  /** Handle of {@link Outer#distance(Outer.DistanceArgs, Outer.DistanceArgs)}. */
  static final CachedFunction<DistanceArgs, Integer, RuntimeException> DISTANCE =
      CachedMethod.in(
              "outer.memo",
              Outer.class,
              "distance",
              Outer.DistanceArgs.class,
              Outer.DistanceArgs.class)
          .calls(DistanceArgs.class, args -> Outer.distance(args.a(), args.b()));

  private OuterCached() {}

  /** Cached {@link Outer#generic(int)}. */
  static int generic(int x) {
    return GENERIC.call(x);
  }

  /** Cached {@link Outer#distance(Outer.DistanceArgs, Outer.DistanceArgs)}. */
  static int distance(Outer.DistanceArgs a, Outer.DistanceArgs b) {
    return DISTANCE.call(new DistanceArgs(a, b));
  }

  /** Arguments of {@link #distance}. */
  record DistanceArgs(Outer.DistanceArgs a, Outer.DistanceArgs b) {}
}
