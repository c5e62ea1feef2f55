package dev.memo.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method whose results are kept on disk.
 *
 * <p>For a class {@code Geocoder} with such methods the annotation processor generates {@code
 * GeocoderCached} in the same package, whose methods look a call up before they run it:
 *
 * <ul>
 *   <li>of a static method, {@code GeocoderCached.locate(address)};
 *   <li>of a method that can be overridden, {@code new GeocoderCached(...)}, a subclass with the
 *       same constructors;
 *   <li>of a method of an interface, {@code new GeocoderCached(delegate)}, which implements the
 *       interface;
 *   <li>of any other (of a record, an enum, a sealed, final or abstract class, or a final method),
 *       {@code GeocoderCached.locate(geocoder, address)}.
 * </ul>
 *
 * Calling the method itself stays uncached. A static method's handle is the constant {@code
 * GeocoderCached.LOCATE}, that of a subclass or of an interface's wrapper the accessor {@code
 * locateFunction()}.
 *
 * <p>A result is found again for the same method, the same {@link #version}, an equal receiver and
 * equal arguments. The method should depend on nothing else: memo cannot see files, clocks or
 * static fields that it reads. A failed call is not kept.
 *
 * <p>What identifies a receiver is the content of a record or an enum, or what is marked with
 * {@link CacheIdentity}; or nothing, where {@link #receiver} says that all are alike.
 *
 * <p>Of a {@code CompletableFuture} or {@code CompletionStage} the value is kept that it completes
 * with. Every caller gets a future of its own.
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

  /**
   * Names under which results may be found that were stored before the method was renamed or moved:
   * {@code "com.acme.Old#locate(java.lang.String)"}, which is what {@code id()} of its handle was,
   * or a former {@link #name}.
   */
  String[] aliases() default {};

  /** Part of the function's identity: another version shares no result with this one. */
  String version() default "";

  /**
   * Name of the handle in the wrapper, a Java identifier. By default the method's name in upper
   * case for a constant, as in {@code LOCATE}; an accessor ends with {@code Function}, as in {@code
   * locateFunction()} of either {@code LOCATE} or {@code locate}. A second overload must say one.
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

  /** Whether it matters on which object an instance method is called. */
  Receiver receiver() default Receiver.IDENTIFIED;
}
