package dev.memo.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CachedMethod;
import dev.memo.annotation.Cached;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One version of a user's program, loaded by a class loader of its own. */
final class Program {
  /** The directory that the programs name. */
  static final String DIRECTORY = "evolution.memo";

  /** The misses of a turn in which all calls are hits. */
  static final String NOTHING = "";

  private final Class<?> main;
  private final Method function;

  Program(Class<?> main) {
    this.main = main;
    this.function =
        Arrays.stream(declaring(main).getDeclaredMethods())
            .filter(method -> method.getName().equals("f"))
            .findAny()
            .orElseThrow();
    function.setAccessible(true);
  }

  private static Class<?> declaring(Class<?> main) {
    try {
      Field moved = main.getDeclaredField("MOVED_TO");
      moved.setAccessible(true);
      return (Class<?>) moved.get(null);
    } catch (NoSuchFieldException none) {
      return main;
    } catch (IllegalAccessException e) {
      throw new AssertionError("opened before", e);
    }
  }

  Method function() {
    return function;
  }

  /** What the program calls its function with. */
  List<?> inputs() throws Exception {
    try {
      Method inputs = main.getDeclaredMethod("inputs");
      inputs.setAccessible(true);
      return (List<?>) inputs.invoke(null);
    } catch (NoSuchMethodException none) {
      return List.of(0, 1, 2);
    }
  }

  /** What the function itself returns; several arguments are the components of a record. */
  @Nullable Object run(Object input) throws Exception {
    if (function.getParameterCount() == 1) {
      return function.invoke(null, input);
    }
    RecordComponent[] components = input.getClass().getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < arguments.length; i++) {
      Method accessor = components[i].getAccessor();
      accessor.setAccessible(true);
      arguments[i] = accessor.invoke(input);
    }
    return function.invoke(null, arguments);
  }

  /** The handle that a generated wrapper would have. */
  CachedFunction<Object, @Nullable Object, Exception> cached() throws Exception {
    CachedMethod method =
        CachedMethod.in(DIRECTORY, function.getDeclaringClass(), "f", function.getParameterTypes());
    Cached attributes = function.getAnnotation(Cached.class);
    if (attributes != null) {
      method =
          method
              .name(attributes.name())
              .version(attributes.version())
              .codec(attributes.codec())
              .types(attributes.types());
    }
    return function.getParameterCount() == 1 ? method.calls(this::run) : ofRecord(method);
  }

  @SuppressWarnings("unchecked") // the inputs of the program are records of one class
  private CachedFunction<Object, @Nullable Object, Exception> ofRecord(CachedMethod method)
      throws Exception {
    Class<Record> arguments = (Class<Record>) inputs().get(0).getClass();
    CachedFunction<Record, @Nullable Object, Exception> handle = method.calls(arguments, this::run);
    return (CachedFunction<Object, @Nullable Object, Exception>) (CachedFunction<?, ?, ?>) handle;
  }

  /**
   * Makes all calls twice, as a process of its own would, and sees that each gets what the function
   * returns. Answers what was computed.
   */
  String takeTurn() throws Exception {
    CachedFunction<Object, @Nullable Object, Exception> cached = cached();
    for (int round = 0; round < 2; round++) {
      for (Object input : inputs()) {
        requireSame(cached.call(input), run(input));
      }
    }
    return misses(cached.stats());
  }

  private static void requireSame(@Nullable Object actual, @Nullable Object expected) {
    assertThat(actual).usingRecursiveComparison().usingOverriddenEquals().isEqualTo(expected);
  }

  /** The misses by reason; each was computed and stored. */
  static String misses(FunctionStats stats) {
    assertThat(stats.computations()).isEqualTo(stats.misses());
    assertThat(stats.unstored()).isZero();
    return stats.missesByReason().entrySet().stream()
        .filter(miss -> miss.getValue() > 0)
        .map(miss -> miss.getValue() + " " + miss.getKey())
        .collect(Collectors.joining(", "));
  }
}
