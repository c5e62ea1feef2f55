package com.acme;

import dev.memo.annotation.Cached;
import java.util.Map;

final class Hidden {
  private record Secret(int x) {}

  private static final class SecretException extends Exception {
    private static final long serialVersionUID = 1;
  }

  private static final class Nested {
    static final class Deeper {
      @Cached("bad.memo")
      static int inHiddenClass(int x) {
        return x;
      }
    }
  }

  @Cached("bad.memo")
  static int parameter(Map<String, Secret[]> x) {
    return 0;
  }

  @Cached("bad.memo")
  static Secret result(int x) {
    return new Secret(x);
  }

  @Cached("bad.memo")
  static int exception(int x) throws SecretException {
    throw new SecretException();
  }
}
