package dev.memo.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a function whose results are kept on disk.
 *
 * <p>For a class {@code Geocoder} with a method {@code @Cached("geo.memo") static Place
 * locate(String)} the annotation processor generates {@code GeocoderCached} in the same package:
 * {@code GeocoderCached.locate(address)} looks the call up before it runs the method, and the
 * constant {@code GeocoderCached.LOCATE} is its handle. Calling {@code Geocoder.locate} itself
 * stays uncached.
 *
 * <p>A result is found again for the same method, the same {@link #version} and equal arguments.
 * The method should depend on nothing else: memo cannot see files, clocks or fields that it reads.
 * A failed call is not kept.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Cached {

  /**
   * The directory that keeps the results; many functions may share one. A relative path starts at
   * the system property {@code memo.home}, else the environment variable {@code MEMO_HOME}, else
   * the working directory.
   */
  String value();

  /**
   * What identifies the function in the directory, instead of its class, name and parameter types:
   * with a name of its own a method may be moved or renamed and keeps its results. Two functions of
   * one directory must not share a name.
   */
  String name() default "";

  /** Part of the function's identity: another version shares no result with this one. */
  String version() default "";

  /**
   * Name of the constant in the wrapper, a Java identifier. By default the method's name in upper
   * case, as in {@code LOCATE}. A second overload must say one.
   */
  String handle() default "";

  /**
   * The {@code dev.memo.codec.Codec} that writes and reads the results: a public class with a
   * public constructor that takes nothing or a {@code dev.memo.codec.TypeRef} of the result. By
   * default memo's own.
   */
  Class<?> codec() default void.class;

  /**
   * Classes that may occur in a result though its declared type does not name them: the
   * implementations behind an open interface, for instance.
   */
  Class<?>[] types() default {};
}
