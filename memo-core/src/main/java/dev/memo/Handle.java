package dev.memo;

import dev.memo.call.DirectoryFunction;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionStats;
import dev.memo.call.Lookup;
import dev.memo.call.RoutedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.failure.DirectoryClosedException;
import org.jspecify.annotations.Nullable;

/** A cached function that finds its directory when it is called. */
final class Handle<A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements RoutedFunction<A, R, X> {
  private final FunctionIdentity identity;
  private final Place<A, R, X> place;
  private final ThrowingFunction<A, R, X> body;

  /** Where the results of a function are kept. */
  interface Place<A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {

    /**
     * The function in its directory; null if there is none because the JVM is shutting down.
     *
     * @throws dev.memo.failure.DirectoryException if the directory cannot be opened
     * @throws DirectoryClosedException if it was closed
     */
    @Nullable DirectoryFunction<A, R, X> find();

    /** What was counted, also after the directory was closed. */
    default FunctionStats stats() {
      DirectoryFunction<A, R, X> function = find();
      return function == null ? FunctionStats.NONE : function.stats();
    }
  }

  Handle(FunctionIdentity identity, Place<A, R, X> place, ThrowingFunction<A, R, X> body) {
    this.identity = identity;
    this.place = place;
    this.body = body;
  }

  @Override
  public R call(A argument) throws X {
    DirectoryFunction<A, R, X> function = place.find();
    return function == null ? body.call(argument) : function.call(argument);
  }

  @Override
  public @Nullable Route<?, R, X> route(A argument) {
    DirectoryFunction<A, R, X> function = place.find();
    return function == null ? null : function.route(argument);
  }

  @Override
  public @Nullable Route<?, ?, ?> keeper(A argument) {
    DirectoryFunction<A, R, X> function = place.find();
    return function == null ? null : function.keeper(argument);
  }

  @Override
  public boolean isCached(A argument) {
    return peek(argument).isPresent();
  }

  @Override
  public Lookup<R> peek(A argument) {
    return function().peek(argument);
  }

  @Override
  public void put(A argument, R value) {
    function().put(argument, value);
  }

  @Override
  public R refresh(A argument) throws X {
    return function().refresh(argument);
  }

  @Override
  public void invalidate(A argument) {
    function().invalidate(argument);
  }

  @Override
  public void invalidateAll() {
    function().invalidateAll();
  }

  @Override
  public FunctionStats stats() {
    return place.stats();
  }

  @Override
  public String id() {
    return identity.toString();
  }

  @Override
  public String toString() {
    return "CachedFunction[" + identity + "]";
  }

  private DirectoryFunction<A, R, X> function() {
    DirectoryFunction<A, R, X> function = place.find();
    if (function == null) {
      throw new DirectoryClosedException(
          "Cannot use what is stored of " + identity + ": the JVM is shutting down");
    }
    return function;
  }
}
