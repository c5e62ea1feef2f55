package dev.memo.process;

import dev.memo.call.CallContext;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FunctionStats;
import dev.memo.call.HeapTier;
import dev.memo.call.Lookup;
import dev.memo.call.StoredFunction;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Primary;
import dev.memo.claims.Waits;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.parallel.Parallel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cached functions f, g and h whose computations wait until a test lets them go on, where it also
 * says which other function they call, or that they throw. No two computations return the same
 * value. A fourth function, quick, waits for nothing.
 */
final class GatedFunctions {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Longer than any test waits for something else. */
  private static final Duration CLOSED_AT_MOST = Duration.ofMinutes(10);

  private static final String NOTHING = "";

  /** Before a callee: it is called as an executor does that memo does not know of. */
  static final String ELSEWHERE = "elsewhere:";

  /** Before a callee: it is called on another thread that was told for whom. */
  static final String TOLD = "told:";

  /** Before a callee: it is called in a batch of two inputs, the key and one {@link #BEYOND} it. */
  static final String BATCH = "batch:";

  static final int BEYOND = 1_000;

  /** After a callee: before the key that it is called with, if that is another. */
  static final char WITH = '/';

  /** Instead of a callee: the computation throws an {@code IllegalStateException}. */
  static final String THROWS = "throws";

  /** Before any of these: only the first computation does so, and the next one waits again. */
  static final String ONCE = "once:";

  private final Map<String, StoredFunction<Integer, String, RuntimeException>> functions =
      new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<String>> gates = new ConcurrentHashMap<>();
  private final Consumer<String> begun;

  /**
   * @param waits who is asked before a wait: the primary's, unless a test switches it off
   * @param maxWait after which a call computes that waits for another
   * @param begun is told of each computation, as in "f 7"
   */
  GatedFunctions(Primary primary, Waits waits, Duration maxWait, Consumer<String> begun) {
    this.begun = begun;
    CallContext context =
        new CallContext(
            primary, new HeapTier(), waits, () -> false, InstantSource.system(), maxWait);
    for (String name : List.of("f", "g", "h", "quick")) {
      functions.put(
          name,
          StoredFunction.register(
              new FunctionSpec<>(
                  new FunctionIdentity(name, "1"),
                  ArgumentsFormat.ofOne(Integer.class),
                  ResultFormat.of(String.class, List.of()),
                  0,
                  key -> compute(name, key)),
              context));
    }
  }

  /** The key of a call. */
  static CallKey key(String name, int key) {
    return CallKey.of(
        new FunctionIdentity(name, "1").functionId(),
        ArgumentsFormat.ofOne(Integer.class).encode(key));
  }

  static GatedFunctions of(OpenDirectory directory) {
    return of(directory, call -> {});
  }

  static GatedFunctions of(OpenDirectory directory, Consumer<String> begun) {
    Primary primary = directory.primary();
    return new GatedFunctions(primary, primary.waits(), PATIENCE, begun);
  }

  private String compute(String name, int key) {
    begun.accept(name + " " + key);
    String callee = name.equals("quick") ? NOTHING : pass(name, key);
    if (callee.equals(THROWS)) {
      throw new IllegalStateException(name + " " + key + " has failed");
    } else if (callee.startsWith(ELSEWHERE)) {
      callOnAnotherThread(Chain.root(), callee.substring(ELSEWHERE.length()), key);
    } else if (callee.startsWith(TOLD)) {
      Chain known = Chain.child(Chain.current(), () -> false);
      callOnAnotherThread(known, callee.substring(TOLD.length()), key);
    } else if (callee.startsWith(BATCH)) {
      List<Integer> inputs = List.of(key, key + BEYOND);
      List<String> unused = Parallel.map(function(callee.substring(BATCH.length())), inputs, 1);
    } else if (callee.indexOf(WITH) > 0) {
      int at = callee.indexOf(WITH);
      String unused = call(callee.substring(0, at), Integer.parseInt(callee.substring(at + 1)));
    } else if (!callee.equals(NOTHING)) {
      String unused = call(callee, key);
    }
    return UUID.randomUUID().toString();
  }

  private void callOnAnotherThread(Chain chain, String callee, int key) {
    String unused =
        CompletableFuture.supplyAsync(
                () -> chain.run(entered -> call(callee, key)), task -> new Thread(task).start())
            .join();
  }

  private String pass(String name, int key) {
    CompletableFuture<String> gate = gate(name, key);
    String callee = await(gate);
    if (!callee.startsWith(ONCE)) {
      return callee;
    }
    gates.remove(name + key, gate);
    return callee.substring(ONCE.length());
  }

  private static String await(CompletableFuture<String> gate) {
    try {
      return gate.get(CLOSED_AT_MOST.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("a gate was not opened", e);
    }
  }

  private CompletableFuture<String> gate(String name, int key) {
    return gates.computeIfAbsent(name + key, unused -> new CompletableFuture<>());
  }

  /** Lets all computations of this call go on. */
  void open(String name, int key) {
    gate(name, key).complete(NOTHING);
  }

  /** As above, but they call another function with the same key first, or throw. */
  void open(String name, int key, String callee) {
    gate(name, key).complete(callee);
  }

  StoredFunction<Integer, String, RuntimeException> function(String name) {
    StoredFunction<Integer, String, RuntimeException> function = functions.get(name);
    if (function == null) {
      throw new IllegalArgumentException("no function " + name);
    }
    return function;
  }

  String call(String name, int key) {
    return function(name).call(key);
  }

  /** The stored value, or null. */
  @Nullable String peek(String name, int key) {
    return function(name).peek(key) instanceof Lookup.Present<String> found ? found.value() : null;
  }

  void put(String name, int key, String value) {
    function(name).put(key, value);
  }

  String refresh(String name, int key) {
    return function(name).refresh(key);
  }

  void invalidate(String name, int key) {
    function(name).invalidate(key);
  }

  void invalidateAll(String name) {
    function(name).invalidateAll();
  }

  FunctionStats stats() {
    return functions.values().stream()
        .map(StoredFunction::stats)
        .reduce(FunctionStats.NONE, FunctionStats::plus);
  }
}
