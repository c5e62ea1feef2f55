package com.acme;

import dev.memo.CachedMethod;
import dev.memo.InstanceMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Repository.View}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Repository_ViewCached<K extends Comparable<K>, V, W> extends Repository<K, V>.View<W> {
  private static final InstanceMethod MATCHES =
      CachedMethod.in(
              "repository.memo", Repository.View.class, "matches", Comparable.class, Object.class)
          .identifiedBy("filter")
          .ofInstances();

  private final CachedFunction<MatchesArgs<K, W>, Integer, RuntimeException> matchesFunction =
      MATCHES.on(this, MatchesArgs.class, args -> super.matches(args.key(), args.also()));

  Repository_ViewCached(Repository<K, V> outer_, W filter, int outer) {
    outer_.super(filter, outer);
  }

  @Override
  int matches(K key, W also) {
    return matchesFunction == null
        ? super.matches(key, also)
        : matchesFunction.call(new MatchesArgs<>(key, also));
  }

  /** Handle of {@link Repository.View#matches(Comparable, Object)}, called on this object. */
  CachedFunction<MatchesArgs<K, W>, Integer, RuntimeException> matchesFunction() {
    return matchesFunction;
  }

  /** Arguments of {@link #matches}. */
  record MatchesArgs<K extends Comparable<K>, W>(K key, W also) {}
}
