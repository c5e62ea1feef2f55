package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import dev.memo.call.ThrowingFunction;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A batch whose inputs are read, and whose outcomes are taken, by one thread: the caller. Inputs
 * are read only while few of them are between reading and taking, so memory is bounded; while
 * nobody takes outcomes nothing runs, and after a second no thread is left.
 *
 * <p>Used by one thread at a time.
 */
final class OutcomeIterator<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /** Inputs for each thread that may be between reading and taking. */
  static final int AHEAD = 16;

  private final Iterator<? extends A> inputs;
  private final boolean ordered;
  private final int window;
  private final StopSignal stop;
  private final Bell bell = new Bell();
  private final GrowingIndexes indexes = new GrowingIndexes();
  private final Batch batch;

  private final Map<Integer, Input<A>> read = new ConcurrentHashMap<>(); // and not begun
  private final Queue<Outcome<R>> finished = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Outcome<R>> early = new HashMap<>(); // whose predecessors run
  private int taken;
  private boolean ended;

  /** Maps hold no null. */
  private record Input<A extends @Nullable Object>(A argument) {}

  OutcomeIterator(
      ThrowingFunction<A, R, X> function,
      InputCalls<R, X> calls,
      Iterator<? extends A> inputs,
      Workers workers,
      boolean ordered,
      StopSignal stop) {
    this.inputs = inputs;
    this.ordered = ordered;
    this.window = (int) Math.min((long) workers.threads() * AHEAD, Integer.MAX_VALUE);
    this.stop = stop;
    Batch.Task<X> task =
        index -> {
          Input<A> input = requireNonNull(read.remove(index));
          finished.add(calls.call(index, () -> function.call(input.argument)));
          bell.ring();
        };
    this.batch = new Batch(task, indexes, workers, stop, bell);
  }

  /**
   * Returns the next outcome; null if there are no more.
   *
   * @throws java.util.concurrent.CancellationException if this thread is interrupted
   */
  @Nullable Outcome<R> next() throws X {
    if (ended) {
      return null;
    }
    boolean sound = false;
    try {
      Outcome<R> outcome = awaitNext();
      sound = true;
      return outcome;
    } finally {
      if (!sound) {
        close(); // also if the iterator of the inputs threw
      }
    }
  }

  private @Nullable Outcome<R> awaitNext() throws X {
    while (true) {
      if (Thread.currentThread().isInterrupted()) {
        throw batch.cancel();
      }
      readInputs();
      Outcome<R> outcome = poll();
      if (stop.isStopped() || (outcome == null && taken == indexes.count())) {
        ended = true;
        batch.<X>end();
        return null;
      }
      if (outcome != null) {
        taken++;
        return outcome;
      }
      try {
        bell.await(() -> !finished.isEmpty() || stop.isStopped());
      } catch (InterruptedException interrupted) {
        throw batch.cancel();
      }
    }
  }

  private void readInputs() {
    while (!stop.isStopped() && indexes.count() - taken < window && inputs.hasNext()) {
      read.put(indexes.count(), new Input<>(inputs.next()));
      indexes.add();
      batch.start();
    }
  }

  private @Nullable Outcome<R> poll() {
    if (!ordered) {
      return finished.poll();
    }
    for (Outcome<R> o = finished.poll(); o != null; o = finished.poll()) {
      early.put(o.index(), o);
    }
    return early.remove(taken);
  }

  Batch batch() {
    return batch;
  }

  /** Interrupts what is under way, if anything is, and does not wait for it. */
  void close() {
    if (!ended) {
      ended = true;
      batch.abandon();
    }
  }
}
