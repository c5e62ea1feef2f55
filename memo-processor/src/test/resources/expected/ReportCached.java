package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Report}. */
@Generated("dev.memo.processor.CachedProcessor")
final class ReportCached {
  /** Handle of {@link Report#total(GeocoderCached.DistanceArgs)}. */
  static final CachedFunction<GeocoderCached.DistanceArgs, Double, RuntimeException> TOTAL =
      CachedMethod.in("report.memo", Report.class, "total", GeocoderCached.DistanceArgs.class)
          .calls(Report::total);

  /** Handle of {@link Report#summary(int)}. */
  static final CachedFunction<Integer, String, RuntimeException> SUMMARY =
      CachedMethod.in("report.memo", Report.class, "summary", int.class).calls(Report::summary);

  private ReportCached() {}

  /** Cached {@link Report#total(GeocoderCached.DistanceArgs)}. */
  static double total(GeocoderCached.DistanceArgs arguments) {
    return TOTAL.call(arguments);
  }

  /** Cached {@link Report#summary(int)}. */
  static String summary(int length) {
    return SUMMARY.call(length);
  }
}
