package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.util.List;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Box}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_BoxCached {
  /** Handle of {@link Receivers.Box#hash()}. */
  static final CachedFunction<Receivers.Box<?>, Integer, RuntimeException> HASH =
      CachedMethod.in("receivers.memo", Receivers.Box.class, "hash")
          .identifiedBy("content")
          .calls(box -> box.hash());

  /** Handle of {@link Receivers.Box#contains(Comparable, List, Object)}. */
  static final CachedFunction<ContainsArgs<?, ?>, Boolean, RuntimeException> CONTAINS =
      CachedMethod.in(
              "receivers.memo",
              Receivers.Box.class,
              "contains",
              Comparable.class,
              List.class,
              Object.class)
          .identifiedBy("content")
          .calls(ContainsArgs.class, args -> compute(args));

  private Receivers_BoxCached() {}

  /** Cached {@link Receivers.Box#hash()}. */
  static <T extends Comparable<T>> int hash(Receivers.Box<T> box) {
    return HASH.call(box);
  }

  /** Cached {@link Receivers.Box#contains(Comparable, List, Object)}. */
  static <T extends Comparable<T>, U> boolean contains(
      Receivers.Box<T> box, T one, List<? super U> all, U other) {
    return CONTAINS.call(new ContainsArgs<>(box, one, all, other));
  }

  private static <T extends Comparable<T>, U> boolean compute(ContainsArgs<T, U> args) {
    return args.box().contains(args.one(), args.all(), args.other());
  }

  /** Arguments of {@link #contains}. */
  record ContainsArgs<T extends Comparable<T>, U>(
      Receivers.Box<T> box, T one, List<? super U> all, U other) {}
}
