package dev.memo.parallel;

import dev.memo.call.BulkCalls;
import dev.memo.call.RoutedFunction;
import dev.memo.call.ThrowingFunction;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Calls a function for all inputs; of a cached one, the stored results are looked up first. */
final class Calls {

  private Calls() {}

  /** Returns the results in the order of the inputs. */
  static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      @Nullable Object[] all(
          ThrowingFunction<? super A, ? extends R, X> function, A[] inputs, int threads) throws X {
    if (inputs.length > 1 && function instanceof RoutedFunction) {
      return cached(function, inputs, threads);
    }
    @Nullable Object[] results = new Object[inputs.length];
    Batch.run(index -> results[index] = function.call(inputs[index]), inputs.length, threads);
    return results;
  }

  private static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      @Nullable Object[] cached(
          ThrowingFunction<? super A, ? extends R, X> function, A[] inputs, int threads) throws X {
    @SuppressWarnings("unchecked") // it takes them, and what it returns is given as an object
    BulkCalls<A, R, X> calls = new BulkCalls<>((RoutedFunction<A, R, X>) function, inputs);
    if (!lookUp(calls, inputs.length, threads, (from, to) -> {})) {
      try (calls) {
        Batch.runParking(calls::start, inputs.length, threads);
        calls.finish();
      }
    }
    return calls.results();
  }

  /** Is told which calls, that follow each other, have been looked up. */
  @FunctionalInterface
  interface LookedUp {
    void range(int from, int to);
  }

  /** Looks up all calls, and returns whether that has answered all. */
  static boolean lookUp(BulkCalls<?, ?, ?> calls, int size, int threads, LookedUp lookedUp) {
    int chunk = BulkCalls.CHUNK;
    int processors = Runtime.getRuntime().availableProcessors();
    try {
      Batch.run(
          index -> {
            int from = index * chunk;
            int to = from + Math.min(size - from, chunk);
            calls.lookUp(from, to);
            lookedUp.range(from, to);
          },
          (size - 1) / chunk + 1,
          Math.min(threads, processors));
    } catch (CancellationException e) {
      return false; // the batch of the inputs says how many there are
    }
    return calls.lookedUp();
  }
}
