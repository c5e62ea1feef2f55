package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Operation}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_OperationCached {
  /** Handle of {@link Receivers.Operation#apply(int, int)}. */
  static final CachedFunction<ApplyArgs, Integer, RuntimeException> APPLY =
      CachedMethod.in("receivers.memo", Receivers.Operation.class, "apply", int.class, int.class)
          .receiver()
          .calls(ApplyArgs.class, args -> args.operation().apply(args.a(), args.b()));

  private Receivers_OperationCached() {}

  /** Cached {@link Receivers.Operation#apply(int, int)}. */
  static int apply(Receivers.Operation operation, int a, int b) {
    return APPLY.call(new ApplyArgs(operation, a, b));
  }

  /** Arguments of {@link #apply}. */
  record ApplyArgs(Receivers.Operation operation, int a, int b) {}
}
