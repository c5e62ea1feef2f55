package com.acme;

import dev.memo.annotation.Cached;
import java.io.IOException;

final class Geocoder {
  @Cached("geo.memo")
  static Place locate(String address) throws IOException {
    return new Place(address, 51.5, -0.1);
  }

  @Cached("geo.memo")
  static double distance(Place from, Place to) {
    return Math.hypot(from.latitude() - to.latitude(), from.longitude() - to.longitude());
  }
}
