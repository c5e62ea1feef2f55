package com.acme;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Cached;
import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;

/** Annotations where they have no effect. */
class Stray {
  record Query(String text, @KeyIgnored String token) {}

  record Credentials(String user, @Secret String password) {
    Credentials(@Secret String user) {
      this(user, "");
    }

    @Secret
    String shown() {
      return user;
    }
  }

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

  @Secret String field = "";

  record Key(@CacheIdentity @Secret String key) {
    @Cached("bad.memo")
    int ask(String text, @Secret String token) {
      return 1;
    }
  }

  interface Api {
    @CacheIdentity
    @Secret
    String key();

    @Cached("bad.memo")
    int ask(String text, @Secret String token);
  }

  static class Forgetful implements Api {
    @Override
    public String key() {
      return "";
    }

    @Override
    @Cached("bad.memo")
    public int ask(String text, String token) {
      return 1;
    }
  }
}
