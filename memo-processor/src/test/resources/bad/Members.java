package com.acme;

import dev.memo.annotation.Cached;
import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Receiver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** Methods whose wrappers would get in each other's way, or in that of the class. */
class Members {
  static class Accessor {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x) {
      return x;
    }

    String sizeFunction() {
      return "";
    }
  }

  static class Overloads {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x) {
      return x;
    }

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(long x) {
      return 1;
    }
  }

  static class Hiding {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int size(int x) {
      return x;
    }

    @Cached("bad.memo")
    static final int unit(int x) {
      return x;
    }
  }

  static class Signatures {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    final int size(int x) {
      return x;
    }

    @Cached(value = "bad.memo", handle = "STATIC_SIZE")
    static int size(@KeyIgnored Signatures signatures, int x) {
      return x;
    }

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    int open(int x) {
      return x;
    }

    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    final int weight(int x) {
      return x;
    }

    int weight(Signatures signatures, int x) {
      return x;
    }
  }

  static final class Names {
    @Cached(value = "bad.memo", aliases = "com.acme.Members$Names#self(int)")
    static int self(int x) {
      return x;
    }

    @Cached(value = "bad.memo", aliases = {"fine", " "})
    static int blank(int x) {
      return x;
    }

    @Cached("bad.memo")
    static int kept(int x) {
      return x;
    }

    @Cached(value = "bad.memo", aliases = "com.acme.Members$Names#kept(int)")
    static int alive(int x) {
      return x;
    }

    @Cached(value = "bad.memo", name = "com.acme.Members$Names#kept(int)")
    static int named(int x) {
      return x;
    }
  }

  static final class Variables<T> {
    @Cached(value = "bad.memo", receiver = Receiver.IGNORED)
    <T> int size(T x) {
      return 1;
    }
  }

  static final class Results {
    @Cached("bad.memo")
    static <T> List<T> generic(T x) {
      return List.of(x);
    }

    @Cached("bad.memo")
    static CompletableFuture<Void> nothing(int x) {
      return new CompletableFuture<>();
    }

    @Cached("bad.memo")
    static CompletableFuture<Object> open(int x) {
      return new CompletableFuture<>();
    }

    @Cached("bad.memo")
    static Future<String> future(int x) {
      return new CompletableFuture<>();
    }

    @Cached("bad.memo")
    static CompletableFuture<CompletableFuture<String>> twice(int x) {
      return new CompletableFuture<>();
    }

    @Cached("bad.memo")
    static <T extends Thread & Comparable<T>> int bounded(T x, List<? extends T> y) {
      return 1;
    }
  }
}
