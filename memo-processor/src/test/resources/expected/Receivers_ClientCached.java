package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Client}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_ClientCached {
  /** Handle of {@link Receivers.Client#ask(String)}. */
  static final CachedFunction<AskArgs, Integer, RuntimeException> ASK =
      CachedMethod.in("receivers.memo", Receivers.Client.class, "ask", String.class)
          .identifiedBy("region")
          .calls(AskArgs.class, args -> args.client().ask(args.question()));

  private Receivers_ClientCached() {}

  /** Cached {@link Receivers.Client#ask(String)}. */
  static int ask(Receivers.Client client, String question) {
    return ASK.call(new AskArgs(client, question));
  }

  /** Arguments of {@link #ask}. */
  record AskArgs(Receivers.Client client, String question) {}
}
