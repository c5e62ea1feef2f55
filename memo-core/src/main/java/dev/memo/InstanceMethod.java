package dev.memo;

import static java.util.Objects.requireNonNull;

import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.key.ArgumentsFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An annotated instance method, for wrappers that stand for one object: they share what is stored
 * in the directory and in memory, as far as the objects are alike. Thread-safe.
 *
 * <p>Each handle belongs to one object, and holds it; yet {@code stats()} tells of calls on all
 * objects, and {@code invalidateAll()} removes the results of all. What identifies an object is
 * read at every call, not before.
 */
public final class InstanceMethod {
  private final CachedMethod method;
  private final ConcurrentMap<Class<?>, ReceiverClasses<?, ?, ?>> byArguments =
      new ConcurrentHashMap<>();

  InstanceMethod(CachedMethod method) {
    this.method = method;
  }

  /**
   * The handle of a method of one parameter, for calls on this receiver.
   *
   * @param method how the receiver runs it
   * @throws IllegalArgumentException if the receiver's class is part of the key, but has no name
   *     that the next run would know
   */
  public <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> on(Object receiver, ThrowingFunction<A, R, X> method) {
    return bind(receiver, void.class, this.method::argument, method);
  }

  /**
   * The handle of a method of no parameter, or of several, which are the record's components; else
   * as {@link #on(Object, ThrowingFunction)}.
   */
  public <A extends Record, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> on(
          Object receiver, Class<? super A> arguments, ThrowingFunction<A, R, X> method) {
    return bind(receiver, arguments, () -> ArgumentsFormat.<A>ofComponents(arguments), method);
  }

  private <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> bind(
          Object receiver,
          Class<?> arguments,
          Supplier<ArgumentsFormat<A>> format,
          ThrowingFunction<A, R, X> body) {
    requireNonNull(body, "method");
    Class<?> runs = method.requireNamed(requireNonNull(receiver, "receiver").getClass());
    ReceiverClasses<BoundCall<A, R, X>, R, X> classes = classes(arguments, format);
    return classes.of(runs).with(argument -> new BoundCall<>(receiver, argument, body));
  }

  /** There is one form of arguments, as there is one method, so the cast holds. */
  @SuppressWarnings("unchecked")
  private <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      ReceiverClasses<BoundCall<A, R, X>, R, X> classes(
          Class<?> arguments, Supplier<ArgumentsFormat<A>> format) {
    ReceiverClasses<?, ?, ?> known = byArguments.get(arguments);
    if (known == null) {
      known =
          byArguments.computeIfAbsent(
              arguments,
              first ->
                  method.<BoundCall<A, R, X>, R, X>classes(
                      () -> ArgumentsFormat.ofInstanceCalls(method.receivers(), format.get()),
                      BoundCall::run));
    }
    return (ReceiverClasses<BoundCall<A, R, X>, R, X>) known;
  }
}
