package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Private}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_PrivateCached {
  /** Handle of {@link Receivers.Private#size()}. */
  static final CachedFunction<Receivers.Private, Integer, RuntimeException> SIZE =
      CachedMethod.in("receivers.memo", Receivers.Private.class, "size")
          .identifiedBy("id")
          .withReceiverClass()
          .calls(Receivers.Private::size);

  private Receivers_PrivateCached() {}

  /** Cached {@link Receivers.Private#size()}. */
  static int size(Receivers.Private receiver) {
    return SIZE.call(receiver);
  }
}
