package com.acme;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Cached;
import dev.memo.annotation.Receiver;
import java.io.InputStream;
import java.util.function.Supplier;

/** What is said, or not said, of the object that a method is called on. */
class Objects {
  static class Unidentified {
    @Cached("bad.memo")
    int size() {
      return 1;
    }
  }

  interface AlsoUnidentified {
    @Cached("bad.memo")
    int size();
  }

  sealed interface Figure permits Circle, Shapeless {
    @Cached("bad.memo")
    double area();
  }

  record Circle(double radius) implements Figure {
    @Override
    public double area() {
      return radius;
    }
  }

  static non-sealed class Shapeless implements Figure {
    @Override
    public double area() {
      return 0;
    }
  }

  static class ByStream {
    @CacheIdentity InputStream in;

    @Cached("bad.memo")
    int size() {
      return 1;
    }
  }

  static class ByGetter {
    @CacheIdentity
    Supplier<String> name() {
      return () -> "";
    }

    @Cached("bad.memo")
    int size() {
      return 1;
    }
  }

  record Content(String name, Thread thread) {
    @Cached("bad.memo")
    int size() {
      return 1;
    }
  }

  static class Base {
    @CacheIdentity private final String id = "";
  }

  static class TwoOfOneName extends Base {
    @CacheIdentity private final String id = "";

    @Cached("bad.memo")
    int size() {
      return 1;
    }
  }

  @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
  static int withoutReceiver(int x) {
    return x;
  }

  enum Operation {
    PLUS {
      @Override
      int apply(int a, int b) {
        return a + b;
      }
    };

    @Cached("bad.memo")
    abstract int apply(int a, int b);
  }

  @interface Marker {
    @Cached("bad.memo")
    String value();
  }
}
