package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import dev.memo.Binding;
import dev.memo.Memo;
import dev.memo.annotation.Cached;
import dev.memo.call.FunctionStats;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrappers of random signatures, run beside the methods that they wrap. */
class AgreementTest {
  private static final int CALLS_OF_A_METHOD = 4;

  /** What a call did. */
  private record Outcome(@Nullable Object result, @Nullable Throwable failure) {

    boolean agreesWith(Outcome other) {
      return Objects.deepEquals(result, other.result)
          && Objects.equals(String.valueOf(failure), String.valueOf(other.failure));
    }
  }

  @Test
  @DisplayName("P2: wrappers of any signature agree with the plain method, computed and stored")
  void wrappersAgreeWithThePlainMethod(@TempDir Path directory) throws Exception {
    Compilation compilation = SignaturesTest.compile(SignaturesTest.signatures());
    Random random = new Random(SignaturesTest.SEED);
    long methods = 0;
    Binding binding = Memo.bind("many.memo", directory);
    try (Memo memo = Memo.open(directory)) {
      CompiledClasses classes = new CompiledClasses(compilation);
      for (String name : classes.names()) {
        for (Method method : classes.loadClass(name).getDeclaredMethods()) {
          if (method.isAnnotationPresent(Cached.class)) {
            methods++;
            Class<?> wrapper = classes.loadClass(name.replace('$', '_') + "Cached");
            agree(method, wrapper, random);
          }
        }
      }
      FunctionStats stats = memo.stats().total();
      assertThat(stats.calls()).isEqualTo(2 * methods * CALLS_OF_A_METHOD);
      assertThat(stats.hits()).as("all but the failures").isGreaterThan(stats.calls() / 4);
      assertThat(stats.unstored()).isZero();
    } finally {
      binding.close();
    }
    assertThat(methods).isEqualTo(SignaturesTest.signatures());
  }

  private static void agree(Method plain, Class<?> wrapper, Random random) throws Exception {
    Method cached = wrapper.getDeclaredMethod(plain.getName(), plain.getParameterTypes());
    for (int i = 0; i < CALLS_OF_A_METHOD; i++) {
      @Nullable Object[] arguments = arguments(plain, random);
      Outcome expected = call(plain, arguments);
      Outcome computed = call(cached, arguments);
      Outcome stored = call(cached, arguments);
      assertThat(new Outcome[] {computed, stored})
          .as("seed %s: %s %s", SignaturesTest.SEED, plain, Arrays.deepToString(arguments))
          .allMatch(expected::agreesWith);
    }
  }

  private static @Nullable Object[] arguments(Method method, Random random) {
    AnnotatedType[] types = method.getAnnotatedParameterTypes();
    @Nullable Object[] arguments = new @Nullable Object[types.length];
    for (int i = 0; i < types.length; i++) {
      boolean isNull = types[i].isAnnotationPresent(Nullable.class) && random.nextBoolean();
      arguments[i] = isNull ? null : Values.random(types[i].getType(), random);
    }
    return arguments;
  }

  private static Outcome call(Method method, @Nullable Object[] arguments) throws Exception {
    method.setAccessible(true);
    try {
      return new Outcome(method.invoke(null, arguments), null);
    } catch (InvocationTargetException e) {
      return new Outcome(null, e.getCause());
    }
  }
}
