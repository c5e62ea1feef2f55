package dev.memo.call;

import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that memo knows of a function, whichever directory keeps its results.
 *
 * @param method which method it is, as an identity would say it; null if it is not known to be one
 * @param aliases former identities, in the order in which results are looked for under them
 * @param results of what is stored: what it returns, or what that completes with
 * @param codeFingerprint hash of its bytecode; 0 if unknown
 * @param returnsFutures whether it returns futures, which complete with what is stored
 */
public record FunctionSpec<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
    FunctionIdentity identity,
    @Nullable String method,
    List<FunctionIdentity> aliases,
    ArgumentsFormat<A> arguments,
    ResultFormat<R> results,
    long codeFingerprint,
    ThrowingFunction<A, R, X> body,
    boolean returnsFutures) {

  public FunctionSpec {
    aliases = List.copyOf(aliases);
  }

  /** Of a function that was never named otherwise, and returns what is stored. */
  public FunctionSpec(
      FunctionIdentity identity,
      ArgumentsFormat<A> arguments,
      ResultFormat<R> results,
      long codeFingerprint,
      ThrowingFunction<A, R, X> body) {
    this(identity, null, List.of(), arguments, results, codeFingerprint, body, false);
  }
}
