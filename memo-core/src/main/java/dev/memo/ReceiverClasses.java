package dev.memo;

import dev.memo.call.CachedFunction;
import dev.memo.call.DirectoryFunction;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionStats;
import dev.memo.call.ThrowingFunction;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One instance method as the classes of its receivers have it: each may run code of its own, so
 * each has a handle. They share the identity, and with it what {@code invalidateAll} removes; what
 * was counted is told of all of them together. Thread-safe.
 */
final class ReceiverClasses<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  private final FunctionIdentity identity;
  private final Function<Class<?>, MethodPlace<A, R, X>> newPlace;
  private final ThrowingFunction<A, R, X> body;
  private final ConcurrentMap<Class<?>, OfClass> classes = new ConcurrentHashMap<>();

  /**
   * @param newPlace of the code that a class runs; must not do more than make it
   */
  ReceiverClasses(
      FunctionIdentity identity,
      Function<Class<?>, MethodPlace<A, R, X>> newPlace,
      ThrowingFunction<A, R, X> body) {
    this.identity = identity;
    this.newPlace = newPlace;
    this.body = body;
  }

  /** The handle of calls on receivers of a class. */
  CachedFunction<A, R, X> of(Class<?> receiver) {
    OfClass known = classes.get(receiver);
    return (known != null ? known : classes.computeIfAbsent(receiver, OfClass::new)).handle;
  }

  /** What was counted, whatever the class. */
  FunctionStats stats() {
    return classes.values().stream()
        .map(each -> each.place.stats())
        .reduce(FunctionStats.NONE, FunctionStats::plus);
  }

  private final class OfClass implements Handle.Place<A, R, X> {
    final MethodPlace<A, R, X> place;
    final Handle<A, R, X> handle;

    OfClass(Class<?> receiver) {
      this.place = newPlace.apply(receiver);
      this.handle = new Handle<>(identity, this, body);
    }

    @Override
    public @Nullable DirectoryFunction<A, R, X> find() {
      return place.find();
    }

    @Override
    public FunctionStats stats() {
      return ReceiverClasses.this.stats();
    }
  }
}
