package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.util.List;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Old}. */
@SuppressWarnings({"deprecation", "removal", "unchecked", "varargs"})
@Generated("dev.memo.processor.CachedProcessor")
final class OldCached {
  /** Handle of {@link Old#old(int)}. */
  @Deprecated
  static final CachedFunction<Integer, Integer, RuntimeException> OLD =
      CachedMethod.in("old.memo", Old.class, "old", int.class).calls(Old::old);

  /** Handle of {@link Old#older(int)}. */
  @Deprecated(since = "1", forRemoval = true)
  static final CachedFunction<Integer, Integer, RuntimeException> OLDER =
      CachedMethod.in("old.memo", Old.class, "older", int.class).calls(Old::older);

  /** Handle of {@link Old#worth(Old.Coin)}. */
  static final CachedFunction<Old.Coin, Integer, RuntimeException> WORTH =
      CachedMethod.in("old.memo", Old.class, "worth", Old.Coin.class).calls(Old::worth);

  /** Handle of {@link Old#flat(List...)}. */
  static final CachedFunction<List<String>[], List<String>, RuntimeException> FLAT =
      CachedMethod.in("old.memo", Old.class, "flat", List[].class).calls(lists -> Old.flat(lists));

  /** Handle of {@link Old#unsafe(String, List...)}. */
  static final CachedFunction<UnsafeArgs, Integer, RuntimeException> UNSAFE =
      CachedMethod.in("old.memo", Old.class, "unsafe", String.class, List[].class)
          .calls(UnsafeArgs.class, args -> Old.unsafe(args.name(), args.lists()));

  private OldCached() {}

  /** Cached {@link Old#old(int)}. */
  @Deprecated
  static int old(int x) {
    return OLD.call(x);
  }

  /** Cached {@link Old#older(int)}. */
  @Deprecated(since = "1", forRemoval = true)
  static int older(int x) {
    return OLDER.call(x);
  }

  /** Cached {@link Old#worth(Old.Coin)}. */
  static int worth(Old.Coin coin) {
    return WORTH.call(coin);
  }

  /** Cached {@link Old#flat(List...)}. */
  @SafeVarargs
  static List<String> flat(List<String>... lists) {
    return FLAT.call(lists);
  }

  /** Cached {@link Old#unsafe(String, List...)}. */
  static int unsafe(String name, List<String>... lists) {
    return UNSAFE.call(new UnsafeArgs(name, lists));
  }

  /** Arguments of {@link #unsafe}. */
  record UnsafeArgs(String name, List<String>[] lists) {}
}
