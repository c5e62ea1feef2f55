package com.acme;

import dev.memo.CachedMethod;
import dev.memo.InstanceMethod;
import dev.memo.call.CachedFunction;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import javax.annotation.processing.Generated;
import org.jspecify.annotations.Nullable;

/** Caches the methods of {@link Translator}. */
@Generated("dev.memo.processor.CachedProcessor")
public final class TranslatorCached implements Translator {
  private static final InstanceMethod TRANSLATE =
      CachedMethod.in("text.memo", Translator.class, "translate", String.class)
          .identifiedBy("model()")
          .withReceiverClass()
          .ofInstances();

  private static final InstanceMethod TRANSLATE_TO =
      CachedMethod.in("text.memo", Translator.class, "translate", String.class, String.class)
          .identifiedBy("model()")
          .withReceiverClass()
          .ofInstances();

  private static final InstanceMethod LATER =
      CachedMethod.in("text.memo", Translator.class, "later", String.class)
          .identifiedBy("model()")
          .withReceiverClass()
          .ofInstances();

  private static final InstanceMethod LENGTH =
      CachedMethod.in("text.memo", Translator.class, "length", String.class)
          .identifiedBy("model()")
          .withReceiverClass()
          .ofInstances();

  /** Handle of {@link Translator#words(String)}. */
  public static final CachedFunction<String, Integer, RuntimeException> WORDS =
      CachedMethod.in("text.memo", Translator.class, "words", String.class)
          .calls(Translator::words);

  private final Translator delegate;

  private final CachedFunction<String, String, IOException> translateFunction;

  private final CachedFunction<TranslateToArgs, String, IOException> translateToFunction;

  private final CachedFunction<String, CompletableFuture<Optional<String>>, RuntimeException>
      laterFunction;

  private final CachedFunction<String, CompletionStage<@Nullable Integer>, RuntimeException>
      lengthFunction;

  /** Caches the results of {@code delegate}, and passes on all else. */
  public TranslatorCached(Translator delegate) {
    this.delegate = delegate;
    translateFunction = TRANSLATE.on(delegate, text -> delegate.translate(text));
    translateToFunction =
        TRANSLATE_TO.on(
            delegate,
            TranslateToArgs.class,
            args -> delegate.translate(args.text(), args.language()));
    laterFunction = LATER.on(delegate, delegate::later);
    lengthFunction = LENGTH.on(delegate, delegate::length);
  }

  @Override
  public Optional<String> best(List<? extends String> arg0) {
    return delegate.best(arg0);
  }

  @Override
  public void close() throws IOException {
    delegate.close();
  }

  @Override
  public int compare(String arg0, String arg1) {
    return delegate.compare(arg0, arg1);
  }

  @Override
  public <U extends Comparable<String>, X extends Exception> U first(List<U> arg0, Class<X> arg1)
      throws X {
    return delegate.first(arg0, arg1);
  }

  @Override
  public String model() {
    return delegate.model();
  }

  @Override
  public String named(String name) {
    return delegate.named(name);
  }

  @Override
  @Deprecated
  public void old(String... texts) {
    delegate.old(texts);
  }

  @Override
  public void reset(String arg0) {
    delegate.reset(arg0);
  }

  @Override
  public Comparator<String> reversed() {
    return delegate.reversed();
  }

  @Override
  public Comparator<String> thenComparingDouble(ToDoubleFunction<? super String> arg0) {
    return delegate.thenComparingDouble(arg0);
  }

  @Override
  public Comparator<String> thenComparingInt(ToIntFunction<? super String> arg0) {
    return delegate.thenComparingInt(arg0);
  }

  @Override
  public Comparator<String> thenComparingLong(ToLongFunction<? super String> arg0) {
    return delegate.thenComparingLong(arg0);
  }

  @Override
  public Comparator<String> thenComparing(Comparator<? super String> arg0) {
    return delegate.thenComparing(arg0);
  }

  @Override
  public <U> Comparator<String> thenComparing(
      Function<? super String, ? extends U> arg0, Comparator<? super U> arg1) {
    return delegate.thenComparing(arg0, arg1);
  }

  @Override
  public <U extends Comparable<? super U>> Comparator<String> thenComparing(
      Function<? super String, ? extends U> arg0) {
    return delegate.thenComparing(arg0);
  }

  @Override
  public String translate(String text) throws IOException {
    return translateFunction.call(text);
  }

  /** Handle of {@link Translator#translate(String)}, called on this object. */
  public CachedFunction<String, String, IOException> translateFunction() {
    return translateFunction;
  }

  @Override
  public String translate(String text, String language) throws IOException {
    return translateToFunction.call(new TranslateToArgs(text, language));
  }

  /** Handle of {@link Translator#translate(String, String)}, called on this object. */
  public CachedFunction<TranslateToArgs, String, IOException> translateToFunction() {
    return translateToFunction;
  }

  @Override
  public CompletableFuture<Optional<String>> later(String text) {
    return laterFunction.call(text);
  }

  /** Handle of {@link Translator#later(String)}, called on this object. */
  public CachedFunction<String, CompletableFuture<Optional<String>>, RuntimeException>
      laterFunction() {
    return laterFunction;
  }

  @Override
  public CompletionStage<@Nullable Integer> length(String text) {
    return lengthFunction.call(text);
  }

  /** Handle of {@link Translator#length(String)}, called on this object. */
  public CachedFunction<String, CompletionStage<@Nullable Integer>, RuntimeException>
      lengthFunction() {
    return lengthFunction;
  }

  /** Cached {@link Translator#words(String)}. */
  public static int words(String text) {
    return WORDS.call(text);
  }

  /** Arguments of {@link #translate(String, String)}. */
  public record TranslateToArgs(String text, String language) {}
}
