package dev.memo;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.Lookup;
import dev.memo.call.RoutedFunction;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.key.ReceiverFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An instance method as a function whose arguments begin with the receiver, which may be of several
 * classes. Thread-safe.
 */
final class ReceiverFirst<
        A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements RoutedFunction<A, R, X> {
  private final Class<?> declaring;
  private final ReceiverClasses<A, R, X> classes;
  private final Supplier<ArgumentsFormat<A>> newFormat;

  // A race is harmless: all formats of one method are alike, and immutable.
  private @Nullable ArgumentsFormat<A> format;

  ReceiverFirst(
      Class<?> declaring,
      ReceiverClasses<A, R, X> classes,
      Supplier<ArgumentsFormat<A>> newFormat) {
    this.declaring = declaring;
    this.classes = classes;
    this.newFormat = newFormat;
  }

  private CachedFunction<A, R, X> of(A argument) {
    ArgumentsFormat<A> known = format;
    if (known == null) {
      known = newFormat.get();
      format = known;
    }
    Class<?> receiver = known.receiver(argument).getClass();
    // one without a name is refused when it is encoded; there may be any number of them
    return ReceiverFormat.namelessness(receiver) == null ? classes.of(receiver) : any();
  }

  /** What all classes have in common is that of the one that declares the method. */
  private CachedFunction<A, R, X> any() {
    return classes.of(declaring);
  }

  @Override
  public R call(A argument) throws X {
    return of(argument).call(argument);
  }

  @Override
  public @Nullable Route<?, R, X> route(A argument) {
    return RoutedFunction.route(of(argument), argument);
  }

  @Override
  public @Nullable Route<?, ?, ?> keeper(A argument) {
    return RoutedFunction.keeper(of(argument), argument);
  }

  @Override
  public boolean isCached(A argument) {
    return of(argument).isCached(argument);
  }

  @Override
  public Lookup<R> peek(A argument) {
    return of(argument).peek(argument);
  }

  @Override
  public void put(A argument, R value) {
    of(argument).put(argument, value);
  }

  @Override
  public R refresh(A argument) throws X {
    return of(argument).refresh(argument);
  }

  @Override
  public void invalidate(A argument) {
    of(argument).invalidate(argument);
  }

  @Override
  public void invalidateAll() {
    any().invalidateAll();
  }

  @Override
  public FunctionStats stats() {
    return any().stats();
  }

  @Override
  public String id() {
    return any().id();
  }

  @Override
  public String toString() {
    return any().toString();
  }
}
