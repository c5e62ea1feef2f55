package com.acme;

import static com.acme.ReportCached.SUMMARY;

import com.acme.GeocoderCached.DistanceArgs;
import dev.memo.annotation.Cached;

/** Uses generated code in its own signatures, in its own file and by static import. */
final class Report {
  @Cached("report.memo")
  static double total(DistanceArgs arguments) {
    return GeocoderCached.DISTANCE.call(arguments);
  }

  @Cached("report.memo")
  static String summary(int length) {
    return length == 0 ? "" : "." + SUMMARY.call(length - 1);
  }
}
