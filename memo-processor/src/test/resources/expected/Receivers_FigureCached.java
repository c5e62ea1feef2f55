package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Figure}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_FigureCached {
  /** Handle of {@link Receivers.Figure#area()}. */
  public static final CachedFunction<Receivers.Figure, Double, RuntimeException> AREA =
      CachedMethod.in("receivers.memo", Receivers.Figure.class, "area")
          .receiver()
          .calls(Receivers.Figure::area);

  private Receivers_FigureCached() {}

  /** Cached {@link Receivers.Figure#area()}. */
  public static double area(Receivers.Figure figure) {
    return AREA.call(figure);
  }
}
