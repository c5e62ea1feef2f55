package com.acme;

import dev.memo.annotation.Cached;
import java.util.List;

final class Missing {
  @Cached("bad.memo")
  static int parameter(List<? super Absent[]> x) {
    return 0;
  }

  @Cached(value = "bad.memo", codec = Absent.class)
  static int codec(int x) {
    return x;
  }

  @Cached("bad.memo")
  static int fine(int x) {
    return x;
  }
}
