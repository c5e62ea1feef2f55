package dev.memo.parallel;

import dev.memo.call.BatchCounts;
import dev.memo.call.Parked;
import dev.memo.call.RoutedFunction;
import dev.memo.call.ThrowingFunction;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A batch whose inputs are read, and whose outcomes are taken, by one thread: the caller. Inputs
 * are read only while few of them are between reading and taking, so memory is bounded; while
 * nobody takes outcomes nothing runs, and after a second no thread is left.
 *
 * <p>Used by one thread at a time, but closed by any.
 */
final class OutcomeIterator<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /** Reading for so long, it looks whether there is an outcome to be taken. */
  private static final long READ_NANOS = 1_000_000;

  private final InputCalls<R, X> calls;
  private final Iterator<? extends A> source;
  private final boolean ordered;
  private final int threads;
  private final StopSignal stop;
  private final Bell bell;
  private final ReadInputs<A, X> inputs;
  private final Batch batch;

  private final Queue<Outcome<R>> finished = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Outcome<R>> early = new HashMap<>(); // whose predecessors run
  private int taken;
  private boolean allRead; // who has said that nothing is left need not be asked again
  private volatile boolean ended;

  OutcomeIterator(
      ThrowingFunction<A, R, X> function,
      InputCalls<R, X> calls,
      BatchCounts counts,
      Iterator<? extends A> source,
      Workers workers,
      boolean ordered,
      StopSignal stop) {
    this.calls = calls;
    this.source = source;
    this.ordered = ordered;
    this.threads = workers.threads();
    this.stop = stop;
    this.bell = new Bell(workers);
    if (function instanceof RoutedFunction<A, R, X> cached) {
      BulkInputs<A, R, X> bulk =
          new BulkInputs<>(cached, calls, counts, stop, threads, this::finish, this::startDrain);
      this.inputs = bulk;
      this.batch = Batch.parking(bulk::call, bulk, workers, stop, bell);
    } else {
      SingleInputs<A, R, X> single = new SingleInputs<>(function, calls, threads, this::finish);
      this.inputs = single;
      Batch.Task<X> task =
          index -> {
            Parked unused = single.call(index);
          };
      this.batch = new Batch(task, single, workers, stop, bell);
    }
  }

  private void finish(Outcome<R> outcome) {
    finished.add(outcome);
    bell.ring();
  }

  private void startDrain() {
    batch.start();
  }

  /**
   * Returns the next outcome; null if there are no more.
   *
   * @throws java.util.concurrent.CancellationException if this thread is interrupted, or another
   *     has closed this
   */
  @Nullable Outcome<R> next() throws X {
    if (ended) {
      return null;
    }
    try {
      return awaitNext();
    } catch (Throwable thrown) {
      close();
      calls.attachToleratedTo(thrown);
      throw thrown;
    }
  }

  private @Nullable Outcome<R> awaitNext() throws X {
    while (true) {
      if (Thread.currentThread().isInterrupted()) {
        throw batch.cancel();
      }
      readInputs();
      boolean stopped = stop.isStopped(); // also if reading has failed
      Outcome<R> outcome = poll();
      if (outcome == null && stopped) {
        batch.awaitIdle();
        outcome = poll(); // what was under way may have finished
      }
      batch.requireNotAbandoned(); // last, or what the close has interrupted would be an outcome
      if (outcome != null) {
        taken++;
        return outcome;
      }
      if (stopped || taken == inputs.count()) {
        ended = true;
        batch.<X>end();
        return null;
      }
      try {
        bell.await(() -> !finished.isEmpty() || stop.isStopped());
      } catch (InterruptedException interrupted) {
        throw batch.cancel();
      }
    }
  }

  /** Reads some inputs if there is room for them. */
  private void readInputs() {
    if (inputs.count() - taken > inputs.window() - inputs.burst()) {
      return;
    }
    inputs.reading(true);
    try {
      readSome();
    } catch (Throwable thrown) {
      batch.stopBecauseOf(thrown); // calls that are under way may have been paid for
    } finally {
      inputs.reading(false);
    }
  }

  private void readSome() {
    long begin = System.nanoTime();
    while (!stop.isStopped() && inputs.count() - taken < inputs.window() && hasNextInput()) {
      if (inputs.add(source.next())) {
        batch.start();
      }
      // While an outcome is taken nothing is read: the threads must have something to do.
      if (System.nanoTime() - begin > READ_NANOS
          && inputs.count() - taken > threads
          && isNextFinished()) {
        return;
      }
    }
  }

  private boolean hasNextInput() {
    allRead = allRead || !source.hasNext();
    return !allRead;
  }

  private boolean isNextFinished() {
    if (!ordered) {
      return !finished.isEmpty();
    }
    for (Outcome<R> o = finished.poll(); o != null; o = finished.poll()) {
      early.put(o.index(), o);
    }
    return early.containsKey(taken);
  }

  private @Nullable Outcome<R> poll() {
    if (!isNextFinished()) {
      return null;
    }
    return ordered ? early.remove(taken) : finished.poll();
  }

  Batch batch() {
    return batch;
  }

  /** Interrupts what is under way, if anything is, and does not wait for it. */
  void close() {
    if (!ended) {
      batch.abandon();
    }
  }
}
