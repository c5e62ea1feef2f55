package com.acme;

import dev.memo.annotation.Cached;
import java.util.List;

abstract class Shape {
  @Cached("bad.memo")
  int instance(int x) {
    return x;
  }

  @Cached("bad.memo")
  abstract int withoutBody(int x);

  @Cached("bad.memo")
  static native int inC(int x);

  @Cached("bad.memo")
  private static int hidden(int x) {
    return x;
  }

  @Cached("bad.memo")
  static void nothing(int x) {}

  @Cached("bad.memo")
  static Void boxedNothing(int x) {
    return null;
  }

  @Cached("bad.memo")
  static <T, U> List<T> generic(T x, U y) {
    return List.of(x);
  }

  @Cached("bad.memo")
  static int throwsAnything(int x) throws Throwable {
    throw new Throwable();
  }

  @Cached("bad.memo")
  static synchronized int locked(int x) {
    return x;
  }

  interface OfInterface {
    @Cached("bad.memo")
    int declared(int x);

    @Cached("bad.memo")
    default int byDefault(int x) {
      return x;
    }
  }
}
