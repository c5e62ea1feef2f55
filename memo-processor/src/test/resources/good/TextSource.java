package com.acme;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Has more than a wrapper caches. */
interface TextSource<T extends Comparable<T>> {
  Optional<T> best(List<? extends T> texts);

  <U extends Comparable<T>, X extends Exception> U first(List<U> texts, Class<X> thrown) throws X;

  default void reset(@Nullable T to) {}

  T named(T name);
}
