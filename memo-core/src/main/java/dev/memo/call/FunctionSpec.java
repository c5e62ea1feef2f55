package dev.memo.call;

import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import org.jspecify.annotations.Nullable;

/**
 * All that memo knows of a function, whichever directory keeps its results.
 *
 * @param codeFingerprint hash of its bytecode; 0 if unknown
 */
public record FunctionSpec<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
    FunctionIdentity identity,
    ArgumentsFormat<A> arguments,
    ResultFormat<R> results,
    long codeFingerprint,
    ThrowingFunction<A, R, X> body) {}
