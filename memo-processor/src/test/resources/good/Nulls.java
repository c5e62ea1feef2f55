package com.acme;

import dev.memo.annotation.Cached;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

@NullMarked
final class Nulls {
  record Box(@Nullable String content) {}

  @Cached("nulls.memo")
  static @Nullable String find(@Nullable String name) {
    return name;
  }

  @Cached("nulls.memo")
  static List<@Nullable Box> boxes(
      Map<String, @Nullable Box> named, @Nullable Box @Nullable [] more) {
    return List.of();
  }

  @Cached("nulls.memo")
  static Nulls.@Nullable Box box(@Nullable String... contents) {
    return null;
  }
}
