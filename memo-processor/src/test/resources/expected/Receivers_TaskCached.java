package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Task}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_TaskCached {
  /** Handle of {@link Receivers.Task#cost(int)}. */
  static final CachedFunction<CostArgs, Integer, RuntimeException> COST =
      CachedMethod.in("receivers.memo", Receivers.Task.class, "cost", int.class)
          .identifiedBy("id")
          .withReceiverClass()
          .calls(CostArgs.class, args -> args.task().cost(args.amount()));

  private Receivers_TaskCached() {}

  /** Cached {@link Receivers.Task#cost(int)}. */
  static int cost(Receivers.Task task, int amount) {
    return COST.call(new CostArgs(task, amount));
  }

  /** Arguments of {@link #cost}. */
  record CostArgs(Receivers.Task task, int amount) {}
}
