package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Attributes}. */
@Generated("dev.memo.processor.CachedProcessor")
final class AttributesCached {
  /** Handle of {@link Attributes#named(String)}. */
  static final CachedFunction<String, String, RuntimeException> NAMED =
      CachedMethod.in("attributes.memo", Attributes.class, "named", String.class)
          .name("shape of a \"name\"")
          .version("2")
          .calls(Attributes::named);

  /** Handle of {@link Attributes#shape(String, double)}. */
  static final CachedFunction<ByNameArgs, Attributes.Shape, RuntimeException> byName =
      CachedMethod.in("attributes.memo", Attributes.class, "shape", String.class, double.class)
          .types(Attributes.Circle.class, Attributes.Square.class)
          .calls(ByNameArgs.class, args -> Attributes.shape(args.name(), args.size()));

  /** Handle of {@link Attributes#text(int)}. */
  static final CachedFunction<Integer, CharSequence, RuntimeException> TEXT =
      CachedMethod.in("attributes.memo", Attributes.class, "text", int.class)
          .codec(Attributes.Text.class)
          .calls(Attributes::text);

  private AttributesCached() {}

  /** Cached {@link Attributes#named(String)}. */
  static String named(String name) {
    return NAMED.call(name);
  }

  /** Cached {@link Attributes#shape(String, double)}. */
  static Attributes.Shape shape(String name, double size) {
    return byName.call(new ByNameArgs(name, size));
  }

  /** Cached {@link Attributes#text(int)}. */
  static CharSequence text(int length) {
    return TEXT.call(length);
  }

  /** Arguments of {@link #shape}. */
  record ByNameArgs(String name, double size) {}
}
