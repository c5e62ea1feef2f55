package dev.memo;

import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import org.jspecify.annotations.Nullable;

/**
 * Describes an annotated method to memo; what generated wrappers are made of. Types and code of the
 * method are read from its class at the first call, so nothing here fails in a static initialiser.
 *
 * <pre>{@code
 * static final CachedFunction<String, Place, IOException> LOCATE =
 *     CachedMethod.in("geo.memo", Geocoder.class, "locate", String.class)
 *         .calls(Geocoder::locate);
 * }</pre>
 *
 * <p>Immutable.
 */
public final class CachedMethod {

  private CachedMethod() {}

  /**
   * Begins the description.
   *
   * @param directory as in {@link dev.memo.annotation.Cached#value}
   * @param parameters the erased types of its parameters
   */
  public static CachedMethod in(
      String directory, Class<?> declaring, String method, Class<?>... parameters) {
    throw new UnsupportedOperationException();
  }

  /** As {@link dev.memo.annotation.Cached#name}. */
  public CachedMethod name(String name) {
    throw new UnsupportedOperationException();
  }

  /** As {@link dev.memo.annotation.Cached#version}. */
  public CachedMethod version(String version) {
    throw new UnsupportedOperationException();
  }

  /** As {@link dev.memo.annotation.Cached#codec}. */
  public CachedMethod codec(Class<?> codec) {
    throw new UnsupportedOperationException();
  }

  /** As {@link dev.memo.annotation.Cached#types}. */
  public CachedMethod types(Class<?>... types) {
    throw new UnsupportedOperationException();
  }

  /** The handle of a method of one parameter. */
  public <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> calls(ThrowingFunction<A, R, X> method) {
    throw new UnsupportedOperationException();
  }

  /** The handle of a method of no parameter, or of several, which are the record's components. */
  public <A extends Record, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> calls(Class<A> arguments, ThrowingFunction<A, R, X> method) {
    throw new UnsupportedOperationException();
  }

  /**
   * The same handle, for a wrapper that declares the exceptions of the method where the handle can
   * only say {@code Exception}: they pass through as they are.
   */
  @SuppressWarnings("unchecked") // exceptions are erased; nothing is caught or wrapped
  public static <A extends @Nullable Object, R extends @Nullable Object>
      CachedFunction<A, R, RuntimeException> undeclared(CachedFunction<A, R, ?> handle) {
    return (CachedFunction<A, R, RuntimeException>) handle;
  }
}
