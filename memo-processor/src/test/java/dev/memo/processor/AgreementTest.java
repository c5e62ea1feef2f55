package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import dev.memo.Binding;
import dev.memo.Memo;
import dev.memo.annotation.Cached;
import dev.memo.call.FunctionStats;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
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
    for (int i = 0; i < CALLS_OF_A_METHOD; i++) {
      @Nullable Object[] arguments = arguments(plain, random);
      @Nullable Object receiver = receiver(plain, random.nextInt(2));
      Outcome expected = call(plain, receiver, arguments);
      Outcome computed = callCached(plain, wrapper, receiver, arguments);
      Outcome stored = callCached(plain, wrapper, receiver, arguments);
      assertThat(new Outcome[] {computed, stored})
          .as("seed %s: %s %s", SignaturesTest.SEED, plain, Arrays.deepToString(arguments))
          .allMatch(expected::agreesWith);
    }
  }

  /** One of two objects whose results differ, made anew; null for a static method. */
  private static @Nullable Object receiver(Method plain, int which) throws Exception {
    Class<?> type = plain.getDeclaringClass();
    if (Modifier.isStatic(plain.getModifiers())) {
      return null;
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[which];
    }
    Class<?> made = type.isInterface() ? type.getDeclaredClasses()[0] : type;
    return instance(made.getDeclaredConstructor(String.class), "id" + which);
  }

  private static Object instance(Constructor<?> constructor, Object argument) throws Exception {
    constructor.setAccessible(true);
    return constructor.newInstance(argument);
  }

  /** As a user calls it: what the wrapper declares decides how. */
  private static Outcome callCached(
      Method plain, Class<?> wrapper, @Nullable Object receiver, @Nullable Object[] arguments)
      throws Exception {
    if (receiver == null || plain.getDeclaringClass().isAssignableFrom(wrapper)) {
      Method cached = find(wrapper, plain.getName(), plain.getParameterTypes());
      if (cached != null && receiver == null) {
        return call(cached, null, arguments);
      }
      if (cached != null) {
        return call(cached, wrapperOf(wrapper, plain, receiver), arguments);
      }
    }
    Class<?>[] types = prepend(plain.getDeclaringClass(), plain.getParameterTypes());
    return call(
        wrapper.getDeclaredMethod(plain.getName(), types), null, prepend(receiver, arguments));
  }

  private static Object wrapperOf(Class<?> wrapper, Method plain, Object receiver)
      throws Exception {
    if (plain.getDeclaringClass().isInterface()) {
      return instance(wrapper.getDeclaredConstructor(plain.getDeclaringClass()), receiver);
    }
    Field id = receiver.getClass().getDeclaredField("id");
    id.setAccessible(true);
    return instance(wrapper.getDeclaredConstructor(String.class), id.get(receiver));
  }

  private static @Nullable Method find(Class<?> type, String name, Class<?>... parameters) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.getName().equals(name))
        .filter(method -> Arrays.equals(method.getParameterTypes(), parameters))
        .filter(method -> !method.isBridge())
        .findFirst()
        .orElse(null);
  }

  private static <T> T[] prepend(T first, T[] others) {
    T[] all = Arrays.copyOf(others, others.length + 1);
    System.arraycopy(others, 0, all, 1, others.length);
    all[0] = first;
    return all;
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

  private static Outcome call(
      Method method, @Nullable Object receiver, @Nullable Object[] arguments) throws Exception {
    method.setAccessible(true);
    try {
      return new Outcome(method.invoke(receiver, arguments), null);
    } catch (InvocationTargetException e) {
      return new Outcome(null, e.getCause());
    }
  }
}
