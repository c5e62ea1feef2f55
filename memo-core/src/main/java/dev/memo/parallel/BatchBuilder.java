package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import dev.memo.call.ThrowingFunction;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Says how a batch is to run, and runs it; made by {@link Parallel#batch}.
 *
 * <pre>{@code
 * BatchResult<Place> result =
 *     Parallel.batch(GeocoderCached.LOCATE)
 *         .threads(100)
 *         .timeout(Duration.ofSeconds(30))
 *         .retry(3, Duration.ofSeconds(1))
 *         .failures(FailurePolicy.COLLECT)
 *         .run(addresses);
 * System.out.println(result.report());
 * }</pre>
 *
 * <p>Threads, interruption and nested batches are as {@link Parallel} says, but a single input runs
 * on a thread of the batch as well. What was computed by a cached function is stored, however the
 * batch ends: another batch over the same inputs goes on from there.
 *
 * <p><b>Stored results</b>: of a handle of a cached function, what is stored is looked up first,
 * many inputs at once. The function runs only when all inputs of a collection have been looked up;
 * of equal ones it runs for one.
 *
 * <p><b>Lazy inputs</b>: a collection is copied before the first call. Inputs of an iterable, an
 * iterator or a stream are read by the calling thread, when it waits for outcomes, and at most 16
 * for each thread ahead of the outcomes it has got; of a cached function, while nearly all are
 * stored, some hundreds more. If reading them throws, nothing more is started; that is thrown when
 * what is under way has finished.
 *
 * <p>A builder may be changed and used again; it is used by one thread at a time.
 *
 * @param <A> what the function takes
 * @param <R> what it returns
 * @param <X> what it throws
 */
public final class BatchBuilder<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  private final ThrowingFunction<A, R, X> function;
  private int threads = Runtime.getRuntime().availableProcessors();
  private boolean virtual;
  private boolean ordered = true;
  private FailurePolicy failures = FailurePolicy.FAIL_FAST;
  private RetryPolicy retry = RetryPolicy.NEVER;
  private @Nullable Duration timeout;
  private @Nullable ProgressListener listener;

  BatchBuilder(ThrowingFunction<A, R, X> function) {
    this.function = requireNonNull(function, "function");
  }

  /**
   * How many inputs may be under way, at least 1; as many as there are processors, if not said. Of
   * a function that waits, say for a server, hundreds are all right.
   */
  public BatchBuilder<A, R, X> threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got: " + count);
    }
    threads = count;
    return this;
  }

  /**
   * Runs the inputs on virtual threads, where the JVM has them (JDK 21), still as many at a time as
   * {@link #threads} says, so say that too. On an older one it runs them on platform threads, and a
   * line in the log says so. An input that waits for another's computation or for a retry then
   * counts as under way.
   */
  public BatchBuilder<A, R, X> virtualThreads() {
    virtual = true;
    return this;
  }

  /** What failures mean; {@link FailurePolicy#FAIL_FAST} if not said. */
  public BatchBuilder<A, R, X> failures(FailurePolicy policy) {
    failures = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Interrupts a call that takes longer, and no other. It fails with an {@link
   * dev.memo.failure.InputTimedOutException}. A function that ignores interrupts is not stopped,
   * and what it returns late is its result all the same. A retry has the whole time again.
   *
   * <p>The time goes on while a cached call waits for another process that computes its result.
   */
  public BatchBuilder<A, R, X> timeout(Duration each) {
    requireNonNull(each, "each");
    if (each.isNegative() || each.isZero()) {
      throw new IllegalArgumentException("timeout must be > 0, got: " + each);
    }
    timeout = each;
    return this;
  }

  /** As {@link #retry(int, Duration, Predicate)}, after every exception but an interruption. */
  public BatchBuilder<A, R, X> retry(int times, Duration backoff) {
    return retry(times, backoff, failure -> !(failure instanceof InterruptedException));
  }

  /**
   * Tries an input again that failed. Only the failure of the last attempt counts. Errors are not
   * retried, and nothing is once the batch has been stopped. While an input waits for its retry
   * others run.
   *
   * @param times how many further attempts an input has, at least 0
   * @param backoff the wait before the first of them, doubled for each further one
   * @param when which failures are worth it; timeouts are {@link
   *     dev.memo.failure.InputTimedOutException}s. If it throws, that is suppressed in the failure,
   *     which then counts.
   */
  public BatchBuilder<A, R, X> retry(
      int times, Duration backoff, Predicate<? super Exception> when) {
    requireNonNull(backoff, "backoff");
    requireNonNull(when, "when");
    if (times < 0) {
      throw new IllegalArgumentException("times must be >= 0, got: " + times);
    }
    if (backoff.isNegative()) {
      throw new IllegalArgumentException("backoff must be >= 0, got: " + backoff);
    }
    retry = new RetryPolicy(times, TimeUnit.NANOSECONDS.convert(backoff), when);
    return this;
  }

  /** Outcomes come in the order of the inputs; so it is if nothing is said. */
  public BatchBuilder<A, R, X> ordered() {
    ordered = true;
    return this;
  }

  /** Outcomes come as inputs finish. */
  public BatchBuilder<A, R, X> unordered() {
    ordered = false;
    return this;
  }

  /** Shows on the console how the batch gets on; see {@link ProgressListener#console}. */
  public BatchBuilder<A, R, X> progress() {
    return progress(ProgressListener.console());
  }

  /** Tells the listener how the batch gets on; nobody is told if this is not said. */
  public BatchBuilder<A, R, X> progress(ProgressListener listener) {
    this.listener = requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Calls the function for all inputs, and returns what became of each.
   *
   * @throws X what the function throws, the same object, if the policy does not tolerate it, with a
   *     suppressed {@link dev.memo.failure.FailedInput} that says where
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public BatchResult<R> run(Collection<? extends A> inputs) throws X {
    requireNonNull(inputs, "inputs");
    try (BatchRun<A, R, X> run = begin()) {
      return run.run(inputs);
    }
  }

  /** As {@link #run(Collection)}; the inputs are read while the batch runs. */
  public BatchResult<R> run(Iterable<? extends A> inputs) throws X {
    return run(inputs.iterator());
  }

  /** As {@link #run(Collection)}; the inputs are read while the batch runs. */
  public BatchResult<R> run(Iterator<? extends A> inputs) throws X {
    requireNonNull(inputs, "inputs");
    try (BatchRun<A, R, X> run = begin()) {
      return run.run(inputs);
    }
  }

  /** As {@link #run(Collection)}; the inputs are read while the batch runs, and not closed. */
  public BatchResult<R> run(Stream<? extends A> inputs) throws X {
    return run(inputs.iterator());
  }

  /**
   * Returns a stream that calls the function for all inputs, and has what became of each.
   *
   * <pre>{@code
   * try (Stream<Outcome<Place>> places = batch.stream(addresses.iterator())) {
   *   places.forEach(this::write);
   * }
   * }</pre>
   *
   * <p>Inputs are read, and calls made, when the stream is, and only a few ahead of it: any number
   * of inputs fits into a small heap. The batch begins when the first outcome is taken.
   *
   * <p>A failure that the policy does not tolerate comes after the outcomes that can be taken
   * before it: of those that are ordered, all up to the first input without one; else all.
   *
   * <p>Any thread may close the stream. That interrupts what is under way, and a thread that waits
   * for an outcome gets a {@link java.util.concurrent.CancellationException}; one that reads an
   * input gets it when that has been read. Whoever does not take all of the stream must close it.
   *
   * @throws X when outcomes are taken, not by this method: what the function throws, the same
   *     object, if the policy does not tolerate it. It is declared here so that the compiler lets
   *     you catch it around both.
   */
  public Stream<Outcome<R>> stream(Iterator<? extends A> inputs) throws X {
    requireNonNull(inputs, "inputs");
    BatchSettings asNow = settings();
    OutcomeSpliterator<R> outcomes =
        new OutcomeSpliterator<>(
            () -> {
              BatchRun<A, R, X> run = new BatchRun<>(function, asNow);
              return new OutcomeSpliterator.Begun<>(run.iterator(inputs), run);
            });
    return StreamSupport.stream(outcomes, false).onClose(outcomes::close);
  }

  /** As {@link #stream(Iterator)}. */
  public Stream<Outcome<R>> stream(Iterable<? extends A> inputs) throws X {
    return stream(inputs.iterator());
  }

  /** As {@link #stream(Iterator)}; closing the returned stream closes the inputs as well. */
  public Stream<Outcome<R>> stream(Stream<? extends A> inputs) throws X {
    return stream(inputs.iterator()).onClose(inputs::close);
  }

  private BatchRun<A, R, X> begin() {
    return new BatchRun<>(function, settings());
  }

  private BatchSettings settings() {
    return new BatchSettings(threads, virtual, ordered, failures, retry, timeout, listener);
  }
}
