package com.acme;

import dev.memo.annotation.Cached;
import dev.memo.annotation.Receiver;

/** Methods that are not cached, though one may think so. */
class Overrides {
  static class Base {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x) {
      return x;
    }

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int weight(int x) {
      return x;
    }
  }

  static class Sub extends Base {
    @Override
    int size(int x) {
      return 2 * x;
    }

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int own(int x) {
      return x;
    }
  }

  @SuppressWarnings("memo")
  static class Knows extends Base {
    @Override
    int size(int x) {
      return 3 * x;
    }

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    synchronized int own(int x) {
      return x;
    }
  }

  interface Sized {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    default int size(int x) {
      return x;
    }
  }

  interface Doubled extends Sized {
    @Override
    default int size(int x) {
      return 2 * x;
    }
  }

  /** Implements the interface, as what its wrapper takes does. */
  static class Implementation implements Sized {
    @Override
    public int size(int x) {
      return 3 * x;
    }
  }
}
