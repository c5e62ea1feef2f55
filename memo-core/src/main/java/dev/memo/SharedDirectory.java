package dev.memo;

import dev.memo.DirectoryStats.Role;
import dev.memo.call.CallContext;
import dev.memo.call.DirectoryFunction;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FunctionStats;
import dev.memo.call.HeapTier;
import dev.memo.failure.FunctionClashException;
import dev.memo.process.DirectoryState;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A directory that is open in this JVM, once, for all who use it. Thread-safe. */
final class SharedDirectory {
  private static final Duration MIN_MAX_WAIT = Duration.ofSeconds(60);

  private final OpenDirectory directory;
  private final HeapTier heap = new HeapTier();
  private final Queue<DirectoryFunction<?, ?, ?>> functions = new ConcurrentLinkedQueue<>();

  /** Which method has an identity, where that is known. */
  private final ConcurrentMap<FunctionIdentity, String> methods = new ConcurrentHashMap<>();

  SharedDirectory(OpenDirectory directory) {
    this.directory = directory;
    directory.countWith(this::counts);
  }

  Path path() {
    return directory.path();
  }

  /**
   * Makes a function known to the directory.
   *
   * @param computesWhenClosed whether its calls compute once the directory is closed
   * @throws FunctionClashException if another one has its identity
   */
  <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      DirectoryFunction<A, R, X> register(
          FunctionSpec<A, R, X> spec, BooleanSupplier computesWhenClosed) {
    requireOwnIdentity(spec.identity(), spec.method());
    CallContext context =
        new CallContext(
            directory.primary(),
            heap,
            directory.primary().waits(),
            computesWhenClosed,
            InstantSource.system(),
            MIN_MAX_WAIT);
    DirectoryFunction<A, R, X> function = DirectoryFunction.register(spec, context);
    functions.add(function);
    return function;
  }

  /** Two methods of one identity would find each other's results. */
  private void requireOwnIdentity(FunctionIdentity identity, @Nullable String method) {
    String first = method == null ? null : methods.putIfAbsent(identity, method);
    if (first != null && !first.equals(method)) {
      throw new FunctionClashException(
          "The methods "
              + first
              + " and "
              + method
              + " both have the identity \""
              + identity
              + "\" in "
              + path()
              + ", where each would find the other's results: give one of them another name or"
              + " version");
    }
  }

  MemoStats stats() {
    Map<String, FunctionStats> byFunction = new TreeMap<>();
    for (DirectoryFunction<?, ?, ?> function : functions) {
      byFunction.merge(function.identity().toString(), function.stats(), FunctionStats::plus);
    }
    return new MemoStats(path(), byFunction, heap.evictions(), shared());
  }

  /** What was counted in this process, by function id and name. */
  private Map<Long, Map<String, Long>> counts() {
    Map<Long, Map<String, Long>> byFunction = new HashMap<>();
    for (DirectoryFunction<?, ?, ?> function : functions) {
      Map<String, Long> counts =
          byFunction.computeIfAbsent(function.identity().functionId(), first -> new TreeMap<>());
      NamedCounts.of(function.stats())
          .forEach((name, count) -> counts.merge(name, count, Long::sum));
    }
    return byFunction;
  }

  private DirectoryStats shared() {
    DirectoryState state = directory.state();
    if (state == null) {
      return alone();
    }
    Map<String, FunctionStats> byFunction = new TreeMap<>();
    state
        .functions()
        .forEach(
            (identity, counts) ->
                byFunction.put(FunctionIdentity.described(identity), NamedCounts.stats(counts)));
    return new DirectoryStats(
        state.leads() ? Role.PRIMARY : Role.SECONDARY,
        state.ownerEpoch(),
        state.processes(),
        state.claims(),
        state.waits(),
        state.counts().getOrDefault(DirectoryState.TAKEOVERS, 0L),
        state.counts().getOrDefault(DirectoryState.ASKED, 0L),
        state.counts().getOrDefault(DirectoryState.FOLDED, 0L),
        state.counts().getOrDefault(DirectoryState.DROPPED, 0L),
        byFunction);
  }

  boolean isReadOnly() {
    return directory.isReadOnly();
  }

  /** As far as this process knows without asking a primary. */
  private DirectoryStats alone() {
    Map<String, FunctionStats> byFunction = new TreeMap<>();
    for (DirectoryFunction<?, ?, ?> function : functions) {
      byFunction.merge(
          function.identity().toString(),
          NamedCounts.stats(NamedCounts.of(function.stats())),
          FunctionStats::plus);
    }
    Role role = directory.isReadOnly() ? Role.READ_ONLY : Role.NONE;
    return new DirectoryStats(role, 0, 0, 0, 0, 0, 0, 0, 0, byFunction);
  }

  void close() {
    directory.close();
  }
}
