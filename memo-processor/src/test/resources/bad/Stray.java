package com.acme;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Cached;
import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;

/** Annotations where they have no effect. */
class Stray {
  record Query(String text, @Secret String token) {}

  static int uncached(@KeyIgnored Object client) {
    return 1;
  }

  @CacheIdentity static final String SHARED = "";

  @CacheIdentity
  int withParameter(int x) {
    return x;
  }

  @CacheIdentity
  void withoutResult() {}

  @Cached("bad.memo")
  static int cached(@KeyIgnored Object client, @Secret String token) {
    return 1;
  }
}
