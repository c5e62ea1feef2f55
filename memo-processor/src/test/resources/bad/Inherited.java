package com.acme;

import dev.memo.annotation.Cached;
import dev.memo.annotation.Receiver;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Interfaces of which a wrapper would have to pass on methods that it cannot declare. */
class Inherited {
  private record Secret(int x) {}

  interface SameVariable<V> extends Function<String, V> {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x);

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int toldOnce(int x);
  }

  interface SameVariableAsParameter<U> extends Comparator<U> {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x);
  }

  interface Bounded<T> {
    <V, W extends T> int count(List<V> all, W one);
  }

  interface SameVariableAsBound<V> extends Bounded<V> {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x);
  }

  interface OtherVariable<W extends Comparable<W>> extends Function<String, W> {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x);
  }

  interface Source {
    default List<Secret> secrets() {
      return List.of();
    }
  }

  interface HiddenType extends Source {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x);
  }

  interface OwnHiddenType {
    int count(Secret secret);

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x);
  }

  interface WithoutWrapper extends Source {
    int count(Secret secret);

    @Cached("bad.memo")
    static int size(int x) {
      return x;
    }
  }
}
