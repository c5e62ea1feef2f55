package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Numbers}. */
@Generated("dev.memo.processor.CachedProcessor")
public final class NumbersCached {
  /** Handle of {@link Numbers#answer()}. */
  public static final CachedFunction<AnswerArgs, Long, RuntimeException> ANSWER =
      CachedMethod.in("numbers.memo", Numbers.class, "answer")
          .calls(AnswerArgs.class, args -> Numbers.answer());

  /** Handle of {@link Numbers#square(int)}. */
  static final CachedFunction<Integer, Integer, RuntimeException> SQUARE =
      CachedMethod.in("numbers.memo", Numbers.class, "square", int.class)
          .calls(x -> Numbers.square((int) x));

  /** Handle of {@link Numbers#square(Integer)}. */
  static final CachedFunction<Integer, Integer, RuntimeException> SQUARE_OF_BOXED =
      CachedMethod.in("numbers.memo", Numbers.class, "square", Integer.class)
          .calls(x -> Numbers.square(x));

  /** Handle of {@link Numbers#scale(double[], float)}. */
  protected static final CachedFunction<ScaleArgs, double[], RuntimeException> SCALE =
      CachedMethod.in("numbers.memo", Numbers.class, "scale", double[].class, float.class)
          .calls(ScaleArgs.class, args -> Numbers.scale(args.vector(), args.by()));

  /** Handle of {@link Numbers#max(int...)}. */
  public static final CachedFunction<int[], Integer, RuntimeException> MAX =
      CachedMethod.in("numbers.memo", Numbers.class, "max", int[].class)
          .calls(numbers -> Numbers.max(numbers));

  /** Handle of {@link Numbers#all(Object...)}. */
  static final CachedFunction<Object[], String, RuntimeException> ALL =
      CachedMethod.in("numbers.memo", Numbers.class, "all", Object[].class)
          .calls(things -> Numbers.all(things));

  /** Handle of {@link Numbers#joinWords(char, String...)}. */
  static final CachedFunction<JoinWordsArgs, String, RuntimeException> JOIN_WORDS =
      CachedMethod.in("numbers.memo", Numbers.class, "joinWords", char.class, String[].class)
          .calls(JoinWordsArgs.class, args -> Numbers.joinWords(args.separator(), args.words()));

  /** Handle of {@link Numbers#joinWords(String, String...)}. */
  static final CachedFunction<JoinWordsTwiceArgs, String, RuntimeException> JOIN_WORDS_TWICE =
      CachedMethod.in("numbers.memo", Numbers.class, "joinWords", String.class, String[].class)
          .calls(
              JoinWordsTwiceArgs.class, args -> Numbers.joinWords(args.separator(), args.words()));

  /** Handle of {@link Numbers#component(int, int, int)}. */
  static final CachedFunction<ComponentArgs, Integer, RuntimeException> COMPONENT =
      CachedMethod.in("numbers.memo", Numbers.class, "component", int.class, int.class, int.class)
          .calls(
              ComponentArgs.class,
              args -> Numbers.component(args.hashCode__(), args.hashCode_(), args.wait_()));

  /** Handle of {@link Numbers#parseURL2Byte(byte)}. */
  static final CachedFunction<Byte, Byte, RuntimeException> PARSE_URL2_BYTE =
      CachedMethod.in("numbers.memo", Numbers.class, "parseURL2Byte", byte.class)
          .calls(Numbers::parseURL2Byte);

  /** Handle of {@link Numbers#kind(Numbers.Kind)}. */
  static final CachedFunction<Numbers.Kind, Numbers.Kind, RuntimeException> KIND =
      CachedMethod.in("numbers.memo", Numbers.class, "kind", Numbers.Kind.class)
          .calls(Numbers::kind);

  private NumbersCached() {}

  /** Cached {@link Numbers#answer()}. */
  public static long answer() {
    return ANSWER.call(new AnswerArgs());
  }

  /** Cached {@link Numbers#square(int)}. */
  static int square(int x) {
    return SQUARE.call(x);
  }

  /** Cached {@link Numbers#square(Integer)}. */
  static Integer square(Integer x) {
    return SQUARE_OF_BOXED.call(x);
  }

  /** Cached {@link Numbers#scale(double[], float)}. */
  protected static double[] scale(double[] vector, float by) {
    return SCALE.call(new ScaleArgs(vector, by));
  }

  /** Cached {@link Numbers#max(int...)}. */
  public static int max(int... numbers) {
    return MAX.call(numbers);
  }

  /** Cached {@link Numbers#all(Object...)}. */
  static String all(Object... things) {
    return ALL.call(things);
  }

  /** Cached {@link Numbers#joinWords(char, String...)}. */
  static String joinWords(char separator, String... words) {
    return JOIN_WORDS.call(new JoinWordsArgs(separator, words));
  }

  /** Cached {@link Numbers#joinWords(String, String...)}. */
  static String joinWords(String separator, String... words) {
    return JOIN_WORDS_TWICE.call(new JoinWordsTwiceArgs(separator, words));
  }

  /** Cached {@link Numbers#component(int, int, int)}. */
  static int component(int hashCode, int hashCode_, int wait) {
    return COMPONENT.call(new ComponentArgs(hashCode, hashCode_, wait));
  }

  /** Cached {@link Numbers#parseURL2Byte(byte)}. */
  static byte parseURL2Byte(byte PARSE_URL2_BYTE_) {
    return PARSE_URL2_BYTE.call(PARSE_URL2_BYTE_);
  }

  /** Cached {@link Numbers#kind(Numbers.Kind)}. */
  static Numbers.Kind kind(Numbers.Kind Numbers) {
    return KIND.call(Numbers);
  }

  /** Arguments of {@link #answer}. */
  public record AnswerArgs() {}

  /** Arguments of {@link #scale}. */
  protected record ScaleArgs(double[] vector, float by) {}

  /** Arguments of {@link #joinWords(char, String...)}. */
  record JoinWordsArgs(char separator, String[] words) {}

  /** Arguments of {@link #joinWords(String, String...)}. */
  record JoinWordsTwiceArgs(String separator, String[] words) {}

  /** Arguments of {@link #component}. */
  record ComponentArgs(int hashCode__, int hashCode_, int wait_) {}
}
