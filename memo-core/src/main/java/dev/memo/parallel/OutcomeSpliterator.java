package dev.memo.parallel;

import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of a batch as a stream takes them. The batch begins when the first is taken, by the
 * thread that takes it; any thread may close it.
 */
final class OutcomeSpliterator<R extends @Nullable Object> extends AbstractSpliterator<Outcome<R>> {

  /** What is taken of a batch that has begun. */
  record Begun<R extends @Nullable Object>(
      OutcomeIterator<?, R, ? extends Exception> outcomes, BatchRun<?, R, ?> run) {

    // A stream cannot declare what the function throws: whoever asked for the stream does.
    @SuppressWarnings("unchecked")
    @Nullable Outcome<R> next() {
      return ((OutcomeIterator<?, R, RuntimeException>) outcomes).next();
    }
  }

  private final Supplier<Begun<R>> beginning;
  private @Nullable Begun<R> begun; // guarded by this
  private boolean closed; // guarded by this

  OutcomeSpliterator(Supplier<Begun<R>> beginning) {
    super(Long.MAX_VALUE, ORDERED | NONNULL);
    this.beginning = beginning;
  }

  @Override
  public boolean tryAdvance(Consumer<? super Outcome<R>> action) {
    Begun<R> batch = begin();
    Outcome<R> outcome = null;
    try {
      outcome = batch.next();
    } finally {
      if (outcome == null) {
        batch.run.close();
      }
    }
    if (outcome == null) {
      return false;
    }
    action.accept(outcome);
    return true;
  }

  private synchronized Begun<R> begin() {
    if (begun == null) {
      if (closed) {
        throw new CancellationException("a batch was not begun: its stream was closed");
      }
      begun = beginning.get();
    }
    return begun;
  }

  /** Gives up what is under way. */
  void close() {
    Begun<R> batch = closeUnbegun();
    if (batch
        != null) { // without the lock: a listener that is told the end may wait for the reader
      batch.outcomes.close();
      batch.run.close();
    }
  }

  private synchronized @Nullable Begun<R> closeUnbegun() {
    closed = true;
    return begun;
  }
}
