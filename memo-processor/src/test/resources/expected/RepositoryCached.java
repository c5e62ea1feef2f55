package com.acme;

import dev.memo.CachedMethod;
import dev.memo.InstanceMethod;
import dev.memo.call.CachedFunction;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Repository}. */
@SuppressWarnings("varargs")
@Generated("dev.memo.processor.CachedProcessor")
public final class RepositoryCached<K extends Comparable<K>, V> extends Repository<K, V> {
  private static final InstanceMethod COUNT =
      CachedMethod.in("repository.memo", Repository.class, "count", List.class)
          .identifiedBy("name")
          .ofInstances();

  private static final InstanceMethod RANK =
      CachedMethod.in("repository.memo", Repository.class, "rank", Comparable.class, Map.class)
          .identifiedBy("name")
          .ofInstances();

  private static final InstanceMethod COMPARE =
      CachedMethod.in(
              "repository.memo",
              Repository.class,
              "compare",
              Comparable.class,
              List.class,
              Object.class)
          .identifiedBy("name")
          .ofInstances();

  /** Handle of {@link Repository#position(List, Comparable, Class)}. */
  static final CachedFunction<PositionArgs<?, ?>, Integer, Exception> POSITION =
      CachedMethod.in(
              "repository.memo",
              Repository.class,
              "position",
              List.class,
              Comparable.class,
              Class.class)
          .calls(PositionArgs.class, args -> compute(args));

  /** Handle of {@link Repository#size(Object...)}. */
  static final CachedFunction<SizeArgs<?>, Integer, RuntimeException> SIZE =
      CachedMethod.in("repository.memo", Repository.class, "size", Object[].class)
          .calls(SizeArgs.class, args -> compute(args));

  /** Handle of {@link Repository#fail(String)}. */
  static final CachedFunction<String, Integer, Exception> FAIL =
      CachedMethod.in("repository.memo", Repository.class, "fail", String.class)
          .calls(text -> Repository.fail(text));

  private final CachedFunction<List<K>, Integer, RuntimeException> countFunction =
      COUNT.on(this, super::count);

  private final CachedFunction<RankArgs<K, V>, Integer, RuntimeException> rankFunction =
      RANK.on(this, RankArgs.class, args -> super.rank(args.key(), args.all()));

  private final CachedFunction<CompareArgs<?, K, V>, Integer, IOException> compareFunction =
      COMPARE.on(this, CompareArgs.class, args -> compute(args));

  public <T extends CharSequence & Serializable> RepositoryCached(T name) {
    super(name);
  }

  @Override
  public int count(List<K> keys) {
    return countFunction == null ? super.count(keys) : countFunction.call(keys);
  }

  /** Handle of {@link Repository#count(List)}, called on this object. */
  public CachedFunction<List<K>, Integer, RuntimeException> countFunction() {
    return countFunction;
  }

  @Override
  public int rank(K key, Map<K, ? extends V> all) {
    return rankFunction == null
        ? super.rank(key, all)
        : rankFunction.call(new RankArgs<>(key, all));
  }

  /** Handle of {@link Repository#rank(Comparable, Map)}, called on this object. */
  public CachedFunction<RankArgs<K, V>, Integer, RuntimeException> rankFunction() {
    return rankFunction;
  }

  @Override
  public <U extends K> int compare(U one, List<U> others, V value) throws IOException {
    return compareFunction == null
        ? super.compare(one, others, value)
        : compareFunction.call(new CompareArgs<>(one, others, value));
  }

  /** Handle of {@link Repository#compare(Comparable, List, Object)}, called on this object. */
  public CachedFunction<CompareArgs<?, K, V>, Integer, IOException> compareFunction() {
    return compareFunction;
  }

  private <U extends K> int compute(CompareArgs<U, K, V> args) throws IOException {
    return super.compare(args.one(), args.others(), args.value());
  }

  /** Cached {@link Repository#position(List, Comparable, Class)}. */
  static <T extends Comparable<? super T>, E extends Exception> int position(
      List<T> sorted, T wanted, Class<E> thrown)
      throws E {
    return CachedMethod.undeclared(POSITION).call(new PositionArgs<>(sorted, wanted, thrown));
  }

  private static <T extends Comparable<? super T>, E extends Exception> int compute(
      PositionArgs<T, E> args)
      throws Exception {
    return Repository.position(args.sorted(), args.wanted(), args.thrown());
  }

  /** Cached {@link Repository#size(Object...)}. */
  @SafeVarargs
  static <T> int size(T... all) {
    return SIZE.call(new SizeArgs<>(all));
  }

  private static <T> int compute(SizeArgs<T> args) {
    return Repository.size(args.all());
  }

  /** Cached {@link Repository#fail(String)}. */
  static <E extends Exception> int fail(String text) throws E {
    return CachedMethod.undeclared(FAIL).call(text);
  }

  /** Arguments of {@link #rank}. */
  public record RankArgs<K extends Comparable<K>, V>(K key, Map<K, ? extends V> all) {}

  /** Arguments of {@link #compare}. */
  public record CompareArgs<U extends K, K extends Comparable<K>, V>(
      U one, List<U> others, V value) {}

  /** Arguments of {@link #position}. */
  record PositionArgs<T extends Comparable<? super T>, E extends Exception>(
      List<T> sorted, T wanted, Class<E> thrown) {}

  /** Arguments of {@link #size}. */
  record SizeArgs<T>(T[] all) {}
}
