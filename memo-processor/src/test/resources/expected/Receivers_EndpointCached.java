package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Endpoint}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_EndpointCached {
  /** Handle of {@link Receivers.Endpoint#ask(String)}. */
  public static final CachedFunction<AskArgs, Integer, RuntimeException> ASK =
      CachedMethod.in("receivers.memo", Receivers.Endpoint.class, "ask", String.class)
          .receiver()
          .calls(AskArgs.class, args -> args.endpoint().ask(args.text()));

  private Receivers_EndpointCached() {}

  /** Cached {@link Receivers.Endpoint#ask(String)}. */
  public static int ask(Receivers.Endpoint endpoint, String text) {
    return ASK.call(new AskArgs(endpoint, text));
  }

  /** Arguments of {@link #ask}. */
  public record AskArgs(Receivers.Endpoint endpoint, String text) {
    @Override
    public String toString() {
      return "AskArgs[endpoint=***, text=" + text + "]";
    }
  }
}
