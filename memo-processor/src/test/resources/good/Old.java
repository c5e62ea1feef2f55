package com.acme;

import dev.memo.annotation.Cached;
import java.util.Arrays;
import java.util.List;

/** Warnings that the author saw once are not repeated by the wrapper. */
final class Old {
  @Deprecated
  record Coin(int value) {}

  @Deprecated
  @Cached("old.memo")
  static int old(int x) {
    return x;
  }

  @Deprecated(since = "1", forRemoval = true)
  @Cached("old.memo")
  static int older(int x) {
    return x;
  }

  @Cached("old.memo")
  static int worth(Coin coin) {
    return coin.value();
  }

  @SafeVarargs
  @Cached("old.memo")
  static List<String> flat(List<String>... lists) {
    return Arrays.asList("" + lists.length);
  }

  @SuppressWarnings("unchecked")
  @Cached("old.memo")
  static int unsafe(String name, List<String>... lists) {
    return lists.length;
  }
}
