package com.acme;

import dev.memo.annotation.Cached;
import dev.memo.codec.Codec;
import dev.memo.codec.TypeRef;

/** Everything that the annotation can say. */
final class Attributes {
  private static final String DIRECTORY = "attributes" + ".memo";

  interface Shape {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  public static final class Text implements Codec<CharSequence> {
    public Text(TypeRef<CharSequence> type) {}

    @Override
    public String id() {
      return "text";
    }

    @Override
    public byte[] encode(CharSequence value) {
      return value.toString().getBytes();
    }

    @Override
    public CharSequence decode(byte[] bytes) {
      return new String(bytes);
    }
  }

  @Cached(value = DIRECTORY, name = "shape of a \"name\"", version = "2")
  static String named(String name) {
    return name;
  }

  @Cached(
      value = DIRECTORY,
      handle = "byName",
      types = {Circle.class, Square.class})
  static Shape shape(String name, double size) {
    return name.equals("circle") ? new Circle(size) : new Square(size);
  }

  @Cached(value = DIRECTORY, codec = Text.class)
  static CharSequence text(int length) {
    return "x".repeat(length);
  }
}
