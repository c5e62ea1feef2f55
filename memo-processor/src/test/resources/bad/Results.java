package com.acme;

import dev.memo.annotation.Cached;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

final class Results {
  static class Open {}

  record Wrapping(String name, Object content) {}

  record Holding(Open open) {}

  static final class Fields {
    static Object shared;
    transient Object derived;
    Open open;
  }

  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  sealed interface Sum permits Good, Bad {}

  record Good() implements Sum {}

  static non-sealed class Bad implements Sum {}

  @Cached("bad.memo")
  static Stream<String> stream(int x) {
    return Stream.of();
  }

  @Cached("bad.memo")
  static Iterator<String> iterator(int x) {
    return List.<String>of().iterator();
  }

  @Cached("bad.memo")
  static List<InputStream> resources(int x) {
    return List.of();
  }

  @Cached("bad.memo")
  static CompletableFuture<String> future(int x) {
    return new CompletableFuture<>();
  }

  @Cached(value = "bad.memo", types = Good.class)
  static Supplier<String> function(int x) {
    return () -> "";
  }

  @Cached("bad.memo")
  static Object object(int x) {
    return x;
  }

  @Cached("bad.memo")
  static List<?> wildcard(int x) {
    return List.of();
  }

  @Cached("bad.memo")
  @SuppressWarnings("rawtypes")
  static Map raw(int x) {
    return Map.of();
  }

  @Cached("bad.memo")
  static CharSequence openInterface(int x) {
    return "";
  }

  @Cached("bad.memo")
  static Open[] openClass(int x) {
    return new Open[x];
  }

  @Cached("bad.memo")
  static Map<String, Wrapping> inside(int x) {
    return Map.of();
  }

  @Cached("bad.memo")
  static Fields fields(int x) {
    return new Fields();
  }

  @Cached("bad.memo")
  static StringBuilder ofJdk(int x) {
    return new StringBuilder();
  }

  @Cached("bad.memo")
  static Failure failure(int x) {
    return new Failure();
  }

  @Cached(value = "bad.memo", types = Good.class)
  static Map<Sum, Open> otherType(int x) {
    return Map.of();
  }

  @Cached(value = "bad.memo", types = Holding.class)
  static Record openPartOfType(int x) {
    return new Good();
  }

  @Cached("bad.memo")
  static Sum oneOfSeveral(int x) {
    return new Good();
  }

  static final class Tags extends java.util.HashSet<String> {
    private static final long serialVersionUID = 1L;
  }

  @Cached("bad.memo")
  static Tags collectionOfOnesOwn(int x) {
    return new Tags();
  }
}
