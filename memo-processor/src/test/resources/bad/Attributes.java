package com.acme;

import dev.memo.annotation.Cached;
import dev.memo.codec.Codec;
import java.util.ArrayList;
import java.util.List;

final class Attributes {
  @Cached(value = "bad.memo", version = "1\u20282")
  static int version(int x) {
    return x;
  }

  @Cached("bad\n.memo")
  static int brokenDirectory(int x) {
    return x;
  }

  @Cached("bad.memo")
  static int __(int x, int y) {
    return x;
  }

  abstract static class Text implements Codec<String> {
    @Override
    public String id() {
      return "text";
    }

    @Override
    public byte[] encode(String value) {
      return value.getBytes();
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes);
    }
  }

  static final class HiddenConstructor extends Text {
    HiddenConstructor() {}
  }

  static final class WrongConstructor extends Text {
    public WrongConstructor(String charset) {}
  }

  private static final class HiddenCodec extends Text {
    public HiddenCodec() {}
  }

  final class Inner extends Text {
    public Inner() {}
  }

  private static final class HiddenType {}

  @Cached(" ")
  static int blank(int x) {
    return x;
  }

  @Cached(value = "bad.memo", handle = "two words")
  static int words(int x) {
    return x;
  }

  @Cached(value = "bad.memo", handle = "class")
  static int keyword(int x) {
    return x;
  }

  @Cached(value = "bad.memo", codec = String.class)
  static String noCodec(int x) {
    return "";
  }

  @Cached(value = "bad.memo", codec = Text.class)
  static String abstractCodec(int x) {
    return "";
  }

  @Cached(value = "bad.memo", codec = HiddenConstructor.class)
  static String hiddenConstructor(int x) {
    return "";
  }

  @Cached(value = "bad.memo", codec = WrongConstructor.class)
  static String wrongConstructor(int x) {
    return "";
  }

  @Cached(value = "bad.memo", codec = HiddenCodec.class)
  static String hiddenCodec(int x) {
    return "";
  }

  @Cached(value = "bad.memo", codec = Inner.class)
  static String innerCodec(int x) {
    return "";
  }

  @Cached(
      value = "bad.memo",
      types = {ArrayList.class, List.class})
  static Object interfaceType(int x) {
    return x;
  }

  @Cached(value = "bad.memo", types = Number.class)
  static Object abstractType(int x) {
    return x;
  }

  @Cached(value = "bad.memo", types = HiddenType[].class)
  static Object hiddenType(int x) {
    return x;
  }

  @Cached(value = "bad.memo", types = int.class)
  static Object primitiveType(int x) {
    return x;
  }

  static final class NotPublic extends Text {
    public NotPublic() {}
  }

  @Cached(value = "bad.memo", codec = NotPublic.class)
  static String codecThatIsNotPublic(int x) {
    return "";
  }
}
