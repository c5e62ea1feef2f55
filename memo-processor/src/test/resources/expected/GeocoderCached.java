package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.io.IOException;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Geocoder}. */
@Generated("dev.memo.processor.CachedProcessor")
final class GeocoderCached {
  /** Handle of {@link Geocoder#locate(String)}. */
  static final CachedFunction<String, Place, IOException> LOCATE =
      CachedMethod.in("geo.memo", Geocoder.class, "locate", String.class).calls(Geocoder::locate);

  /** Handle of {@link Geocoder#distance(Place, Place)}. */
  static final CachedFunction<DistanceArgs, Double, RuntimeException> DISTANCE =
      CachedMethod.in("geo.memo", Geocoder.class, "distance", Place.class, Place.class)
          .calls(DistanceArgs.class, args -> Geocoder.distance(args.from(), args.to()));

  private GeocoderCached() {}

  /** Cached {@link Geocoder#locate(String)}. */
  static Place locate(String address) throws IOException {
    return LOCATE.call(address);
  }

  /** Cached {@link Geocoder#distance(Place, Place)}. */
  static double distance(Place from, Place to) {
    return DISTANCE.call(new DistanceArgs(from, to));
  }

  /** Arguments of {@link #distance}. */
  record DistanceArgs(Place from, Place to) {}
}
