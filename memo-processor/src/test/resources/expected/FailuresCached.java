package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Failures}. */
@Generated("dev.memo.processor.CachedProcessor")
final class FailuresCached {
  /** Handle of {@link Failures#unchecked(String)}. */
  public static final CachedFunction<String, Integer, RuntimeException> UNCHECKED =
      CachedMethod.in("failures.memo", Failures.class, "unchecked", String.class)
          .calls(Failures::unchecked);

  /** Handle of {@link Failures#one(String)}. */
  public static final CachedFunction<String, Integer, IOException> ONE =
      CachedMethod.in("failures.memo", Failures.class, "one", String.class).calls(Failures::one);

  /** Handle of {@link Failures#covered(String)}. */
  public static final CachedFunction<String, Integer, IOException> COVERED =
      CachedMethod.in("failures.memo", Failures.class, "covered", String.class)
          .calls(Failures::covered);

  /** Handle of {@link Failures#several(String)}. */
  public static final CachedFunction<String, Integer, Exception> SEVERAL =
      CachedMethod.in("failures.memo", Failures.class, "several", String.class)
          .calls(Failures::several);

  /** Handle of {@link Failures#any(int, int)}. */
  public static final CachedFunction<AnyArgs, Integer, Exception> ANY =
      CachedMethod.in("failures.memo", Failures.class, "any", int.class, int.class)
          .calls(AnyArgs.class, args -> Failures.any(args.a(), args.b()));

  private FailuresCached() {}

  /** Cached {@link Failures#unchecked(String)}. */
  public static int unchecked(String name) throws IllegalStateException, StackOverflowError {
    return UNCHECKED.call(name);
  }

  /** Cached {@link Failures#one(String)}. */
  public static int one(String name) throws IOException {
    return ONE.call(name);
  }

  /** Cached {@link Failures#covered(String)}. */
  public static int covered(String name)
      throws FileNotFoundException, IOException, IllegalStateException {
    return COVERED.call(name);
  }

  /** Cached {@link Failures#several(String)}. */
  public static int several(String name)
      throws IOException, TimeoutException, InterruptedException {
    return CachedMethod.undeclared(SEVERAL).call(name);
  }

  /** Cached {@link Failures#any(int, int)}. */
  public static int any(int a, int b) throws Exception {
    return ANY.call(new AnyArgs(a, b));
  }

  /** Arguments of {@link #any}. */
  public record AnyArgs(int a, int b) {}
}
