package com.acme;

import dev.memo.annotation.Cached;

/** Primitive, boxed, array and variable parameters; names that clash; no parameter at all. */
public final class Numbers {
  @Cached("numbers.memo")
  public static long answer() {
    return 42;
  }

  @Cached("numbers.memo")
  static int square(int x) {
    return x * x;
  }

  @Cached(value = "numbers.memo", handle = "SQUARE_OF_BOXED")
  static Integer square(Integer x) {
    return x * x;
  }

  @Cached("numbers.memo")
  protected static double[] scale(double[] vector, float by) {
    return vector.clone();
  }

  @Cached("numbers.memo")
  public static int max(int... numbers) {
    return numbers.length;
  }

  @Cached("numbers.memo")
  static String all(Object... things) {
    return "all of " + things.length;
  }

  @Cached("numbers.memo")
  static String joinWords(char separator, String... words) {
    return String.join(String.valueOf(separator), words);
  }

  @Cached(value = "numbers.memo", handle = "JOIN_WORDS_TWICE")
  static String joinWords(String separator, String... words) {
    return String.join(separator, words) + String.join(separator, words);
  }

  @Cached("numbers.memo")
  static int component(int hashCode, int hashCode_, int wait) {
    return hashCode + hashCode_ + wait;
  }

  @Cached("numbers.memo")
  static byte parseURL2Byte(byte PARSE_URL2_BYTE) {
    return PARSE_URL2_BYTE;
  }

  @Cached("numbers.memo")
  static Numbers.Kind kind(Numbers.Kind Numbers) {
    return Numbers;
  }

  enum Kind {
    ODD,
    EVEN
  }
}
