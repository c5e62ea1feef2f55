package dev.memo;

import dev.memo.call.ThrowingFunction;
import dev.memo.codec.key.InstanceCall;
import org.jspecify.annotations.Nullable;

/** A call of a method on one object, and how that object runs it. */
record BoundCall<A extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
    Object receiver, A argument, ThrowingFunction<A, R, X> body) implements InstanceCall<A> {

  R run() throws X {
    return body.call(argument);
  }
}
