package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.util.List;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers}. */
@Generated("dev.memo.processor.CachedProcessor")
final class ReceiversCached {
  /** Handle of {@link Receivers#balance(Receivers.Login, List, int)}. */
  static final CachedFunction<BalanceArgs, Integer, RuntimeException> BALANCE =
      CachedMethod.in(
              "receivers.memo",
              Receivers.class,
              "balance",
              Receivers.Login.class,
              List.class,
              int.class)
          .calls(
              BalanceArgs.class,
              args -> Receivers.balance(args.login(), args.others(), args.year()));

  private ReceiversCached() {}

  /** Cached {@link Receivers#balance(Receivers.Login, List, int)}. */
  static int balance(Receivers.Login login, List<Receivers.Login> others, int year) {
    return BALANCE.call(new BalanceArgs(login, others, year));
  }

  /** Arguments of {@link #balance}. */
  record BalanceArgs(Receivers.Login login, List<Receivers.Login> others, int year) {
    @Override
    public String toString() {
      return "BalanceArgs[login=***, others=***, year=" + year + "]";
    }
  }
}
