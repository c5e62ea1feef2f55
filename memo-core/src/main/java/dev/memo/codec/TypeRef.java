package dev.memo.codec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A type with its arguments, which a {@code Class} cannot say: {@code new TypeRef<List<Place>>()
 * {}}. Immutable.
 */
public abstract class TypeRef<T extends @Nullable Object> {
  private final Type type;

  /** For anonymous subclasses, which say {@code T}. */
  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)) {
      throw new IllegalStateException(
          "TypeRef needs a type argument, as in new TypeRef<List<String>>() {}: " + getClass());
    }
    this.type = self.getActualTypeArguments()[0];
  }

  private TypeRef(Type type) {
    this.type = type;
  }

  /** The reference of a class without arguments. */
  public static <T> TypeRef<T> of(Class<T> type) {
    return new OfClass<>(type);
  }

  public static TypeRef<?> ofType(Type type) {
    throw new UnsupportedOperationException();
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

  private static final class OfClass<T> extends TypeRef<T> {
    OfClass(Class<T> type) {
      super(type);
    }
  }
}
