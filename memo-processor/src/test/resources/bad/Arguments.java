package com.acme;

import dev.memo.annotation.Cached;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;

final class Arguments {
  static final class Plain {
    int x;
  }

  record Wrapping(String name, List<Plain> plain) {}

  record Generic<T>(T content) {}

  sealed interface Sum permits Good, Bad {}

  record Good() implements Sum {}

  static final class Bad implements Sum {}

  @Cached("bad.memo")
  static int stream(int x, Stream<String> y) {
    return 0;
  }

  @Cached("bad.memo")
  static int iterator(Iterator<String> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int resource(InputStream x) {
    return 0;
  }

  @Cached("bad.memo")
  static int future(Future<String> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int thread(Thread x) {
    return 0;
  }

  @Cached("bad.memo")
  static int function(Function<String, String> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int finalClass(StringBuilder x) {
    return 0;
  }

  @Cached("bad.memo")
  static int openClass(Date... x) {
    return 0;
  }

  @Cached("bad.memo")
  static int otherCollection(ArrayDeque<String> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int inside(Wrapping x) {
    return 0;
  }

  @Cached("bad.memo")
  static int typeArgument(Generic<? extends Generic<Plain>> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int oneOfSeveral(Sum x) {
    return 0;
  }
}
