package dev.memo.call;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cached function whose arguments are made by another function. */
record FedFunction<
        B extends @Nullable Object,
        A extends @Nullable Object,
        R extends @Nullable Object,
        X extends Exception>(
    CachedFunction<A, R, X> target, Function<? super B, ? extends A> arguments)
    implements RoutedFunction<B, R, X> {

  FedFunction {
    requireNonNull(target, "target");
    requireNonNull(arguments, "arguments");
  }

  @Override
  public R call(B argument) throws X {
    return target.call(arguments.apply(argument));
  }

  @Override
  public @Nullable Route<?, R, X> route(B argument) {
    return RoutedFunction.route(target, arguments.apply(argument));
  }

  @Override
  public @Nullable Route<?, ?, ?> keeper(B argument) {
    return RoutedFunction.keeper(target, arguments.apply(argument));
  }

  @Override
  public boolean isCached(B argument) {
    return target.isCached(arguments.apply(argument));
  }

  @Override
  public Lookup<R> peek(B argument) {
    return target.peek(arguments.apply(argument));
  }

  @Override
  public void put(B argument, R value) {
    target.put(arguments.apply(argument), value);
  }

  @Override
  public R refresh(B argument) throws X {
    return target.refresh(arguments.apply(argument));
  }

  @Override
  public void invalidate(B argument) {
    target.invalidate(arguments.apply(argument));
  }

  @Override
  public void invalidateAll() {
    target.invalidateAll();
  }

  @Override
  public FunctionStats stats() {
    return target.stats();
  }

  @Override
  public String id() {
    return target.id();
  }

  @Override
  public String toString() {
    return target.toString();
  }
}
