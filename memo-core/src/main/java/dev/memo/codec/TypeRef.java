package dev.memo.codec;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A type with its arguments, which a {@code Class} cannot say: {@code new TypeRef<List<Place>>()
 * {}}. Immutable.
 */
public abstract class TypeRef<T extends @Nullable Object> {
  private final Type type;

  /**
   * For anonymous subclasses, which say {@code T}.
   *
   * @throws IllegalArgumentException if it has type variables, which can be anything
   */
  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)
        || self.getRawType() != TypeRef.class) {
      throw new IllegalStateException(
          "TypeRef must be extended directly, with its type argument, as in"
              + " new TypeRef<List<String>>() {}: "
              + getClass());
    }
    this.type = requireClosed(self.getActualTypeArguments()[0]);
  }

  private TypeRef(Type type) {
    this.type = requireClosed(type);
  }

  /** The reference of a class without arguments. */
  public static <T> TypeRef<T> of(Class<T> type) {
    return new OfType<>(type);
  }

  /**
   * The reference of a type that reflection found, a method's result for instance.
   *
   * @throws IllegalArgumentException if it has type variables, which can be anything
   */
  public static TypeRef<?> ofType(Type type) {
    return new OfType<>(type);
  }

  private static Type requireClosed(Type type) {
    if (hasVariable(type)) {
      throw new IllegalArgumentException(
          "a type variable can be anything, name the type that it stands for: " + type);
    }
    return type;
  }

  private static boolean hasVariable(Type type) {
    if (type instanceof ParameterizedType p) {
      return Arrays.stream(p.getActualTypeArguments()).anyMatch(TypeRef::hasVariable)
          || (p.getOwnerType() != null && hasVariable(p.getOwnerType()));
    } else if (type instanceof GenericArrayType a) {
      return hasVariable(a.getGenericComponentType());
    } else if (type instanceof WildcardType w) {
      return Stream.concat(Arrays.stream(w.getUpperBounds()), Arrays.stream(w.getLowerBounds()))
          .anyMatch(TypeRef::hasVariable);
    }
    return type instanceof TypeVariable;
  }

  /** The type that was written. */
  public final Type type() {
    return type;
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof TypeRef<?> that && type.equals(that.type);
  }

  @Override
  public final int hashCode() {
    return type.hashCode();
  }

  @Override
  public final String toString() {
    return type.getTypeName();
  }

  private static final class OfType<T> extends TypeRef<T> {
    OfType(Type type) {
      super(type);
    }
  }
}
