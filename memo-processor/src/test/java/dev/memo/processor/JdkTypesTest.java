package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.testing.compile.Compilation;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.UncacheableResultException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The processor knows memo-core only by names: do they still say the same? */
class JdkTypesTest {

  static Stream<String> stored() {
    return JdkTypes.STORED.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("stored")
  void whatCompilesCanBeStored(String name) throws ClassNotFoundException {
    assertThatCode(() -> ResultFormat.of(withArguments(classOf(name)), List.of()))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(classes = {StringBuilder.class, Object.class, Number.class, Thread.class})
  void whatDoesNotCompileCannotBeStored(Class<?> type) {
    assertThatThrownBy(() -> ResultFormat.of(type, List.of()))
        .isInstanceOf(UncacheableResultException.class);
  }

  /** The types of which memo-core's table of values says "refused at compile time". */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.net.URL",
        "java.net.InetAddress",
        "java.net.InetSocketAddress",
        "java.nio.ByteBuffer",
        "java.lang.Throwable",
        "java.lang.IllegalStateException",
        "java.util.Random",
        "java.util.concurrent.Future<String>",
        "java.util.IntSummaryStatistics",
        "java.util.LongSummaryStatistics",
        "java.util.DoubleSummaryStatistics"
      })
  void whatMemoCannotStoreIsRefusedAtCompileTime(String type) throws ClassNotFoundException {
    for (String result :
        List.of(type, "java.util.List<" + type + ">", "java.util.Optional<" + type + "[]>")) {
      Compilation compilation =
          Sources.compile(
              List.of(
                  Sources.source(
                      "Refused",
                      "final class Refused {",
                      "  @dev.memo.annotation.Cached(\"refused.memo\")",
                      "  static " + result + " result(int x) { return null; }",
                      "}")),
              List.of(),
              new CachedProcessor());
      assertThat(compilation.errors())
          .as(result)
          .singleElement()
          .satisfies(
              error -> {
                assertThat(error.getLineNumber()).isEqualTo(2);
                assertThat(error.getMessage(Locale.ROOT)).contains("cannot be cached");
              });
    }
    Class<?> declared = Class.forName(type.replaceAll("<.*", ""));
    assertThatThrownBy(() -> ResultFormat.of(withArguments(declared), List.of()))
        .isInstanceOf(UncacheableResultException.class);
  }

  private static Class<?> classOf(String name) throws ClassNotFoundException {
    return Class.forName(name.replaceFirst("\\.([A-Z]\\w*)\\.", ".$1\\$"));
  }

  private static Type withArguments(Class<?> type) {
    return type.getTypeParameters().length == 0 ? type : new Closed(type);
  }

  /** A generic class with arguments that are closed. */
  private record Closed(Class<?> raw) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return Arrays.stream(raw.getTypeParameters()).map(Closed::argument).toArray(Type[]::new);
    }

    private static Type argument(TypeVariable<?> parameter) {
      return parameter.getBounds()[0] == Object.class ? String.class : TimeUnit.class;
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return raw.getDeclaringClass();
    }
  }
}
