package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import dev.memo.call.CachedFunction;
import dev.memo.call.ThrowingFunction;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Calls a function for every input of a batch, on several threads.
 *
 * <pre>{@code
 * List<Place> places = Parallel.map(GeocoderCached.LOCATE, addresses, 16);
 * }</pre>
 *
 * <p><b>Threads</b>: every batch has a fork-join pool of its own, whose threads end with it. At
 * most {@code threads} inputs are under way, not counting those that wait in a {@code
 * ForkJoinPool.ManagedBlocker}, as cached calls do for each other. Batches may be nested. A single
 * input is called on the calling thread.
 *
 * <p><b>Failure</b>: the first failure stops new starts; inputs that are under way finish. Then the
 * function's own exception is thrown, the same object, with a suppressed {@link
 * dev.memo.failure.FailedInput} that says where, and with later failures suppressed as well.
 *
 * <p><b>Interruption</b> of the calling thread stops new starts, interrupts what is under way, does
 * not wait for it, keeps the flag and throws a {@link CancellationException}.
 */
public final class Parallel {

  private Parallel() {}

  /**
   * Returns the results in the order of the inputs. Inputs and results may be null; the list cannot
   * be modified.
   *
   * <p>A function that throws two different checked exceptions makes {@code X} an {@code
   * Exception}. A {@code java.util.function.Function f} is passed as {@code f::apply}.
   *
   * <p>Of a handle of a cached function, what is stored is looked up first, many inputs at once,
   * and the function runs only when all have been looked up; of equal inputs it runs for one.
   *
   * @param inputs copied before the first call
   * @param threads at least 1
   * @throws X what the function throws
   * @throws CancellationException if the calling thread is interrupted
   */
  public static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      List<R> map(
          ThrowingFunction<? super A, ? extends R, X> function,
          Collection<? extends A> inputs,
          int threads)
          throws X {
    requireNonNull(function, "function");
    A[] arguments = copy(inputs, threads);
    @Nullable Object[] results = Calls.all(function, arguments, threads);
    @SuppressWarnings("unchecked") // holds results of the function only
    List<R> list = (List<R>) Collections.unmodifiableList(Arrays.asList(results));
    return list;
  }

  /**
   * Performs an action for every input; otherwise as {@link #map}.
   *
   * @throws X what the action throws
   * @throws CancellationException if the calling thread is interrupted
   */
  public static <A extends @Nullable Object, X extends Exception> void forEach(
      ThrowingConsumer<? super A, X> action, Collection<? extends A> inputs, int threads) throws X {
    requireNonNull(action, "action");
    A[] arguments = copy(inputs, threads);
    Batch.run(index -> action.accept(arguments[index]), arguments.length, threads);
  }

  /**
   * Begins a batch that can do more: collect failures, bound the time of each call, try again, read
   * its inputs while it runs, tell how it gets on.
   *
   * <p>A lambda says what it takes: {@code Parallel.batch((String address) -> ...)}.
   */
  public static <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      BatchBuilder<A, R, X> batch(ThrowingFunction<A, R, X> function) {
    return new BatchBuilder<>(function);
  }

  /**
   * As {@link #plan(CachedFunction, Iterable, int)}, for as many threads as there are processors.
   */
  public static <A extends @Nullable Object> Plan plan(
      CachedFunction<? super A, ?, ?> function, Iterable<? extends A> inputs) {
    return plan(function, inputs, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Says what a batch would do: how many results are found, how often the function would run, and
   * how long that would take.
   *
   * <pre>{@code
   * Plan plan = Parallel.plan(GeocoderCached.LOCATE, addresses, 16).withCost(0.01, "USD");
   * System.out.println(plan);
   * }</pre>
   *
   * <pre>
   * 100,000 inputs: 90,214 from cache, 9,412 to compute, 374 duplicates
   *   estimated   2 h 6 min on 16 threads (12.9 s each, from 90,214 stored results)
   *   time saved  13 d 11 h
   *   cost        94.12 USD (0.01 each)
   * </pre>
   *
   * <p>Nothing is run, stored or counted, not even as a call; only the directory is opened, as by a
   * call. Inputs are looked up as {@link #map} does it, many at once, on as many of the threads as
   * there are processors. Of a function that returns futures it is looked up what these complete
   * with. Results that are stored under an alias only count as misses, though a call finds them.
   *
   * <p><b>Inputs</b> are read once, by the calling thread, and forgotten: a stream that is too long
   * for a list may be passed as {@code stream::iterator}. Kept are about 20 bytes for each distinct
   * miss, a hash by which duplicates are known: with ten million of them, one plan in 300,000 takes
   * two different inputs for one.
   *
   * @param function a handle; of a lambda nobody knows what is stored
   * @param threads on how many the batch will run, at least 1
   * @throws dev.memo.failure.DirectoryException if the directory cannot be opened
   * @throws dev.memo.failure.DirectoryClosedException if the {@code Memo} of the handle is closed
   * @throws CancellationException if the calling thread is interrupted
   */
  public static <A extends @Nullable Object> Plan plan(
      CachedFunction<? super A, ?, ?> function, Iterable<? extends A> inputs, int threads) {
    requireNonNull(function, "function");
    requireNonNull(inputs, "inputs");
    requirePositive(threads);
    @SuppressWarnings("unchecked") // it takes them
    CachedFunction<A, ?, ?> taking = (CachedFunction<A, ?, ?>) function;
    return new PlanRun<>(taking, threads).run(inputs.iterator());
  }

  @SuppressWarnings("unchecked") // read only, and never given away as an A[]
  private static <A extends @Nullable Object> A[] copy(
      Collection<? extends A> inputs, int threads) {
    requireNonNull(inputs, "inputs");
    requirePositive(threads);
    return (A[]) inputs.toArray(new Object[0]);
  }

  private static void requirePositive(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got: " + threads);
    }
  }
}
