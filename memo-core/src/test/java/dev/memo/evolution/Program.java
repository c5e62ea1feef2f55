package dev.memo.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CachedMethod;
import dev.memo.annotation.Cached;
import dev.memo.call.CachedFunction;
import dev.memo.call.CallContext;
import dev.memo.call.CodeFingerprint;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FunctionStats;
import dev.memo.call.HeapTier;
import dev.memo.call.StoredFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.claims.CallKey;
import dev.memo.claims.Primary;
import dev.memo.claims.WaitGraph;
import dev.memo.codec.Sha256;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.type.Shapes;
import dev.memo.codec.value.ResultFormat;
import dev.memo.parallel.Parallel;
import dev.memo.parallel.Plan;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  /** The function over a primary of the test's own, which may leave out what keeps promises. */
  StoredFunction<Object, @Nullable Object, Exception> cachedBy(Primary primary) {
    FunctionSpec<Object, @Nullable Object, Exception> spec =
        new FunctionSpec<>(
            identity(),
            ArgumentsFormat.ofOne(function.getGenericParameterTypes()[0]),
            format(),
            CodeFingerprint.UNKNOWN,
            this::run);
    CallContext context =
        new CallContext(
            primary,
            new HeapTier(),
            WaitGraph.JVM,
            () -> false,
            InstantSource.system(),
            Duration.ofMinutes(1));
    return StoredFunction.register(spec, context);
  }

  private FunctionIdentity identity() {
    return FunctionIdentity.ofMethod(main, "f", function.getParameterTypes(), "");
  }

  CallKey callKey(Object input) {
    ArgumentsFormat<Object> arguments =
        ArgumentsFormat.ofOne(function.getGenericParameterTypes()[0]);
    return CallKey.of(identity().functionId(), arguments.encode(input));
  }

  ResultFormat<@Nullable Object> format() {
    return ResultFormat.of(function.getGenericReturnType(), List.of());
  }

  /** The hash of the shape of each class of the program, by the hash of its name. */
  Map<Long, Long> shapes() {
    return Arrays.stream(main.getDeclaredClasses())
        .collect(
            Collectors.toMap(
                type -> Sha256.first8Of(type.getName()),
                type -> Sha256.first8Of(Shapes.ofClass(type))));
  }

  /**
   * Takes a turn as a process of its own would, and answers what was computed; the plan has told
   * how much that is.
   */
  String takeTurn() throws Exception {
    CachedFunction<Object, @Nullable Object, Exception> cached = cached();
    Plan plan = Parallel.plan(cached, inputs());
    callAll(cached);
    assertThat(plan.misses()).isEqualTo(cached.stats().misses());
    callAll(cached);
    return misses(cached.stats());
  }

  /** As {@link #takeTurn()}, over a primary of the test's own. */
  String takeTurn(Primary primary) throws Exception {
    StoredFunction<Object, @Nullable Object, Exception> cached = cachedBy(primary);
    callTwice(cached);
    return misses(cached.stats());
  }

  /** Makes all calls twice and sees that each gets what the function itself returns. */
  void callTwice(ThrowingFunction<Object, @Nullable Object, Exception> cached) throws Exception {
    callAll(cached);
    callAll(cached);
  }

  private void callAll(ThrowingFunction<Object, @Nullable Object, Exception> cached)
      throws Exception {
    for (Object input : inputs()) {
      requireSame(cached.call(input), run(input));
    }
  }

  private static void requireSame(@Nullable Object actual, @Nullable Object expected) {
    assertThat(actual).usingRecursiveComparison().usingOverriddenEquals().isEqualTo(expected);
  }

  /** The misses by reason, each of which was computed; and what was not stored, by reason. */
  static String misses(FunctionStats stats) {
    assertThat(stats.computations()).isEqualTo(stats.misses());
    return Stream.of(stats.missesByReason(), stats.unstoredByReason())
        .flatMap(counts -> counts.entrySet().stream())
        .filter(count -> count.getValue() > 0)
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }
}
