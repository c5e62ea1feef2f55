package com.acme;

import dev.memo.annotation.Cached;
import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Receiver;
import dev.memo.annotation.Secret;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Parameters that are no part of the key, or must not be readable. */
public class Model {
  /** A nested class of the name of one that the wrapper needs. */
  public static class CompletableFutures {}

  @Cached(
      value = "model.memo",
      receiver = Receiver.IGNORED,
      aliases = {"com.acme.OldModel#ask(java.lang.String)", "ask"})
  public CompletableFuture<String> ask(
      String prompt, @KeyIgnored @Secret String apiKey, @KeyIgnored Executor executor) {
    return CompletableFuture.supplyAsync(() -> prompt + apiKey, executor);
  }

  @Cached("model.memo")
  public static int pin(@Secret String pin) {
    return pin.length();
  }

  @Cached("model.memo")
  public static int now(@KeyIgnored java.time.Clock clock) {
    return clock.instant().getNano();
  }
}
