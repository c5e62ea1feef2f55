package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Savings}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_SavingsCached {
  /** Handle of {@link Receivers.Savings#interest(int)}. */
  static final CachedFunction<InterestArgs, Integer, RuntimeException> INTEREST =
      CachedMethod.in("receivers.memo", Receivers.Savings.class, "interest", int.class)
          .identifiedBy("owner()")
          .calls(InterestArgs.class, args -> args.savings().interest(args.year()));

  private Receivers_SavingsCached() {}

  /** Cached {@link Receivers.Savings#interest(int)}. */
  static int interest(Receivers.Savings savings, int year) {
    return INTEREST.call(new InterestArgs(savings, year));
  }

  /** Arguments of {@link #interest}. */
  record InterestArgs(Receivers.Savings savings, int year) {
    @Override
    public String toString() {
      return "InterestArgs[savings=***, year=" + year + "]";
    }
  }
}
