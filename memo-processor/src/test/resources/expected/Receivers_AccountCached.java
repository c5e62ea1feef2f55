package com.acme;

import dev.memo.CachedMethod;
import dev.memo.annotation.Secret;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Account}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_AccountCached {
  /** Handle of {@link Receivers.Account#balance(int)}. */
  static final CachedFunction<BalanceArgs, Integer, RuntimeException> BALANCE =
      CachedMethod.in("receivers.memo", Receivers.Account.class, "balance", int.class)
          .identifiedBy("token")
          .calls(BalanceArgs.class, args -> args.account().balance(args.year()));

  /** Handle of {@link Receivers.Account#pay(String, int)}. */
  static final CachedFunction<PayArgs, Integer, RuntimeException> PAY =
      CachedMethod.in("receivers.memo", Receivers.Account.class, "pay", String.class, int.class)
          .identifiedBy("token")
          .calls(PayArgs.class, args -> args.account().pay(args.pin(), args.amount()));

  /** Handle of {@link Receivers.Account#fee(int, int)}. */
  static final CachedFunction<FeeArgs, Integer, RuntimeException> FEE =
      CachedMethod.in("receivers.memo", Receivers.Account.class, "fee", int.class, int.class)
          .ignoringReceiver()
          .calls(FeeArgs.class, args -> args.account().fee(args.amount(), args.year()));

  private Receivers_AccountCached() {}

  /** Cached {@link Receivers.Account#balance(int)}. */
  static int balance(Receivers.Account account, int year) {
    return BALANCE.call(new BalanceArgs(account, year));
  }

  /** Cached {@link Receivers.Account#pay(String, int)}. */
  static int pay(Receivers.Account account, String pin, int amount) {
    return PAY.call(new PayArgs(account, pin, amount));
  }

  /** Cached {@link Receivers.Account#fee(int, int)}. */
  static int fee(Receivers.Account account, int amount, int year) {
    return FEE.call(new FeeArgs(account, amount, year));
  }

  /** Arguments of {@link #balance}. */
  record BalanceArgs(Receivers.Account account, int year) {
    @Override
    public String toString() {
      return "BalanceArgs[account=***, year=" + year + "]";
    }
  }

  /** Arguments of {@link #pay}. */
  record PayArgs(Receivers.Account account, @Secret String pin, int amount) {
    @Override
    public String toString() {
      return "PayArgs[account=***, pin=***, amount=" + amount + "]";
    }
  }

  /** Arguments of {@link #fee}. */
  record FeeArgs(Receivers.Account account, int amount, int year) {
    @Override
    public String toString() {
      return "FeeArgs[account=***, amount=" + amount + ", year=" + year + "]";
    }
  }
}
