package dev.memo;

import dev.memo.call.CallContext;
import dev.memo.call.FunctionSpec;
import dev.memo.call.FunctionStats;
import dev.memo.call.HeapTier;
import dev.memo.call.StoredFunction;
import dev.memo.process.OpenDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A directory that is open in this JVM, once, for all who use it. Thread-safe. */
final class SharedDirectory {
  private static final Duration MIN_MAX_WAIT = Duration.ofSeconds(60);

  private final OpenDirectory directory;
  private final HeapTier heap = new HeapTier();
  private final Queue<StoredFunction<?, ?, ?>> functions = new ConcurrentLinkedQueue<>();

  SharedDirectory(OpenDirectory directory) {
    this.directory = directory;
  }

  Path path() {
    return directory.path();
  }

  /**
   * Makes a function known to the directory.
   *
   * @param computesWhenClosed whether its calls compute once the directory is closed
   */
  <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      StoredFunction<A, R, X> register(
          FunctionSpec<A, R, X> spec, BooleanSupplier computesWhenClosed) {
    CallContext context =
        new CallContext(
            directory.primary(),
            heap,
            directory.primary().waits(),
            computesWhenClosed,
            InstantSource.system(),
            MIN_MAX_WAIT);
    StoredFunction<A, R, X> function = StoredFunction.register(spec, context);
    functions.add(function);
    return function;
  }

  MemoStats stats() {
    Map<String, FunctionStats> byFunction = new TreeMap<>();
    for (StoredFunction<?, ?, ?> function : functions) {
      byFunction.merge(function.identity().toString(), function.stats(), FunctionStats::plus);
    }
    return new MemoStats(path(), byFunction, heap.evictions());
  }

  void close() {
    directory.close();
  }
}
