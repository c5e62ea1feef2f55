package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Vector}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_VectorCached {
  /** Handle of {@link Receivers.Vector#norm()}. */
  public static final CachedFunction<Receivers.Vector, Double, RuntimeException> NORM =
      CachedMethod.in("receivers.memo", Receivers.Vector.class, "norm")
          .receiver()
          .calls(Receivers.Vector::norm);

  /** Handle of {@link Receivers.Vector#plus(Receivers.Vector, double...)}. */
  public static final CachedFunction<PlusArgs, Receivers.Vector, RuntimeException> PLUS =
      CachedMethod.in(
              "receivers.memo",
              Receivers.Vector.class,
              "plus",
              Receivers.Vector.class,
              double[].class)
          .receiver()
          .calls(PlusArgs.class, args -> args.receiver().plus(args.vector(), args.more()));

  private Receivers_VectorCached() {}

  /** Cached {@link Receivers.Vector#norm()}. */
  public static double norm(Receivers.Vector vector) {
    return NORM.call(vector);
  }

  /** Cached {@link Receivers.Vector#plus(Receivers.Vector, double...)}. */
  public static Receivers.Vector plus(
      Receivers.Vector receiver, Receivers.Vector vector, double... more) {
    return PLUS.call(new PlusArgs(receiver, vector, more));
  }

  /** Arguments of {@link #plus}. */
  public record PlusArgs(Receivers.Vector receiver, Receivers.Vector vector, double[] more) {}
}
