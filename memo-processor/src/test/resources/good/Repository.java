package com.acme;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Cached;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** Generic methods, and methods of generic classes. */
public class Repository<K extends Comparable<K>, V> {
  @CacheIdentity protected final String name;

  public <T extends CharSequence & Serializable> Repository(T name) {
    this.name = name.toString();
  }

  @Cached("repository.memo")
  public int count(List<K> keys) {
    return keys.size();
  }

  @Cached("repository.memo")
  public int rank(K key, Map<K, ? extends V> all) {
    return all.size() + name.length();
  }

  @Cached("repository.memo")
  public <U extends K> int compare(U one, List<U> others, V value) throws IOException {
    return others.indexOf(one);
  }

  @Cached("repository.memo")
  static <T extends Comparable<? super T>, E extends Exception> int position(
      List<T> sorted, T wanted, Class<E> thrown) throws E {
    return sorted.indexOf(wanted);
  }

  @Cached("repository.memo")
  @SafeVarargs
  static <T> int size(T... all) {
    return all.length;
  }

  @Cached("repository.memo")
  static <E extends Exception> int fail(String text) throws E {
    return text.length();
  }

  /** Belongs to a repository. */
  class View<W> {
    @CacheIdentity final W filter;

    View(W filter, int outer) {
      this.filter = filter;
    }

    @Cached("repository.memo")
    int matches(K key, W also) {
      return name.length();
    }
  }

  /** A nested class with a name that the wrapper of the outer one uses. */
  static final class List2 {}
}
