package com.acme;

import dev.memo.annotation.Cached;

final class Clashes {
  @Cached("bad.memo")
  static int twice(int x) {
    return x;
  }

  @Cached("bad.memo")
  static int twice(long x) {
    return 0;
  }

  @Cached(value = "bad.memo", handle = "TWICE")
  static int another(int x) {
    return x;
  }

  @Cached("bad.memo")
  static int fooBar(int x, int y) {
    return x;
  }

  @Cached("bad.memo")
  static int FooBar(int x, int y) {
    return x;
  }

  @Cached(value = "bad.memo", handle = "FooBarArgs")
  static int likeRecord(int x) {
    return x;
  }

  @Cached(value = "bad.memo", handle = "twice")
  static int likeMethod(int x) {
    return x;
  }

  @Cached(value = "bad.memo", handle = "Clashes")
  static int likeClass(int x) {
    return x;
  }

  @Cached(value = "bad.memo", name = "same")
  static int first(int x) {
    return x;
  }

  @Cached(value = "bad.memo", name = "same", version = "2")
  static int otherVersion(int x) {
    return x;
  }

  @Cached(value = "bad.memo", name = "same", version = "")
  static int second(int x) {
    return x;
  }

  @Cached(value = "other.memo", name = "same")
  static int otherDirectory(int x) {
    return x;
  }
}
