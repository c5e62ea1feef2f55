package com.acme;

import dev.memo.annotation.Cached;

final class Taken {
  @Cached("bad.memo")
  static int square(int x) {
    return x;
  }

  static final class Inner {
    @Cached("bad.memo")
    static int square(int x) {
      return x;
    }
  }
}

final class Taken_Inner {
  @Cached("bad.memo")
  static int square(int x) {
    return x;
  }
}

final class TakenCached {}
