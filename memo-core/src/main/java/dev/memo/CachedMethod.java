package dev.memo;

import static java.util.Objects.requireNonNull;

import dev.memo.call.CachedFunction;
import dev.memo.call.CodeFingerprint;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.Codec;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes an annotated method to memo; what generated wrappers are made of. Types and code of the
 * method are read from its class at the first call, so that nothing here fails in a static
 * initialiser.
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
  private final String directory;
  private final Class<?> declaring;
  private final String method;
  private final Class<?>[] parameters;
  private final String name;
  private final String version;
  private final Class<?> codec;
  private final List<Class<?>> types;

  private CachedMethod(
      String directory,
      Class<?> declaring,
      String method,
      Class<?>[] parameters,
      String name,
      String version,
      Class<?> codec,
      List<Class<?>> types) {
    this.directory = directory;
    this.declaring = declaring;
    this.method = method;
    this.parameters = parameters;
    this.name = name;
    this.version = version;
    this.codec = codec;
    this.types = types;
  }

  /**
   * Begins the description.
   *
   * @param directory as in {@link dev.memo.annotation.Cached#value}
   * @param parameters the erased types of its parameters
   */
  public static CachedMethod in(
      String directory, Class<?> declaring, String method, Class<?>... parameters) {
    return new CachedMethod(
        directory, declaring, method, parameters.clone(), "", "", void.class, List.of());
  }

  /** As {@link dev.memo.annotation.Cached#name}. */
  public CachedMethod name(String name) {
    return new CachedMethod(directory, declaring, method, parameters, name, version, codec, types);
  }

  /** As {@link dev.memo.annotation.Cached#version}. */
  public CachedMethod version(String version) {
    return new CachedMethod(directory, declaring, method, parameters, name, version, codec, types);
  }

  /** As {@link dev.memo.annotation.Cached#codec}. */
  public CachedMethod codec(Class<?> codec) {
    return new CachedMethod(directory, declaring, method, parameters, name, version, codec, types);
  }

  /** As {@link dev.memo.annotation.Cached#types}. */
  public CachedMethod types(Class<?>... types) {
    return new CachedMethod(
        directory, declaring, method, parameters, name, version, codec, List.of(types));
  }

  /** The handle of a method of one parameter. */
  public <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> calls(ThrowingFunction<A, R, X> method) {
    return handle(() -> ArgumentsFormat.ofOne(method().getGenericParameterTypes()[0]), method);
  }

  /** The handle of a method of no parameter, or of several, which are the record's components. */
  public <A extends Record, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> calls(Class<A> arguments, ThrowingFunction<A, R, X> method) {
    return handle(() -> ArgumentsFormat.ofComponents(arguments), method);
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

  private <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> handle(ArgumentsPart<A> arguments, ThrowingFunction<A, R, X> body) {
    requireNonNull(body, "method");
    FunctionIdentity identity =
        name.isEmpty()
            ? FunctionIdentity.ofMethod(declaring, method, parameters, version)
            : new FunctionIdentity(name, version);
    MethodPlace<A, R, X> place =
        new MethodPlace<>(
            NamedDirectory.of(directory),
            () ->
                new FunctionSpec<>(
                    identity,
                    arguments.format(),
                    results(),
                    CodeFingerprint.of(declaring, method, parameters),
                    body));
    return new Handle<>(identity, place, body);
  }

  /** Made late, because it reads the method's types. */
  private interface ArgumentsPart<A extends @Nullable Object> {
    ArgumentsFormat<A> format();
  }

  private <R extends @Nullable Object> ResultFormat<R> results() {
    Type type = method().getGenericReturnType();
    return codec == void.class
        ? ResultFormat.of(type, types)
        : ResultFormat.of(type, newCodec(type));
  }

  private Method method() {
    try {
      return declaring.getDeclaredMethod(method, parameters);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(
          "The wrapper of "
              + declaring.getName()
              + " is older than the class: there is no "
              + method
              + " with these parameters. Compile both anew.",
          e);
    }
  }

  private Codec<?> newCodec(Type type) {
    try {
      for (Constructor<?> constructor : codec.getConstructors()) {
        Class<?>[] takes = constructor.getParameterTypes();
        if (takes.length == 1 && takes[0] == TypeRef.class) {
          return (Codec<?>) constructor.newInstance(TypeRef.ofType(type));
        }
      }
      return (Codec<?>) codec.getConstructor().newInstance();
    } catch (LinkageError e) {
      throw noCodec(
          "a class that it needs is missing ("
              + e.getMessage()
              + "): add its library, which for"
              + " JsonCodec is com.fasterxml.jackson.core:jackson-databind",
          e);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw noCodec(
          "it must be a public class that implements Codec, with a public constructor that takes a"
              + " TypeRef or nothing",
          e);
    }
  }

  private IllegalStateException noCodec(String why, Throwable cause) {
    return new IllegalStateException(
        "Cannot make the codec "
            + codec.getName()
            + " of "
            + declaring.getName()
            + "#"
            + method
            + ": "
            + why,
        cause);
  }
}
