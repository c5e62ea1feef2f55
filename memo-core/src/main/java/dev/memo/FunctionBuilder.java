package dev.memo;

import static java.util.Objects.requireNonNull;

import dev.memo.call.CachedFunction;
import dev.memo.call.DirectoryFunction;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FunctionStats;
import dev.memo.call.FutureType;
import dev.memo.call.ThrowingFunction;
import dev.memo.codec.Codec;
import dev.memo.codec.TypeRef;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches a function that has no annotation; made by {@code Memo.function}. Not thread-safe.
 *
 * @param <A> what it takes
 * @param <R> what it returns
 */
public final class FunctionBuilder<A, R> {
  private final Supplier<SharedDirectory> directory;
  private final FunctionIdentity identity;
  private final TypeRef<A> argument;
  private final TypeRef<R> result;
  private List<Class<?>> types = List.of();
  private List<FunctionIdentity> aliases = List.of();
  private @Nullable Codec<R> codec;
  private boolean capturesNothing;

  FunctionBuilder(
      Supplier<SharedDirectory> directory,
      String name,
      String version,
      TypeRef<A> argument,
      TypeRef<R> result) {
    this.directory = directory;
    this.identity =
        new FunctionIdentity(requireNonNull(name, "name"), requireNonNull(version, "version"));
    this.argument = requireNonNull(argument, "argument");
    this.result = requireNonNull(result, "result");
    if (version.isBlank()) {
      throw new IllegalArgumentException(
          "function \"" + name + "\" needs a version, got: \"" + version + "\"");
    }
  }

  /** As {@link dev.memo.annotation.Cached#types}. */
  public FunctionBuilder<A, R> types(Class<?>... types) {
    this.types = List.of(types);
    return this;
  }

  /**
   * As {@link dev.memo.annotation.Cached#aliases}.
   *
   * @throws IllegalArgumentException if one of them is no name, or the function's own
   */
  public FunctionBuilder<A, R> aliases(String... aliases) {
    this.aliases = identity.formerly(List.of(aliases));
    return this;
  }

  /** Writes and reads the results, if they are not futures; by default memo does. */
  public FunctionBuilder<A, R> codec(Codec<R> codec) {
    this.codec = requireNonNull(codec, "codec");
    return this;
  }

  /**
   * Says of a function that holds fields or captured variables that its results do not depend on
   * them: on a client, say, or a connection pool.
   */
  public FunctionBuilder<A, R> capturesNothing() {
    this.capturesNothing = true;
    return this;
  }

  /**
   * The cached function.
   *
   * @throws IllegalArgumentException if {@code function} captures something, unless {@link
   *     #capturesNothing} was said
   * @throws dev.memo.failure.UncacheableResultException if its results cannot be stored
   * @throws dev.memo.failure.FunctionClashException if another function has the same identity
   */
  public <X extends Exception> CachedFunction<A, R, X> calls(ThrowingFunction<A, R, X> function) {
    requireNonNull(function, "function");
    if (!capturesNothing) {
      requireNoFields(function.getClass());
    }
    Type completed = FutureType.completedType(result.type());
    FunctionSpec<A, R, X> spec =
        new FunctionSpec<>(
            identity,
            null,
            aliases,
            ArgumentsFormat.ofOne(argument.type()),
            results(completed),
            0,
            function,
            completed != null);
    DirectoryFunction<A, R, X> stored = directory.get().register(spec, Directories::isShuttingDown);
    return new Handle<>(identity, new Registered<>(directory, stored), function);
  }

  private ResultFormat<R> results(@Nullable Type completed) {
    if (codec == null) {
      return ResultFormat.of(completed == null ? result.type() : completed, types);
    }
    if (completed != null) {
      throw new IllegalArgumentException(
          "function \""
              + identity
              + "\" returns futures: what they complete with is stored, and that is not what the"
              + " codec "
              + codec.id()
              + " writes. Leave it out, or annotate the method and name a codec there.");
    }
    return ResultFormat.of(result.type(), codec);
  }

  /** Where a function is that belongs to a {@code Memo}: there, as long as that is open. */
  private record Registered<A, R, X extends Exception>(
      Supplier<SharedDirectory> directory, DirectoryFunction<A, R, X> stored)
      implements Handle.Place<A, R, X> {
    @Override
    public DirectoryFunction<A, R, X> find() {
      if (!Directories.isShuttingDown()) {
        SharedDirectory unused = directory.get(); // throws if it was closed
      }
      return stored;
    }

    @Override
    public FunctionStats stats() {
      return stored.stats();
    }
  }

  private void requireNoFields(Class<?> function) {
    for (Class<?> type = function; type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          throw new IllegalArgumentException(
              "function \""
                  + identity
                  + "\" captures "
                  + field.getType().getName()
                  + ": what it captures is not part of the key. Make it part of the argument, or say"
                  + " capturesNothing() if results do not depend on it.");
        }
      }
    }
  }
}
