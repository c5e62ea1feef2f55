package com.acme;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Cached;
import java.io.Closeable;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An interface: its wrapper takes what implements it. */
public interface Translator extends Closeable, Comparator<String>, TextSource<String> {

  @CacheIdentity
  String model();

  @Cached("text.memo")
  String translate(String text) throws IOException;

  @Cached(value = "text.memo", handle = "translateTo")
  default String translate(String text, String language) throws IOException {
    return language + translate(text);
  }

  @Cached("text.memo")
  CompletableFuture<Optional<String>> later(String text);

  @Cached("text.memo")
  CompletionStage<@Nullable Integer> length(String text);

  @Cached("text.memo")
  static int words(String text) {
    return text.split(" ", -1).length;
  }

  @Override
  String named(String name);

  @Deprecated
  void old(String... texts);

  @Override
  boolean equals(Object other);
}
