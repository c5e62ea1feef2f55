package com.acme;

import dev.memo.annotation.Cached;

/** Wrappers of nested classes; a wrapper is not more visible than what it wraps. */
public class Outer<T> {
  public static class Inner {
    @Cached("outer.memo")
    public static int deep(int x) {
      return x;
    }

    enum Deepest {
      ONE;

      @Cached("outer.memo")
      public static Deepest deepest() {
        return ONE;
      }
    }
  }

  @Cached("outer.memo")
  static int generic(int x) {
    return x;
  }

  /** Has the name of the record of {@link #distance}, which must not hide it. */
  record DistanceArgs(int x) {}

  @Cached("outer.memo")
  static int distance(DistanceArgs a, DistanceArgs b) {
    return a.x() - b.x();
  }
}
