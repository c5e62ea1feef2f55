package dev.memo;

import static java.util.Objects.requireNonNull;

import dev.memo.call.CachedFunction;
import dev.memo.call.CodeFingerprint;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FutureType;
import dev.memo.call.MethodOrigin;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.Codec;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.key.ReceiverFormat;
import dev.memo.codec.value.ResultFormat;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Supplier;
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
  private final List<String> aliases;
  private final ReceiverRule receiver;

  private CachedMethod(
      String directory,
      Class<?> declaring,
      String method,
      Class<?>[] parameters,
      String name,
      String version,
      Class<?> codec,
      List<Class<?>> types,
      List<String> aliases,
      ReceiverRule receiver) {
    this.directory = directory;
    this.declaring = declaring;
    this.method = method;
    this.parameters = parameters;
    this.name = name;
    this.version = version;
    this.codec = codec;
    this.types = types;
    this.aliases = aliases;
    this.receiver = receiver;
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
        directory,
        declaring,
        method,
        parameters.clone(),
        "",
        "",
        void.class,
        List.of(),
        List.of(),
        ReceiverRule.NONE);
  }

  /** As {@link dev.memo.annotation.Cached#name}. */
  public CachedMethod name(String name) {
    return with(name, version, codec, types, aliases, receiver);
  }

  /** As {@link dev.memo.annotation.Cached#version}. */
  public CachedMethod version(String version) {
    return with(name, version, codec, types, aliases, receiver);
  }

  /** As {@link dev.memo.annotation.Cached#codec}. */
  public CachedMethod codec(Class<?> codec) {
    return with(name, version, codec, types, aliases, receiver);
  }

  /** As {@link dev.memo.annotation.Cached#types}. */
  public CachedMethod types(Class<?>... types) {
    return with(name, version, codec, List.of(types), aliases, receiver);
  }

  /** As {@link dev.memo.annotation.Cached#aliases}. */
  public CachedMethod aliases(String... aliases) {
    return with(name, version, codec, types, List.of(aliases), receiver);
  }

  /**
   * Says of an instance method that its receiver is part of the key, as any argument would be, or
   * what a record marks in place of its content: it is a record, an enum, or has a {@code
   * KeyEncoder}. One of this, {@link #identifiedBy} and {@link #ignoringReceiver} is said of every
   * instance method.
   */
  public CachedMethod receiver() {
    return receiver(receiver.and(ReceiverRule.Kind.CONTENT));
  }

  /**
   * Says of an instance method what identifies its receiver: fields, and methods without
   * parameters, which have {@code ()} behind their names. They are looked for in the declaring
   * class and what it extends and implements, and read at every call; what they throw is the cause
   * of the {@link dev.memo.failure.UncacheableArgumentException} that the caller gets.
   */
  public CachedMethod identifiedBy(String... members) {
    return receiver(receiver.and(ReceiverRule.Kind.MEMBERS, members));
  }

  /** As {@link dev.memo.annotation.Receiver#IGNORED}. */
  public CachedMethod ignoringReceiver() {
    return receiver(receiver.and(ReceiverRule.Kind.IGNORED));
  }

  /**
   * Says that receivers may be of several classes, so that the class is part of the key. It must
   * have a name that the next run would know: lambdas, proxies and anonymous classes are refused.
   */
  public CachedMethod withReceiverClass() {
    return receiver(receiver.andClass());
  }

  private CachedMethod receiver(ReceiverRule receiver) {
    return with(name, version, codec, types, aliases, receiver);
  }

  private CachedMethod with(
      String name,
      String version,
      Class<?> codec,
      List<Class<?>> types,
      List<String> aliases,
      ReceiverRule receiver) {
    return new CachedMethod(
        directory, declaring, method, parameters, name, version, codec, types, aliases, receiver);
  }

  /** Of an instance method that a wrapper calls on one object: each object has its own handle. */
  public InstanceMethod ofInstances() {
    if (receiver.isNone()) {
      throw new IllegalStateException("nobody has said what identifies the receiver of " + named());
    }
    return new InstanceMethod(this);
  }

  /**
   * The handle of a static method of one parameter, or of an instance method of none, as a function
   * of its receiver.
   */
  public <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> calls(ThrowingFunction<A, R, X> method) {
    return handle(
        receiver.isNone()
            ? this::argument
            : () -> ArgumentsFormat.ofReceiver(receivers(), declaring),
        method);
  }

  /**
   * The handle of a method of no parameter, or of several, which are the record's components. Of an
   * instance method the receiver is the first of them.
   */
  public <A extends Record, R extends @Nullable Object, X extends Exception>
      CachedFunction<A, R, X> calls(Class<? super A> arguments, ThrowingFunction<A, R, X> method) {
    return handle(
        receiver.isNone()
            ? () -> ArgumentsFormat.<A>ofComponents(arguments)
            : () -> ArgumentsFormat.<A>ofComponents(arguments, receivers()),
        method);
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
      CachedFunction<A, R, X> handle(
          Supplier<ArgumentsFormat<A>> arguments, ThrowingFunction<A, R, X> body) {
    requireNonNull(body, "method");
    if (receiver.isNone() && receiver.withClass()) {
      throw new IllegalStateException("a static method has no receiver: " + named());
    }
    return receiver.withClass()
        ? new ReceiverFirst<>(declaring, classes(arguments, body), arguments)
        : new Handle<>(identity(), place(declaring, arguments, body), body);
  }

  /** One handle for each class of receivers that is part of the key; else only that of this one. */
  <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      ReceiverClasses<A, R, X> classes(
          Supplier<ArgumentsFormat<A>> arguments, ThrowingFunction<A, R, X> body) {
    return new ReceiverClasses<>(identity(), runs -> place(runs, arguments, body), body);
  }

  /**
   * Where results are kept.
   *
   * @param runs the class whose objects run the method
   * @param arguments made late, because it reads the method's types
   */
  private <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      MethodPlace<A, R, X> place(
          Class<?> runs, Supplier<ArgumentsFormat<A>> arguments, ThrowingFunction<A, R, X> body) {
    FunctionIdentity identity = identity();
    return new MethodPlace<>(
        NamedDirectory.of(directory),
        () ->
            new FunctionSpec<>(
                identity,
                MethodOrigin.of(declaring, method, parameters),
                identity.formerly(aliases),
                arguments.get(),
                results(),
                fingerprint(runs),
                body,
                FutureType.completedType(method().getGenericReturnType()) != null));
  }

  private FunctionIdentity identity() {
    return name.isEmpty()
        ? FunctionIdentity.ofMethod(declaring, method, parameters, version)
        : new FunctionIdentity(name, version);
  }

  private long fingerprint(Class<?> runs) {
    return receiver.withClass()
        ? CodeFingerprint.ofReceiver(runs, method, parameters)
        : CodeFingerprint.of(declaring, method, parameters);
  }

  /** The format of the only argument. */
  <A extends @Nullable Object> ArgumentsFormat<A> argument() {
    return ArgumentsFormat.ofOne(method().getGenericParameterTypes()[0]);
  }

  /** Reads what identifies receivers. */
  ReceiverFormat receivers() {
    return receiver.format(declaring, named());
  }

  /**
   * The class whose method a receiver runs, as far as that is part of the key.
   *
   * @throws IllegalArgumentException if the next run would not know it
   */
  Class<?> requireNamed(Class<?> receivers) {
    if (!receiver.withClass()) {
      return declaring;
    }
    if (Decorator.class.isAssignableFrom(receivers)) {
      throw new IllegalArgumentException(
          "Cannot keep results of "
              + named()
              + " on "
              + receivers.getName()
              + ", which is a wrapper: the class of what it wraps would not be part of the key. Wrap"
              + " that instead.");
    }
    String namelessness = ReceiverFormat.namelessness(receivers);
    if (namelessness != null) {
      throw new IllegalArgumentException(
          "Cannot keep results of "
              + named()
              + " on "
              + receivers.getName()
              + ": the class of the receiver is part of the key, but has no name that the next run"
              + " would know: it is "
              + namelessness
              + ". Make it a named class.");
    }
    return receivers;
  }

  private String named() {
    return declaring.getName() + "#" + method;
  }

  private <R extends @Nullable Object> ResultFormat<R> results() {
    Type returned = method().getGenericReturnType();
    Type completed = FutureType.completedType(returned);
    Type type = completed == null ? returned : completed;
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
