package dev.memo.call;

import dev.memo.failure.UncacheableResultException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The result types that stand for a value which comes later. */
public final class FutureType {
  private FutureType() {}

  /**
   * What a {@code CompletableFuture} or {@code CompletionStage} completes with; null if the type is
   * neither of the two.
   *
   * @throws UncacheableResultException if the type does not say what it completes with
   */
  public static @Nullable Type completedType(Type type) {
    if (isFuture(type)) {
      throw new UncacheableResultException(
          "result: " + type.getTypeName() + " does not say what it completes with");
    }
    if (!(type instanceof ParameterizedType parameterized)
        || !isFuture(parameterized.getRawType())) {
      return null;
    }
    Type completed = parameterized.getActualTypeArguments()[0];
    return completed instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : completed;
  }

  private static boolean isFuture(Type type) {
    return type == CompletableFuture.class || type == CompletionStage.class;
  }
}
