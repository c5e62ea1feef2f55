package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.util.List;
import java.util.Map;
import javax.annotation.processing.Generated;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Caches the methods of {@link Nulls}. */
@NullMarked
@Generated("dev.memo.processor.CachedProcessor")
final class NullsCached {
  /** Handle of {@link Nulls#find(String)}. */
  static final CachedFunction<@Nullable String, @Nullable String, RuntimeException> FIND =
      CachedMethod.in("nulls.memo", Nulls.class, "find", String.class).calls(Nulls::find);

  /** Handle of {@link Nulls#boxes(Map, Nulls.Box[])}. */
  static final CachedFunction<BoxesArgs, List<Nulls.@Nullable Box>, RuntimeException> BOXES =
      CachedMethod.in("nulls.memo", Nulls.class, "boxes", Map.class, Nulls.Box[].class)
          .calls(BoxesArgs.class, args -> Nulls.boxes(args.named(), args.more()));

  /** Handle of {@link Nulls#box(String...)}. */
  static final CachedFunction<@Nullable String[], Nulls.@Nullable Box, RuntimeException> BOX =
      CachedMethod.in("nulls.memo", Nulls.class, "box", String[].class)
          .calls(contents -> Nulls.box(contents));

  private NullsCached() {}

  /** Cached {@link Nulls#find(String)}. */
  static @Nullable String find(@Nullable String name) {
    return FIND.call(name);
  }

  /** Cached {@link Nulls#boxes(Map, Nulls.Box[])}. */
  static List<Nulls.@Nullable Box> boxes(
      Map<String, Nulls.@Nullable Box> named, Nulls.@Nullable Box @Nullable [] more) {
    return BOXES.call(new BoxesArgs(named, more));
  }

  /** Cached {@link Nulls#box(String...)}. */
  static Nulls.@Nullable Box box(@Nullable String... contents) {
    return BOX.call(contents);
  }

  /** Arguments of {@link #boxes}. */
  record BoxesArgs(Map<String, Nulls.@Nullable Box> named, Nulls.@Nullable Box @Nullable [] more) {}
}
