package com.acme;

import dev.memo.CachedMethod;
import dev.memo.InstanceMethod;
import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;
import dev.memo.call.CachedFunction;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Model}. */
@Generated("dev.memo.processor.CachedProcessor")
public final class ModelCached extends Model {
  private static final InstanceMethod ASK =
      CachedMethod.in("model.memo", Model.class, "ask", String.class, String.class, Executor.class)
          .ignoringReceiver()
          .aliases("com.acme.OldModel#ask(java.lang.String)", "ask")
          .ofInstances();

  /** Handle of {@link Model#pin(String)}. */
  public static final CachedFunction<PinArgs, Integer, RuntimeException> PIN =
      CachedMethod.in("model.memo", Model.class, "pin", String.class)
          .calls(PinArgs.class, args -> Model.pin(args.pin()));

  /** Handle of {@link Model#now(Clock)}. */
  public static final CachedFunction<NowArgs, Integer, RuntimeException> NOW =
      CachedMethod.in("model.memo", Model.class, "now", Clock.class)
          .calls(NowArgs.class, args -> Model.now(args.clock()));

  private final CachedFunction<AskArgs, CompletableFuture<String>, RuntimeException> askFunction =
      ASK.on(this, AskArgs.class, args -> super.ask(args.prompt(), args.apiKey(), args.executor()));

  public ModelCached() {
    super();
  }

  @Override
  public CompletableFuture<String> ask(String prompt, String apiKey, Executor executor) {
    return askFunction == null
        ? super.ask(prompt, apiKey, executor)
        : askFunction.call(new AskArgs(prompt, apiKey, executor));
  }

  /** Handle of {@link Model#ask(String, String, Executor)}, called on this object. */
  public CachedFunction<AskArgs, CompletableFuture<String>, RuntimeException> askFunction() {
    return askFunction;
  }

  /** Cached {@link Model#pin(String)}. */
  public static int pin(String pin) {
    return PIN.call(new PinArgs(pin));
  }

  /** Cached {@link Model#now(Clock)}. */
  public static int now(Clock clock) {
    return NOW.call(new NowArgs(clock));
  }

  /** Arguments of {@link #ask}. */
  public record AskArgs(
      String prompt, @KeyIgnored @Secret String apiKey, @KeyIgnored Executor executor) {
    @Override
    public String toString() {
      return "AskArgs[prompt=" + prompt + ", apiKey=***, executor=" + executor + "]";
    }
  }

  /** Arguments of {@link #pin}. */
  public record PinArgs(@Secret String pin) {
    @Override
    public String toString() {
      return "PinArgs[pin=***]";
    }
  }

  /** Arguments of {@link #now}. */
  public record NowArgs(@KeyIgnored Clock clock) {}
}
